// The tab Type: the letter and the word that were meant at each keystroke, corrections, and entities.

import { Latest, announce, debounce, request, showProblem } from "./api.js";
import { codePointOffsets, formatProbability, make, moveSpans, showBars, toUtf16, wholeCharacter } from "./dom.js";
import { Editor } from "./editor.js";
import { EntityView } from "./entities.js";
import { Hint, listFindings } from "./findings.js";
import { TypingSession, keystrokesOf } from "./session.js";

const READ_AFTER = 160; // milliseconds without a keystroke, after which the whole text is read
const READ_AGAIN = 1000; // milliseconds after a refusal
const MIN_SCORE = 0.05; // of the spans that the slider can show
const MAX_CONTEXT = 1000; // characters before the caret that a session gets: each answer repeats them
const FLAGS = ["unknown", "context"];
const ROOSEVELT =
  "President Roosevelt was one of the most influential presidents in American history. " +
  "However, Roosevelt Street in Manhattan was not named after him.";
const MISTAKES =
  "The comitee met in Geneva on Monday. The engineers presented there report, and Maria Keller, who had recieved it, " +
  "asked weather the new network would definately be ready. It was quiet expensive, she said.";

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
  #readTook = 0; // milliseconds; a long text is read after longer pauses, as the server ends what it has begun
  #isLost = false; // whether the session has failed, and another one must begin

  constructor() {
    this.editor = new Editor(part("editor"), part("backdrop"), {
      onEdit: (edit) => this.#edited(edit),
      onCaret: () => this.#caretMoved(),
    });
    this.session = new TypingSession({
      onAnswer: (answer) => this.#answered(answer),
      onExpired: () => this.#begin(),
      onError: (error) => this.#failed(error),
    });
    this.actions = {
      replace: (mark, text) => this.#replaceWord(mark, text),
      keep: (mark) => this.#keepFlagged(mark),
      takeBack: (mark) => this.#takeBack(mark),
    };
    this.hint = new Hint(part("hint"), this.actions);
    this.entities = new EntityView({
      text: part("entities"),
      legend: part("legend"),
      slider: part("threshold"),
      output: part("threshold-value"),
    });
    if (/Mac|iPhone|iPad/.test(navigator.platform)) part("undo-key").textContent = "⌘";
    this.readSoon = debounce(() => this.#read(), () => Math.max(READ_AFTER, this.#readTook));
    this.editor.area.addEventListener("keydown", (event) => this.#keyDown(event));
    this.editor.area.addEventListener("mousemove", (event) => this.#hover(event));
    this.editor.area.addEventListener("blur", () => this.hint.hide());
    part("keyboard").addEventListener("change", () => this.#begin());
    part("paste-roosevelt").addEventListener("click", () => this.#setText(ROOSEVELT));
    part("paste-errors").addEventListener("click", () => this.#setText(MISTAKES));
    part("clear-text").addEventListener("click", () => this.#setText(""));
    addEventListener("pagehide", () => {
      this.session.end();
      this.#isLost = true; // for when the browser brings the page back as it was
    });
    this.#begin();
    const early = this.editor.area.value; // typed while the server started
    if (early) this.#setText(early);
  }

  /** Begin a session after the text before the caret. */
  #begin() {
    const caret = this.editor.caret < 0 ? this.editor.area.selectionEnd : this.editor.caret;
    this.#base = this.#end = caret;
    this.#answer = null;
    this.#isLost = false;
    for (const mark of this.editor.marks) delete mark.word; // numbers of the earlier session
    const before = this.editor.value.slice(0, caret);
    const cut = before.length <= MAX_CONTEXT ? 0 : before.indexOf(" ", before.length - MAX_CONTEXT) + 1;
    this.#head = before.slice(0, cut || wholeCharacter(before, Math.max(0, before.length - MAX_CONTEXT)));
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
    this.hint.hide();
    this.readSoon();
    const events = this.#isLost ? null : keystrokesOf(before, after, { base: this.#base, end: this.#end, caret });
    if (events) {
      this.#end = caret;
      for (const event of events) this.session.push(event);
      return;
    }
    this.#begin();
    this.#showKeystroke(null);
  }

  /** Begin anew at the next edit: the session may not have what is in the text. */
  #failed(error) {
    this.#isLost = true;
    showProblem(error);
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
      if (this.editor.isComposing) {
        this.#answer = null;
        this.#showKeystroke(null);
        return; // the answer to a later keystroke has the correction, too
      }
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
    part("latency").textContent = count ? `Answers in ${median.toFixed(1)} ms (median of ${count} ${count === 1 ? "keystroke" : "keystrokes"}).` : "";
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
    this.hint.hide();
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
    this.hint.hide();
    this.#showFindings();
    this.#begin();
    this.readSoon();
  }

  async #read() {
    const text = this.editor.value;
    if (!text.trim()) {
      this.#reader.stop();
      this.#forget();
      return;
    }
    const started = performance.now();
    try {
      const json = { texts: [text], min_score: MIN_SCORE };
      const answer = await this.#reader.run((signal) => request("v1/text", { json, signal }));
      if (!answer) return;
      this.#readTook = performance.now() - started;
      const [found] = answer.documents;
      this.entities.show(found);
      const flags = toUtf16(text, found.corrections)
        .filter((each) => !this.#kept.includes(each.text) && !this.#isCurrent(each))
        .map((each) => ({ ...each, kind: each.reason === "context" ? "context" : "unknown" }));
      this.editor.setMarks(FLAGS, moveSpans(text, this.editor.value, flags));
      this.#showFindings();
    } catch (error) {
      if (error.status === 429) setTimeout(this.readSoon, READ_AGAIN);
      else {
        this.#forget();
        showProblem(error);
      }
    }
  }

  /** Forget what was found in an earlier text. */
  #forget() {
    this.editor.setMarks(FLAGS, []);
    this.entities.show(null);
    this.#showFindings();
  }

  /** Whether a word is still being typed. */
  #isCurrent(span) {
    return document.activeElement === this.editor.area && span.end === this.#end && this.#currentWord() !== "";
  }

  #showFindings() {
    const { value, marks } = this.editor;
    part("findings-title").textContent = marks.length ? `Corrections (${marks.length})` : "Corrections";
    listFindings(part("findings"), value, marks, this.actions);
  }

  #keepFlagged(mark) {
    this.#keep(mark.text);
    this.editor.setMarks(FLAGS, this.editor.marks.filter((each) => FLAGS.includes(each.kind) && each.text !== mark.text));
    this.hint.hide();
    this.#showFindings();
  }

  #hover(event) {
    const found = this.editor.markAt(event.clientX, event.clientY);
    if (found) this.hint.show(found);
    else this.hint.hideSoon();
  }

  #caretMoved() {
    const found = this.editor.caret === this.#end && this.#currentWord() ? null : this.editor.markAtCaret();
    if (found) this.hint.show(found);
    else this.hint.hide();
  }
}

function showMeant(element, typed, meant) {
  if (!meant) element.textContent = "–";
  else if (!typed || typed === meant) element.textContent = meant;
  else element.replaceChildren(make("del", {}, typed), make("span.arrow", {}, " → "), meant);
}
