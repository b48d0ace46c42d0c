// A typing session on the server: keystrokes go out in order, and answers that are out of date are dropped.

import { request } from "./api.js";
import { wholeCharacter } from "./dom.js";

const MEASURE = "keystroke"; // the name of the browser's measurements, from a keystroke to its answer
const MAX_MEASURES = 1000;
const MAX_TYPED = 3; // characters of one edit that count as typed; more are pasted
const MAX_EVENTS = 256; // that the server takes in a request

export class TypingSession {
  #generation = 0; // counts sessions: an answer to an earlier one is dropped
  #id = null;
  #sequence = 0;
  #queue = [];
  #isSending = false;
  #controller = null;
  #options = {};

  /**
   * @param {{onAnswer: (answer: object, milliseconds: number) => void, onExpired: () => void,
   *   onError: (problem: Error) => void}} listeners `onAnswer` gets the answer to the last event only.
   */
  constructor(listeners) {
    this.listeners = listeners;
  }

  /** The median time from a keystroke to its answer in milliseconds, and the number of keystrokes. */
  get latency() {
    const times = performance.getEntriesByName(MEASURE).map((entry) => entry.duration);
    const sorted = times.sort((a, b) => a - b);
    return { median: sorted[Math.floor(sorted.length / 2)], count: sorted.length };
  }

  /**
   * Begin anew after a text. What was under way is aborted.
   *
   * @param {{context: string, keyboard: string | null, kept: string[]}} options `kept` are words to leave as typed.
   */
  begin({ context, keyboard, kept }) {
    this.end();
    this.#generation += 1;
    this.#isSending = false;
    this.#options = { context, keyboard, completions: 5 };
    this.#queue = kept.map((word) => ({ type: "keep", word }));
    this.#send();
  }

  /** End the session on the server, which would otherwise keep it for a while. */
  end() {
    this.#controller?.abort();
    if (this.#id === null) return;
    const path = `v1/type/${this.#id}`;
    this.#id = null;
    // A session that cannot be ended now expires later, so a failure does not matter.
    request(path, { method: "DELETE", keepalive: true }).catch(() => {});
  }

  /** Send an event, such as {type: "key", key: "n"}. */
  push(event) {
    this.#queue.push({ ...event, at: performance.now() });
    this.#send();
  }

  async #send() {
    if (this.#isSending || (this.#id !== null && !this.#queue.length)) return;
    this.#isSending = true;
    const generation = this.#generation;
    const [events, options] = [this.#queue.splice(0, MAX_EVENTS), this.#id === null ? this.#options : {}];
    this.#sequence += 1;
    this.#controller = new AbortController();
    try {
      const json = {
        session: this.#id,
        sequence: this.#sequence,
        events: events.map(({ at, ...event }) => event),
        ...options,
      };
      const answer = await request("v1/type", { json, signal: this.#controller.signal });
      if (generation !== this.#generation || answer.sequence !== this.#sequence) return;
      this.#id = answer.session;
      if (!this.#queue.length) this.listeners.onAnswer(answer);
      this.#note(events);
    } catch (error) {
      if (generation !== this.#generation || error.name === "AbortError") return;
      if (error.status === 404) this.listeners.onExpired();
      else this.listeners.onError(error);
      return;
    } finally {
      if (generation === this.#generation) this.#isSending = false;
    }
    this.#send();
  }

  #note(events) {
    if (performance.getEntriesByName(MEASURE).length > MAX_MEASURES) performance.clearMeasures(MEASURE);
    for (const event of events) if (event.type === "key") performance.measure(MEASURE, { start: event.at });
  }
}

/**
 * Return the events of a session that make an edit where its text ends, or null for any other edit.
 *
 * @param {string} before The text before the edit.
 * @param {string} after The text after it.
 * @param {{base: number, end: number, caret: number}} places Where the session began and has read up to, in `before`,
 *   and the caret in `after`.
 */
export function keystrokesOf(before, after, { base, end, caret }) {
  if (before.slice(end) !== after.slice(caret)) return null;
  const [old, now] = [before.slice(0, end), after.slice(0, caret)];
  let kept = 0;
  while (kept < old.length && old[kept] === now[kept]) kept += 1;
  kept = wholeCharacter(old, kept);
  const [deleted, inserted] = [[...old.slice(kept)], [...now.slice(kept)]];
  // With a dead key or an input method, a letter takes the place of the one before.
  if (kept < base || deleted.length > 1 || inserted.length > MAX_TYPED) return null;
  return [...deleted.map(() => ({ type: "backspace" })), ...inserted.map((key) => ({ type: "key", key }))];
}
