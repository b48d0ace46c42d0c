// Arrays of numbers as small pictures on canvases, one pixel for a number; CSS scales them up without smoothing.

import { make } from "./dom.js";

// Negative numbers are blue and positive ones red, on a transparent ground, so that both themes can show them.
const [LOW, HIGH] = [[48, 118, 210], [218, 66, 50]];
const CAM = [245, 130, 20];

/** Make a canvas from the colour [red, green, blue, alpha], 0 to 255, that a function gives for each row and column. */
export function makePicture(width, height, colour, label = "") {
  const canvas = make("canvas.pixels", { width, height });
  if (label) {
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
  } else canvas.setAttribute("aria-hidden", "true");
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      image.data.set(colour(row, column), 4 * (row * width + column));
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** The colour of a number from -1 to 1. */
export function signedColour(value) {
  const bounded = Math.max(-1, Math.min(1, value));
  return [...(bounded < 0 ? LOW : HIGH), Math.round(255 * Math.abs(bounded))];
}

/** Lay a colour [red, green, blue, alpha] over a grey or coloured pixel. */
function over(top, ground) {
  const alpha = top[3] / 255;
  return [...ground.map((value, n) => Math.round(alpha * top[n] + (1 - alpha) * value)), 255];
}

/** The colours of an image as [channel][row][column] of 0 to 255. */
export function groundOf(pixels) {
  return (row, column) => {
    const channels = pixels.map((channel) => channel[row][column]);
    return channels.length === 1 ? [channels[0], channels[0], channels[0]] : channels;
  };
}

/** Draw Grad-CAM over an image: orange where there is evidence. */
export function drawCam(pixels, cam, label) {
  const ground = groundOf(pixels);
  const max = Math.max(1e-9, ...cam.flat());
  const colour = (row, column) => over([...CAM, Math.round((190 * cam[row][column]) / max)], ground(row, column));
  return makePicture(cam[0].length, cam.length, colour, label);
}

/** Draw losses of log odds over an image: red where a pixel speaks for the label, blue where against it. */
export function drawLosses(pixels, losses, label) {
  const ground = groundOf(pixels);
  const max = Math.max(1e-9, ...losses.flat().map(Math.abs));
  const colour = (row, column) => {
    const top = signedColour(losses[row][column] / max);
    return over([...top.slice(0, 3), Math.round(0.8 * top[3])], ground(row, column));
  };
  return makePicture(losses[0].length, losses.length, colour, label);
}

/** Draw an image with the value of each pixel in it. */
export function drawNumbers(pixels, label) {
  const [values] = pixels;
  const cell = 40;
  const canvas = make("canvas.numbers", { width: cell * values[0].length, height: cell * values.length });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  const context = canvas.getContext("2d");
  context.font = "17px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  values.forEach((line, row) =>
    line.forEach((value, column) => {
      context.fillStyle = `rgb(${value} ${value} ${value})`;
      context.fillRect(column * cell, row * cell, cell, cell);
      context.fillStyle = value > 115 ? "#000" : "#c9c9c9";
      context.fillText(String(value), (column + 0.5) * cell, (row + 0.55) * cell);
    }),
  );
  return canvas;
}

/** Draw a filter, [channel][3][3], whose largest weight in the layer is `max`. */
export function drawFilter(filter, max) {
  const colour = (row, column) => {
    const weights = filter.map((channel) => channel[row][column] / max);
    if (weights.length === 1) return signedColour(weights[0]);
    return [...weights.map((weight) => Math.round(127.5 * (1 + weight))), 255];
  };
  return makePicture(filter[0][0].length, filter[0].length, colour);
}
