// The tab Type: the letter and the word that were meant at each keystroke, corrections, and entities.

import { Latest, announce, debounce, request, showProblem } from "./api.js";
import { codePointOffsets, formatProbability, make, moveSpans, showBars, toUtf16 } from "./dom.js";
import { Editor } from "./editor.js";
import { EntityView } from "./entities.js";
import { TypingSession } from "./session.js";

const READ_AFTER = 160; // milliseconds without a keystroke, after which the whole text is read
const HIDE_AFTER = 250; // milliseconds in which the mouse can reach the hint from its word
const MIN_SCORE = 0.05; // of the spans that the slider can show
const MAX_CONTEXT = 1000; // characters before the caret that a session gets: each answer repeats them
const MAX_TYPED = 3; // characters of one edit that count as typed; more are pasted
const MIN_SUGGESTED = 0.01; // probability of a suggestion that is shown besides the first
const FLAGS = ["unknown", "context"];
const ROOSEVELT =
  "President Roosevelt was one of the most influential presidents in American history. " +
  "However, Roosevelt Street in Manhattan was not named after him.";
const MISTAKES =
  "The comitee met in Geneva on Monday. Maria Keller recieved there report, and asked weather the new network " +
  "would definately be ready. It was quiet expensive, she said.";

const part = (id) => document.getElementById(id);

/** Start the tab. */
export function startType() {
  new TypeTab();
}

class TypeTab {
  #reader = new Latest();
  #end = 0; // the place in the text up to which the session has read
  #base = 0; // the place where it began
  #head = ""; // the text before what the session knows
  #kept = []; // words that the user wants as they are
  #isQuiet = false; // whether completions are hidden until the next key
  #answer = null;

  constructor() {
    this.editor = new Editor(part("editor"), part("backdrop"), {
      onEdit: (edit) => this.#edited(edit),
      onCaret: () => this.#caretMoved(),
    });
    this.session = new TypingSession({
      onAnswer: (answer) => this.#answered(answer),
      onExpired: () => this.#begin(),
      onError: showProblem,
    });
    this.entities = new EntityView({
      text: part("entities"),
      legend: part("legend"),
      slider: part("threshold"),
      output: part("threshold-value"),
    });
    if (/Mac|iPhone|iPad/.test(navigator.platform)) part("undo-key").textContent = "⌘";
    this.readSoon = debounce(() => this.#read(), READ_AFTER);
    this.editor.area.addEventListener("keydown", (event) => this.#keyDown(event));
    this.editor.area.addEventListener("mousemove", (event) => this.#hover(event));
    this.editor.area.addEventListener("blur", () => this.#hideHint());
    part("hint").addEventListener("mouseenter", () => this.#stayHint());
    part("hint").addEventListener("mouseleave", () => this.#hideHint());
    part("keyboard").addEventListener("change", () => this.#begin());
    part("paste-roosevelt").addEventListener("click", () => this.#setText(ROOSEVELT));
    part("paste-errors").addEventListener("click", () => this.#setText(MISTAKES));
    part("clear-text").addEventListener("click", () => this.#setText(""));
    addEventListener("pagehide", () => this.session.end());
    this.#begin();
  }

  /** Begin a session after the text before the caret. */
  #begin() {
    const caret = this.editor.caret < 0 ? this.editor.area.selectionEnd : this.editor.caret;
    this.#base = this.#end = caret;
    this.#answer = null;
    for (const mark of this.editor.marks) delete mark.word; // numbers of the earlier session
    const before = this.editor.value.slice(0, caret);
    const cut = before.length <= MAX_CONTEXT ? 0 : before.indexOf(" ", before.length - MAX_CONTEXT) + 1;
    this.#head = before.slice(0, cut || Math.max(0, before.length - MAX_CONTEXT));
    const context = before.slice(this.#head.length);
    this.session.begin({ context, keyboard: part("keyboard").value || null, kept: this.#kept });
  }

  #setText(text) {
    this.editor.replace(text, text.length);
    this.editor.setMarks([...FLAGS, "corrected"], []);
    this.#begin();
    this.#showKeystroke(null);
    this.editor.area.focus();
    this.#read();
  }

  #edited({ before, after, caret }) {
    showProblem(null);
    this.#isQuiet = false;
    this.#hideHint();
    this.readSoon();
    const isSame = before.slice(this.#end) === after.slice(caret);
    const inserted = after.slice(this.#end, caret);
    if (isSame && caret > this.#end && before.slice(0, this.#end) === after.slice(0, this.#end)) {
      if ([...inserted].length <= MAX_TYPED) {
        this.#end = caret;
        for (const key of inserted) this.session.push({ type: "key", key });
        return;
      }
    }
    const deleted = before.slice(caret, this.#end);
    const isDeletion = isSame && caret < this.#end && before.slice(0, caret) === after.slice(0, caret);
    if (isDeletion && caret >= this.#base && [...deleted].length === 1) {
      this.#end = caret;
      this.session.push({ type: "backspace" });
      return;
    }
    this.#begin();
    this.#showKeystroke(null);
  }

  /** Take the words as the session has corrected them; its current word stays as it was typed. */
  #answered(answer) {
    this.#answer = answer;
    const inSession = codePointOffsets(answer.text);
    const offset = (at) => this.#head.length + inSession(at);
    const head = answer.text.slice(0, answer.text.length - answer.prefix.length);
    const grown = answer.corrected.reduce((sum, each) => sum + each.typed.length - each.text.length, 0);
    const shown = this.#head + head + answer.typed.slice(head.length + grown);
    const rest = this.editor.value.slice(this.#end);
    if (shown + rest !== this.editor.value) {
      const hadFocus = this.editor.caret === this.#end;
      this.editor.replace(shown + rest, hadFocus ? shown.length : this.editor.area.selectionStart);
    }
    this.#end = shown.length;
    const earlier = this.editor.marks.filter((mark) => mark.kind === "corrected" && mark.end <= this.#base);
    const known = new Set(this.editor.marks.filter((mark) => mark.kind === "corrected").map((mark) => mark.start));
    const now = answer.corrected.map((each) => ({
      ...each,
      start: offset(each.start),
      end: offset(each.end),
      kind: "corrected",
    }));
    this.editor.setMarks(["corrected"], [...earlier, ...now]);
    for (const each of now) {
      if (!known.has(each.start)) announce(`${each.typed} corrected to ${each.text}. Control Z takes it back.`);
    }
    this.#showKeystroke(answer);
  }

  #showKeystroke(answer) {
    const typed = answer ? this.editor.value.slice(0, this.#end).slice(-1) : "";
    const letters = answer?.letters ?? [];
    showMeant(part("letter-meant"), letters.length ? typed : "", letters.length ? answer.letter : "");
    showBars(part("letters"), letters.map((each) => ({ name: each.letter, probability: each.probability })));
    showMeant(part("word-meant"), this.#currentWord(), answer?.prefix ?? "");
    const { median, count } = this.session.latency;
    part("latency").textContent = count ? `Answers in ${median.toFixed(1)} ms (median of ${count} keystrokes).` : "";
    const completions = this.#isQuiet ? [] : (answer?.completions ?? []);
    part("completions").replaceChildren(
      ...completions.map((each) => {
        const number = make("small", {}, formatProbability(each.probability));
        return make("button", { type: "button", onclick: () => this.#accept(each.text) }, each.text, number);
      }),
    );
    const word = this.#currentWord();
    const first = completions[0]?.text ?? "";
    this.editor.setGhost(word && first.startsWith(word) ? first.slice(word.length) : "");
  }

  /** The word before the caret as it was typed, empty after its end. */
  #currentWord() {
    if (!this.#answer?.prefix) return "";
    const { text, prefix } = this.#answer;
    return this.editor.value.slice(this.#head.length + text.length - prefix.length, this.#end);
  }

  #accept(text) {
    this.session.push({ type: "accept", text });
    this.editor.area.focus();
    announce(`${text} accepted.`);
    this.readSoon();
  }

  #keyDown(event) {
    const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
    const completions = part("completions").children;
    if (event.key === "Tab" && !event.shiftKey && !hasModifier && completions.length && this.#currentWord()) {
      event.preventDefault();
      this.#accept(this.#answer.completions[0].text);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.#keepMine();
    } else if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey) {
      const corrected = this.editor.marks.filter((mark) => mark.kind === "corrected");
      if (!corrected.length) return;
      event.preventDefault();
      this.#takeBack(corrected.reduce((a, b) => (b.start > a.start ? b : a)));
    }
  }

  /** Keep the current word as typed, or take back the correction at the caret. */
  #keepMine() {
    this.#hideHint();
    const word = this.#currentWord();
    if (word) {
      this.#keep(word);
      this.#isQuiet = true;
      this.#showKeystroke(this.#answer);
      announce(`${word} stays as it is.`);
      return;
    }
    const caret = this.editor.caret;
    const corrected = this.editor.marks.find(
      (mark) => mark.kind === "corrected" && mark.start <= caret && caret <= mark.end + 1,
    );
    if (corrected) this.#takeBack(corrected);
    this.#isQuiet = true;
    this.#showKeystroke(this.#answer);
  }

  #keep(word) {
    if (!this.#kept.includes(word)) this.#kept.push(word);
    this.session.push({ type: "keep", word });
  }

  /** Replace a corrected word by what was typed. */
  #takeBack(mark) {
    announce(`${mark.typed} is back.`);
    if (!this.#kept.includes(mark.typed)) this.#kept.push(mark.typed);
    if (mark.word !== undefined) {
      this.session.push({ type: "undo", word: mark.word });
      this.readSoon();
    } else this.#replaceWord(mark, mark.typed);
  }

  /** Replace a word anywhere in the text. */
  #replaceWord(mark, text) {
    const { value, caret } = this.editor;
    const shift = text.length - (mark.end - mark.start);
    const moved = caret >= mark.end ? caret + shift : caret < 0 ? mark.end + shift : Math.min(caret, mark.start);
    this.editor.replace(value.slice(0, mark.start) + text + value.slice(mark.end), moved);
    this.#hideHint();
    this.#begin();
    this.readSoon();
  }

  async #read() {
    const text = this.editor.value;
    if (!text.trim()) {
      this.#reader.stop();
      this.editor.setMarks(FLAGS, []);
      this.entities.show(null);
      this.#showFindings();
      return;
    }
    try {
      const json = { texts: [text], min_score: MIN_SCORE };
      const answer = await this.#reader.run((signal) => request("v1/text", { json, signal }));
      if (!answer) return;
      const [found] = answer.documents;
      this.entities.show(found);
      const flags = toUtf16(text, found.corrections)
        .filter((each) => !this.#kept.includes(each.text) && !this.#isCurrent(each))
        .map((each) => ({ ...each, kind: each.reason === "context" ? "context" : "unknown" }));
      this.editor.setMarks(FLAGS, moveSpans(text, this.editor.value, flags));
      this.#showFindings();
    } catch (error) {
      showProblem(error);
    }
  }

  /** Whether a word is still being typed. */
  #isCurrent(span) {
    return document.activeElement === this.editor.area && span.end === this.#end && this.#currentWord() !== "";
  }

  #showFindings() {
    const marks = [...this.editor.marks].sort((a, b) => a.start - b.start);
    part("findings-title").textContent = marks.length ? `Corrections (${marks.length})` : "Corrections";
    const items = marks.map((mark) => {
      const typed = make(`span.${mark.kind}`, {}, this.editor.value.slice(mark.start, mark.end));
      const other = mark.kind === "corrected" ? ["was ", mark.typed] : ["→ ", mark.suggestions[0]?.text ?? "?"];
      const arrow = make("span.note", {}, ` ${other[0]}`);
      return make("li", {}, make("details", {}, make("summary", {}, typed, arrow, other[1]), ...this.#describe(mark)));
    });
    part("findings").replaceChildren(...(items.length ? items : [make("li.note", {}, "None.")]));
  }

  /** Return buttons for what can be done with a marked word, and why it is marked. */
  #describe(mark) {
    if (mark.kind === "corrected") {
      const undo = make("button", { type: "button", onclick: () => this.#takeBack(mark) }, `Keep “${mark.typed}”`);
      return [make("div.suggestions", {}, undo), make("p.why", {}, `Typed as “${mark.typed}”, corrected at its end.`)];
    }
    const likely = mark.suggestions.filter((each, n) => !n || each.probability >= MIN_SUGGESTED);
    const suggestions = likely.map((each) => {
      const number = make("small", {}, formatProbability(each.probability));
      return make("button", { type: "button", onclick: () => this.#replaceWord(mark, each.text) }, each.text, number);
    });
    const keep = make("button.plain", { type: "button", onclick: () => this.#keepFlagged(mark) }, "Keep mine");
    const reason = mark.kind === "context" ? "A real word that does not fit here" : "An unknown word";
    return [
      make("div.suggestions", {}, ...suggestions, keep),
      make("p.why", {}, mark.because ? `${reason}: ${mark.because}.` : `${reason}.`),
    ];
  }

  #keepFlagged(mark) {
    this.#keep(mark.text);
    this.editor.setMarks(FLAGS, this.editor.marks.filter((each) => FLAGS.includes(each.kind) && each.text !== mark.text));
    this.#hideHint();
    this.#showFindings();
  }

  #hover(event) {
    const found = this.editor.markAt(event.clientX, event.clientY);
    if (found) this.#showHint(found);
    else if (!this.hiding) this.hiding = setTimeout(() => this.#hideHint(), HIDE_AFTER);
  }

  #caretMoved() {
    const found = this.editor.caret === this.#end && this.#currentWord() ? null : this.editor.markAtCaret();
    if (found) this.#showHint(found);
    else this.#hideHint();
  }

  #stayHint() {
    clearTimeout(this.hiding);
    this.hiding = 0;
  }

  #showHint({ mark, box }) {
    const hint = part("hint");
    this.#stayHint();
    if (!hint.hidden && this.hinted === mark) return;
    this.hinted = mark;
    hint.replaceChildren(...this.#describe(mark));
    // A press on a button must not take the focus from the text, which would hide the hint before the click.
    hint.onmousedown = (event) => event.preventDefault();
    hint.hidden = false;
    const left = Math.min(box.left, document.documentElement.clientWidth - hint.offsetWidth - 16);
    hint.style.left = `${Math.max(8, left) + scrollX}px`;
    hint.style.top = `${box.bottom + scrollY + 2}px`;
  }

  #hideHint() {
    this.#stayHint();
    part("hint").hidden = true;
    this.hinted = null;
  }
}

function showMeant(element, typed, meant) {
  if (!meant) element.textContent = "–";
  else if (!typed || typed === meant) element.textContent = meant;
  else element.replaceChildren(make("del", {}, typed), make("span.arrow", {}, " → "), meant);
}
