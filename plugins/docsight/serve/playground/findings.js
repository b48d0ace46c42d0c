// Marked words: the hint beside a word, and the list of all of them.

import { formatProbability, make } from "./dom.js";

const HIDE_AFTER = 250; // milliseconds in which the mouse can reach the hint from its word
const MIN_SUGGESTED = 0.01; // probability of a suggestion that is shown besides the first

/**
 * What can be done with a marked word.
 *
 * @typedef {{replace: (mark: object, text: string) => void, keep: (mark: object) => void,
 *   takeBack: (mark: object) => void}} Actions
 */

/** The hint: shown while the mouse is on a marked word, or the caret is in it. */
export class Hint {
  #mark = null;
  #timer = 0;

  /**
   * @param {HTMLElement} element
   * @param {Actions} actions
   */
  constructor(element, actions) {
    this.element = element;
    this.actions = actions;
    element.addEventListener("mouseenter", () => this.#stay());
    element.addEventListener("mouseleave", () => this.hide());
    // A press on a button must not take the focus from the text, which would hide the hint before the click.
    element.addEventListener("mousedown", (event) => event.preventDefault());
  }

  /** Show what is known about a mark below its box, in the window. */
  show({ mark, box }) {
    this.#stay();
    if (this.#mark === mark) return;
    this.#mark = mark;
    this.element.replaceChildren(...describe(mark, this.actions));
    this.element.hidden = false;
    const left = Math.min(box.left, document.documentElement.clientWidth - this.element.offsetWidth - 16);
    this.element.style.left = `${Math.max(8, left) + scrollX}px`;
    this.element.style.top = `${box.bottom + scrollY + 2}px`;
  }

  hide() {
    this.#stay();
    this.element.hidden = true;
    this.#mark = null;
  }

  hideSoon() {
    if (!this.#timer) this.#timer = setTimeout(() => this.hide(), HIDE_AFTER);
  }

  #stay() {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }
}

/**
 * List the marked words of a text. If the focus was in the list, it stays there.
 *
 * @param {HTMLElement} list
 * @param {string} text
 * @param {object[]} marks
 * @param {Actions} actions
 */
export function listFindings(list, text, marks, actions) {
  const hadFocus = list.contains(document.activeElement);
  const items = [...marks]
    .sort((a, b) => a.start - b.start)
    .map((mark) => {
      const word = make(`span.${mark.kind}`, {}, text.slice(mark.start, mark.end));
      const isCorrected = mark.kind === "corrected";
      const relation = make("span.note", {}, isCorrected ? " was " : " → ");
      const other = isCorrected ? mark.typed : (mark.suggestions[0]?.text ?? "?");
      const summary = make("summary", {}, word, relation, other);
      return make("li", {}, make("details", {}, summary, ...describe(mark, actions)));
    });
  list.replaceChildren(...(items.length ? items : [make("li.note", { tabIndex: -1 }, "None.")]));
  if (hadFocus) (list.querySelector("summary") ?? list.firstChild).focus();
}

/** Return buttons for what can be done with a marked word, and why it is marked. */
function describe(mark, actions) {
  if (mark.kind === "corrected") {
    const undo = make("button", { type: "button", onclick: () => actions.takeBack(mark) }, `Keep “${mark.typed}”`);
    return [make("div.suggestions", {}, undo), make("p.why", {}, `Typed as “${mark.typed}”, corrected at its end.`)];
  }
  const likely = mark.suggestions.filter((each, n) => !n || each.probability >= MIN_SUGGESTED);
  const suggestions = likely.map((each) => {
    const number = make("small", {}, formatProbability(each.probability));
    return make("button", { type: "button", onclick: () => actions.replace(mark, each.text) }, each.text, number);
  });
  const keep = make("button.plain", { type: "button", onclick: () => actions.keep(mark) }, "Keep mine");
  const reason = mark.kind === "context" ? "A real word that does not fit here" : "An unknown word";
  return [
    make("div.suggestions", {}, ...suggestions, keep),
    make("p.why", {}, mark.because ? `${reason}: ${mark.because}.` : `${reason}.`),
  ];
}
