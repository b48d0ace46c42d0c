// Requests to the server that the page came from. Nothing here or elsewhere contacts another machine.

import { askForKey, currentKey } from "./key.js";

const READY_INTERVAL = 500; // milliseconds between two questions whether the server is ready

/** An error answer of the server, in the form of problem+json (RFC 9457). */
export class Problem extends Error {
  constructor(status, title, detail, requestId) {
    super([title, detail].filter(Boolean).join(": "));
    this.status = status;
    this.requestId = requestId;
  }
}

/**
 * Send a request and return what the server answered, parsed if it is JSON. If the server needs an API key, the page
 * asks for it first.
 *
 * @param {string} path Relative to the page, such as "v1/text".
 * @param {{method?: string, json?: unknown, body?: BodyInit, query?: Record<string, unknown>,
 *   signal?: AbortSignal, keepalive?: boolean}} options `keepalive`: also when the page is being left.
 * @throws {Problem} The server refused, or could not be reached (status 0).
 */
export async function request(path, options = {}) {
  for (;;) {
    const key = currentKey();
    const response = await send(path, key, options);
    if (response.status !== 401) return parse(response);
    if (key === currentKey()) await askForKey(); // otherwise it was entered in the meantime
  }
}

async function send(path, key, { method = "POST", json, body, query = {}, signal, keepalive = false }) {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  const headers = { Accept: "application/json" };
  if (json !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["X-API-Key"] = key;
  const content = json === undefined ? body : JSON.stringify(json);
  try {
    return await fetch(url, { method, headers, body: content, signal, keepalive });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "The server does not answer", "is docsight serve still running?");
  }
}

async function parse(response) {
  const isJson = /json$/.test((response.headers.get("Content-Type") || "").split(";")[0]);
  const content = isJson ? await response.json() : await response.text();
  if (response.ok) return content;
  const problem = isJson ? content : {};
  throw new Problem(response.status, problem.title || `Status ${response.status}`, problem.detail, problem.request_id);
}

/** Wait until the server has loaded its models, and say so at the top of the page meanwhile. */
export async function waitUntilReady() {
  for (;;) {
    const response = await fetch(new URL("ready", document.baseURI)).catch(() => null);
    if (response?.status !== 503) break; // if something else is wrong, the first request says what
    showProblem(new Problem(503, "The models are loading", "this takes some seconds"));
    await new Promise((resolve) => setTimeout(resolve, READY_INTERVAL));
  }
  showProblem(null);
}

/** Runs one task at a time: a new one aborts the one before, whose result is then dropped. */
export class Latest {
  #controller = null;

  /** Return the result of the task, or undefined if a later task has taken its place. */
  async run(task) {
    this.#controller?.abort();
    const controller = (this.#controller = new AbortController());
    try {
      const result = await task(controller.signal);
      return controller.signal.aborted ? undefined : result;
    } catch (error) {
      if (controller.signal.aborted) return undefined;
      throw error;
    }
  }

  stop() {
    this.#controller?.abort();
  }
}

/** Return a function that calls another one when it has not been called for as many milliseconds as `pause` returns. */
export function debounce(call, pause) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => call(...values), pause());
  };
}

/** Show a problem at the top of the page, or hide it. */
export function showProblem(problem) {
  const shown = document.getElementById("problem");
  shown.hidden = !problem;
  shown.textContent = problem ? problem.message : "";
}

/** Have a screen reader say something at its next pause. */
export function announce(text) {
  document.getElementById("status").textContent = text;
}
