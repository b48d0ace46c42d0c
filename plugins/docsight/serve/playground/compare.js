// The tab Compare: one text through three taggers that see different words.

import { Latest, announce, debounce, request, showProblem } from "./api.js";
import { formatProbability, make } from "./dom.js";
import { labelClass, makeMark } from "./entities.js";
import { makePicture, signedColour } from "./heat.js";

const READ_AFTER = 250; // milliseconds without a keystroke
const MIN_INFLUENCE = 0.15; // log odds that are written under a word
const EXAMPLES = [
  [
    "Roosevelt",
    "President Roosevelt was one of the most influential presidents in American history. " +
      "However, Roosevelt Street in Manhattan was not named after him.",
  ],
  ["What follows decides", "Jordan told his brother that he would be late. Jordan borders the desert to the east."],
  ["What precedes decides", "The letter was signed by Lincoln. The slow train stops in Lincoln."],
];
const TAGGERS = {
  lstm: ["LSTM, left to right", "has seen only the words before, when it decides"],
  bilstm: ["BiLSTM", "has seen all words, from both sides"],
  cnn: ["Window CNN", "sees four words on each side, and nothing else"],
};

const part = (id) => document.getElementById(id);

/** Start the tab. */
export function startCompare() {
  new CompareTab();
}

class CompareTab {
  #latest = new Latest();
  #focus = null; // the number of the word that is explained

  constructor() {
    this.text = part("compare-text");
    this.text.addEventListener("input", debounce(() => this.#show(null), () => READ_AFTER));
    part("compare-examples").append(
      ...EXAMPLES.map(([name, text]) => {
        const choose = () => {
          this.text.value = text;
          this.#show(null);
        };
        return make("button", { type: "button", onclick: choose }, name);
      }),
    );
    this.text.value = EXAMPLES[0][1];
    this.#show(null);
  }

  async #show(focus, { keepFocus = null } = {}) {
    this.#focus = focus;
    const text = this.text.value;
    if (!text.trim()) {
      this.#latest.stop();
      part("taggers").replaceChildren();
      return;
    }
    try {
      const answer = await this.#latest.run((signal) => request("v1/compare", { json: { text, focus }, signal }));
      if (!answer) return;
      showProblem(null);
      part("taggers").replaceChildren(...answer.taggers.map((tagger) => this.#showTagger(answer.words, tagger)));
      if (keepFocus) part("taggers").querySelectorAll(".words")[keepFocus.row]?.children[keepFocus.word]?.focus();
    } catch (error) {
      part("taggers").replaceChildren(); // of an earlier text
      showProblem(error);
    }
  }

  #showTagger(words, tagger) {
    const [name, about] = TAGGERS[tagger.layer];
    const heading = make("h3", {}, name, " ", make("span.note", {}, about));
    const found = tagger.entities.map((entity) => {
      const text = words.slice(entity.start, entity.end).map((word) => word.text).join(" ");
      return makeMark(text, entity.label, entity.score, make("small", {}, `${entity.label} ${formatProbability(entity.score)}`));
    });
    const entities = make("p.found", {}, ...(found.length ? found.flatMap((mark) => [mark, " "]) : ["no entity"]));
    const columns = words.map((word, at) => this.#showWord(word, at, tagger));
    const list = make("div.words", { role: "group", "aria-label": `Words as the ${name} sees them` }, ...columns);
    list.addEventListener("keydown", (event) => this.#keyDown(event, list));
    return make("section.tagger", { id: tagger.name }, heading, entities, list, ...explain(words, tagger));
  }

  #showWord(word, at, tagger) {
    const entity = tagger.entities.find((each) => each.start <= at && at < each.end);
    const { label, probability } = tagger.words[at];
    const isSeen = this.#focus === null || sees(tagger.sight, this.#focus, at);
    const state = tagger.states[at];
    const strip = makePicture(1, state.length, (row) => signedColour(state[row]));
    const change = tagger.influence?.change[at] ?? 0;
    const influence = make("span.influence", {}, Math.abs(change) >= MIN_INFLUENCE ? signed(change) : "\u00a0");
    influence.classList.add(change > 0 ? "for" : "against");
    const said = `${label ?? "no entity"} ${formatProbability(probability)}`;
    const button = make(
      `button.word`,
      {
        type: "button",
        title: said,
        "aria-pressed": String(at === this.#focus),
        tabIndex: at === (this.#focus ?? 0) ? 0 : -1,
        onclick: () => this.#choose(at, button),
      },
      make("span.form", {}, word.text, make("span.unseen", {}, `, ${said}`)),
      strip,
      influence,
    );
    if (entity) {
      button.classList.add(labelClass(entity.label));
      button.style.setProperty("--p", String(entity.score));
    }
    button.classList.toggle("entity", Boolean(entity));
    button.classList.toggle("unseen-word", !isSeen);
    return button;
  }

  #choose(at, button) {
    const row = [...part("taggers").querySelectorAll(".words")].indexOf(button.parentElement);
    const focus = at === this.#focus ? null : at;
    announce(focus === null ? "No word chosen." : `${button.firstChild.firstChild.textContent} chosen.`);
    this.#show(focus, { keepFocus: { row, word: at } });
  }

  #keyDown(event, list) {
    const at = [...list.children].indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: list.children.length - 1 }[event.key];
    if (at < 0 || !list.children[to]) return;
    event.preventDefault();
    list.children[at].tabIndex = -1;
    list.children[to].tabIndex = 0;
    list.children[to].focus();
  }
}

/** Whether the state of a word depends on another word. */
function sees({ before, after }, word, other) {
  if (other < word) return before === null || word - other <= before;
  return after === null || other - word <= after;
}

function signed(value) {
  return `${value > 0 ? "+" : "−"}${Math.abs(value).toFixed(1)}`;
}

/** Return a sentence on what the label of the word in focus depends on. */
function explain(words, tagger) {
  if (!tagger.influence) return [];
  const { word, label, change } = tagger.influence;
  const { probabilities } = tagger.words[word];
  const strongest = [...change.keys()].filter((at) => Math.abs(change[at]) >= MIN_INFLUENCE);
  strongest.sort((a, b) => Math.abs(change[b]) - Math.abs(change[a]));
  const named = strongest.slice(0, 3).map((at) => `${words[at].text} ${signed(change[at])}`);
  const evidence = named.length ? `Evidence: ${named.join(", ")}.` : "No other word changes that much.";
  const text = `“${words[word].text}” as ${label}: probability ${formatProbability(probabilities[label])}. ${evidence}`;
  return [make("p.explained", {}, text)];
}
