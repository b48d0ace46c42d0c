// A text with its entities. The threshold filters what the server has sent: moving the slider sends no request.

import { formatProbability, make, pieces, toUtf16 } from "./dom.js";

const KNOWN = ["PER", "ORG", "LOC", "DATE", "NORP", "MONEY", "PERCENT", "TIME", "QUANTITY"];

/** The class with the hue of a label. */
export function labelClass(label) {
  return KNOWN.includes(label) ? label : "OTHER";
}

/** Make a mark around a text, as deep as it is probable. */
export function makeMark(text, label, probability, ...after) {
  const mark = make(`mark.${labelClass(label)}`, {}, text, ...after);
  mark.style.setProperty("--p", String(probability));
  return mark;
}

/**
 * Return the likeliest spans that reach a threshold and do not overlap.
 *
 * @param {{start: number, end: number, score: number}[]} spans
 * @param {number} threshold
 */
export function likeliest(spans, threshold) {
  const chosen = [];
  for (const span of [...spans].sort((a, b) => b.score - a.score)) {
    if (span.score < threshold) break;
    if (chosen.every((other) => span.end <= other.start || span.start >= other.end)) chosen.push(span);
  }
  return chosen.sort((a, b) => a.start - b.start);
}

export class EntityView {
  #text = "";
  #spans = [];

  /** @param {{text: HTMLElement, legend: HTMLElement, slider: HTMLInputElement, output: HTMLOutputElement}} parts */
  constructor(parts) {
    this.parts = parts;
    parts.slider.addEventListener("input", () => this.#draw());
    this.#placeholder = parts.text.textContent;
  }

  #placeholder;

  /** Show a document of the server, or nothing. */
  show(document) {
    this.#text = document?.text ?? "";
    this.#spans = document ? toUtf16(document.text, document.spans) : [];
    this.#draw();
  }

  #draw() {
    const { text, legend, slider, output } = this.parts;
    const threshold = Number(slider.value);
    output.textContent = threshold.toFixed(2);
    text.classList.toggle("note", !this.#text);
    const chosen = likeliest(this.#spans, threshold);
    text.replaceChildren(
      ...(this.#text ? [] : [this.#placeholder]),
      ...pieces(this.#text, chosen).map(({ text: words, span }) => {
        if (!span) return words;
        const label = make("small", {}, `${span.label} ${formatProbability(span.score)}`);
        return makeMark(words, span.label, span.score, label);
      }),
    );
    const counts = new Map();
    for (const span of chosen) counts.set(span.label, (counts.get(span.label) ?? 0) + 1);
    const hidden = likeliest(this.#spans, 0).length - chosen.length;
    legend.replaceChildren(
      ...[...counts].map(([label, count]) => make("span", {}, makeTag(label), ` ${count}`)),
      ...(hidden > 0 ? [make("span", {}, `${hidden} less probable`)] : []),
    );
  }
}

function makeTag(label) {
  return make(`span.tag.${labelClass(label)}`, {}, label);
}
