// The tab Draw: digits and numbers while they are drawn, and pictures that are dropped.

import { Latest, announce, request, showProblem } from "./api.js";
import { formatProbability, make, showBars } from "./dom.js";
import { showInside } from "./inside.js";
import { Pad } from "./pad.js";

const NO_THRESHOLD = -1e20; // a model with a lower threshold labels every image
const MAX_CACHED = 200; // predictions of drawings

const part = (id) => document.getElementById(id);

/** Start the tab. */
export function startDraw() {
  new DrawTab();
}

class DrawTab {
  #predictions = new Map(); // by the key of a drawn digit
  #isReading = false;
  #isDirty = false;
  #chosen = null; // the key of the digit that is explained
  #explainer = new Latest();

  constructor() {
    this.pad = new Pad(part("pad"), { onChange: () => this.#read(), onStroke: () => this.#strokeEnded() });
    part("pad-clear").addEventListener("click", () => this.pad.clear());
    part("pad-undo").addEventListener("click", () => this.pad.undo());
    part("picture-choose").addEventListener("click", () => part("picture-file").click());
    part("picture-file").addEventListener("change", ({ target }) => {
      if (target.files[0]) this.#openPicture(target.files[0]);
      target.value = "";
    });
    const panel = part("draw");
    panel.addEventListener("dragover", (event) => event.preventDefault());
    panel.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files[0]) this.#openPicture(event.dataTransfer.files[0]);
    });
  }

  /** Read the newest drawing; while an answer is awaited, further strokes wait for their turn together. */
  async #read() {
    this.#isDirty = true;
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#isDirty) {
        this.#isDirty = false;
        for (const digit of this.pad.digits()) {
          if (!this.#predictions.has(digit.key)) this.#remember(digit.key, await classify(await this.pad.image(digit)));
        }
        this.#show();
      }
      showProblem(null);
    } catch (error) {
      showProblem(error);
    } finally {
      this.#isReading = false;
    }
  }

  #remember(key, prediction) {
    if (this.#predictions.size >= MAX_CACHED) this.#predictions.clear();
    this.#predictions.set(key, prediction);
  }

  #show() {
    const digits = this.pad.digits();
    const latest = digits.find((digit) => digit.isLatest);
    const chosen = digits.find((digit) => digit.key === this.#chosen) ?? latest;
    const found = digits.map((digit) => this.#predictions.get(digit.key));
    if (found.includes(undefined)) return; // a newer drawing is about to be read
    part("digits").replaceChildren(
      ...(digits.length ? digits.map((digit, n) => this.#showDigit(digit, found[n], digit === chosen)) : ["–"]),
    );
    if (!chosen) {
      showBars(part("classes"), []);
      part("digits-note").textContent = "Nothing drawn yet.";
      return;
    }
    this.#showScores(this.#predictions.get(chosen.key), "this drawing", "a digit");
  }

  #showDigit(digit, prediction, isChosen) {
    const text = prediction.label ?? "?";
    const choose = () => {
      this.#chosen = digit.key;
      this.#show();
      this.#explain(digit);
    };
    const label = `${text}, ${formatProbability(prediction.score)}`;
    return make("button", { type: "button", "aria-pressed": String(isChosen), "aria-label": label, onclick: choose }, text);
  }

  #showScores(prediction, subject, kind) {
    const rows = Object.entries(prediction.scores).map(([name, probability]) => ({ name, probability }));
    if (rows.some((row) => row.name.length > 1)) rows.sort((a, b) => b.probability - a.probability);
    showBars(part("classes"), rows);
    const { in_domain: score, threshold, label, best } = prediction;
    const limits = threshold < NO_THRESHOLD ? "" : ` (score ${score.toFixed(1)}, threshold ${threshold.toFixed(1)})`;
    part("digits-note").textContent =
      label === null
        ? `No label: ${subject} resembles the training images too little to be ${kind}${limits}. The nearest is ${best}.`
        : `Accepted: ${subject} resembles the training images${limits}.`;
  }

  async #strokeEnded() {
    this.#chosen = null;
    const latest = this.pad.digits().find((digit) => digit.isLatest);
    if (latest) await this.#explain(latest);
    else {
      this.#explainer.stop();
      part("inside").hidden = true;
    }
  }

  async #explain(digit) {
    try {
      const answer = await this.#explainer.run(async (signal) => classify(await this.pad.image(digit), { explain: true, signal }));
      if (!answer) return;
      showInside(part("inside"), answer);
      const read = this.pad.digits().map((each) => this.#predictions.get(each.key)?.label ?? "?");
      announce(`Read as ${read.join(" ")}.`);
    } catch (error) {
      showProblem(error);
    }
  }

  async #openPicture(file) {
    try {
      const model = "figures";
      const answer = await this.#explainer.run((signal) => classify(file, { model, explain: true, signal }));
      if (!answer) return;
      showProblem(null);
      part("digits").replaceChildren(make("span.word", {}, answer.label ?? "no label"));
      this.#showScores(answer, `“${file.name}”`, "one of these kinds");
      showInside(part("inside"), answer);
      announce(answer.label === null ? "No label." : `The picture is a ${answer.label}.`);
    } catch (error) {
      showProblem(error);
    }
  }
}

function classify(file, { model = "digits", explain = false, signal } = {}) {
  const body = new FormData();
  body.append("file", file, file.name ?? "drawing.png");
  return request("v1/images", { body, query: { model, explain }, signal });
}
