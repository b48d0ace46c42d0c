// The text area of the tab Type, and the copy of its text behind it that draws lines under words.

import { make, moveSpans, pieces } from "./dom.js";

/**
 * The marks of a text are spans {start, end, kind, …} in UTF-16 units; `kind` is unknown, context or corrected.
 */
export class Editor {
  #value = "";
  #ghost = "";
  #isComposing = false;
  #marked = new Map(); // the marks by the elements that show them

  /**
   * @param {HTMLTextAreaElement} area
   * @param {HTMLElement} backdrop
   * @param {{onEdit: (edit: object) => void, onCaret: () => void}} listeners `onEdit` gets {before, after, caret}.
   */
  constructor(area, backdrop, listeners) {
    this.area = area;
    this.backdrop = backdrop;
    this.listeners = listeners;
    this.marks = [];
    area.addEventListener("input", () => this.#edited());
    area.addEventListener("compositionstart", () => (this.#isComposing = true));
    area.addEventListener("compositionend", () => {
      this.#isComposing = false;
      this.#edited();
    });
    document.addEventListener("selectionchange", () => document.activeElement === area && listeners.onCaret());
  }

  get value() {
    return this.#value;
  }

  /** Whether an input method, or the keyboard of a phone, is composing a word: a change of the text would disturb it. */
  get isComposing() {
    return this.#isComposing;
  }

  /** The place of the caret, or -1 if something is selected. */
  get caret() {
    return this.area.selectionStart === this.area.selectionEnd ? this.area.selectionStart : -1;
  }

  /** Replace the text without an edit of the user; marks move with it. */
  replace(value, caret) {
    this.marks = moveSpans(this.#value, value, this.marks);
    this.#value = value;
    if (this.area.value !== value) this.area.value = value;
    this.area.setSelectionRange(caret, caret);
    this.draw();
  }

  /** Show the marks of some kinds in place of those that were there. */
  setMarks(kinds, marks) {
    this.marks = [...this.marks.filter((mark) => !kinds.includes(mark.kind)), ...marks];
    this.draw();
  }

  /** Show letters after the caret that could come next; only at the end of a line. */
  setGhost(text) {
    this.#ghost = text;
    this.draw();
  }

  draw() {
    const caret = this.caret;
    let ghost = caret >= 0 && /^(\n|$)/.test(this.#value.slice(caret)) ? this.#ghost : "";
    const parts = [];
    this.#marked.clear();
    let at = 0;
    for (const { text, span } of pieces(this.#value, this.marks)) {
      if (span) {
        const element = make(`span.${span.kind}`, {}, text);
        this.#marked.set(element, span);
        parts.push(element);
      } else if (ghost && at < caret && caret <= at + text.length) {
        parts.push(text.slice(0, caret - at), make("span.ghost", {}, ghost), text.slice(caret - at));
        ghost = "";
      } else parts.push(text);
      at += text.length;
    }
    this.backdrop.replaceChildren(...parts, "\u200b"); // so that an empty last line has its height
  }

  /** Return the mark at a point of the window, with its rectangle, or null. */
  markAt(x, y) {
    for (const [element, mark] of this.#marked) {
      for (const box of element.getClientRects()) {
        if (x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) return { mark, box };
      }
    }
    return null;
  }

  /** Return the mark that the caret is in or at the end of, with its rectangle, or null. */
  markAtCaret() {
    const caret = this.caret;
    for (const [element, mark] of this.#marked) {
      if (mark.start <= caret && caret <= mark.end) return { mark, box: element.getClientRects()[0] };
    }
    return null;
  }

  #edited() {
    const before = this.#value;
    if (this.area.value === before) return;
    this.#value = this.area.value;
    this.marks = moveSpans(before, this.#value, this.marks);
    this.#ghost = "";
    this.draw();
    this.listeners.onEdit({ before, after: this.#value, caret: this.area.selectionStart });
  }
}
