// What an image classifier sees in an image: its pixels, its filters, their maps, and the pixels that decided.

import { drawCam, drawFilter, drawLosses, drawNumbers, groundOf, makePicture } from "./heat.js";
import { make } from "./dom.js";

const MAX_NUMBERED = 32; // pixels of the side of an image that is shown as numbers

/**
 * Show the explanation of an answer of `POST v1/images?explain=true`.
 *
 * @param {HTMLElement} container
 * @param {object} answer
 */
export function showInside(container, answer) {
  container.replaceChildren(showPixels(answer), showDeciding(answer), showFilters(answer), ...showMaps(answer));
  container.hidden = false;
}

function part(title, about, ...content) {
  return make("section.inside", {}, make("h3", {}, title), make("p.note", {}, about), ...content);
}

function showPixels({ pixels, size, channels }) {
  const isSmall = channels === 1 && size <= MAX_NUMBERED;
  const picture = isSmall
    ? drawNumbers(pixels, `${size} by ${size} pixel values from 0 to 255`)
    : makePicture(size, size, (row, column) => [...groundOf(pixels)(row, column), 255], "The image as the network gets it");
  const values = channels === 1 ? "a number from 0 to 255" : "three numbers from 0 to 255: red, green and blue";
  const about = `The network gets ${size} × ${size} pixels, each ${values}, and nothing else.`;
  return part("Pixels", about, make(isSmall ? "div.view.wide" : "div.view", {}, picture));
}

function showDeciding({ pixels, explanation }) {
  const { grad_cam: cam, occlusion, label } = explanation;
  const about =
    `What speaks for “${label}”. Grad-CAM weights the last maps by their gradient. Occlusion covers the image ` +
    "patch by patch: red where covering loses evidence, blue where it adds some.";
  const figures = [
    make("figure", {}, drawCam(pixels, cam, `Grad-CAM for ${label}`), make("figcaption", {}, "Grad-CAM")),
    make("figure", {}, drawLosses(pixels, occlusion, `Occlusion for ${label}`), make("figcaption", {}, "Occlusion")),
  ];
  return part("Pixels that decided", about, make("div.views", {}, ...figures));
}

function showFilters({ explanation }) {
  const { before, after } = explanation.filters;
  const max = Math.max(...[...before, ...after].flat(3).map(Math.abs));
  const strip = (filters, label) =>
    make("div.strip", { role: "img", "aria-label": `${filters.length} filters ${label}` }, ...filters.map((filter) => drawFilter(filter, max)));
  const about = "The first layer slides these windows of 3 × 3 weights over the image. They began as random numbers.";
  return part(
    "Filters of the first layer",
    about,
    make("p.strip-name", {}, "before training"),
    strip(before, "before training"),
    make("p.strip-name", {}, "after training"),
    strip(after, "after training"),
  );
}

function showMaps({ explanation }) {
  const isInner = ({ layer }) => layer.includes(".");
  const blocks = explanation.feature_maps.filter((each) => !isInner(each));
  const shown = blocks.flatMap((block, n) => {
    const inner = explanation.feature_maps.filter((each) => each.layer.startsWith(`${block.layer}.`));
    const layers = inner.map((each, at) => showLayer(each, `Layer ${at + 1}`, n));
    const details = make("details", {}, make("summary", {}, `The ${inner.length} layers of block ${n + 1}`), ...layers);
    return [showLayer(block, `Block ${n + 1}`, n), ...(inner.length > 1 ? [details] : [])];
  });
  const about = "Each filter marks where it found its pattern: edges first, then strokes and corners, then whole parts.";
  return shown.length ? [part("Feature maps", about, ...shown)] : [];
}

/** Show the maps of a layer; those of deeper blocks are smaller. */
function showLayer({ maps }, name, depth) {
  const [{ height, width }] = maps;
  const title = `${name}: ${maps.length} maps of ${height} × ${width}`;
  const images = maps.map((map) => make("img", { src: map.png, alt: "", width: map.width, height: map.height }));
  const grid = make(`div.maps.m${Math.min(depth, 2)}`, { role: "img", "aria-label": title }, ...images);
  return make("div.layer", {}, make("p.strip-name", {}, title), grid);
}
