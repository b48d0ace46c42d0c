// The tab Documents: files go to the server, which reads them as `docsight process` does.

import { announce, request, showProblem } from "./api.js";
import { make } from "./dom.js";
import { chosenFiles, droppedFiles, formatBytes } from "./files.js";

const ASK_EVERY = 500; // milliseconds, while a job runs
const AGAIN = [0, 429, 503]; // the status of failures that may pass; 0 without an answer
const ENDED = ["done", "failed", "cancelled"];

const part = (id) => document.getElementById(id);

/** Start the tab. */
export function startDocuments() {
  const drop = part("drop");
  for (const [button, input] of [
    ["choose-files", "files"],
    ["choose-folder", "folder"],
  ]) {
    part(button).addEventListener("click", () => part(input).click());
    part(input).addEventListener("change", ({ target }) => {
      send(chosenFiles(target.files));
      target.value = "";
    });
  }
  // The whole tab takes drops: a file that misses the field would replace the page.
  const panel = part("documents");
  panel.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  panel.addEventListener("dragleave", (event) => panel.contains(event.relatedTarget) || drop.classList.remove("over"));
  panel.addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    try {
      send(await droppedFiles(event.dataTransfer));
    } catch (error) {
      showProblem(error); // the browser may not read a file
    }
  });
}

async function send(files) {
  showProblem(files.length ? null : new Error("There are no files to read. Drop files, or a folder that has some."));
  if (!files.length) return;
  const item = new JobItem(files);
  part("jobs").prepend(item.element);
  await item.run(part("redact").checked);
}

class JobItem {
  #job = null;
  #controller = new AbortController();

  /** @param {{file: File, path: string}[]} files */
  constructor(files) {
    this.files = files;
    const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
    const name = files.length === 1 ? files[0].path : `${files.length} files`;
    this.state = make("p.note", {}, "Sending …");
    this.bar = make("progress", { max: 1, "aria-label": `Progress of ${name}` });
    this.links = make("p.buttons");
    this.report = make("div.report");
    this.cancel = make("button", { type: "button", onclick: () => this.#remove() }, "Cancel");
    this.links.append(this.cancel);
    const title = make("h3", {}, name, " ", make("span.note", {}, formatBytes(bytes)));
    this.element = make("li", {}, title, this.bar, this.state, this.links, this.report);
  }

  /** Send the files, and follow the job to its end. */
  async run(redact) {
    const body = new FormData();
    for (const { file, path } of this.files) body.append("files", file, path);
    try {
      const signal = this.#controller.signal;
      let { job } = await request("v1/documents", { body, query: { redact, wait: false }, signal });
      this.#follow(job);
      while (!ENDED.includes(job.state)) {
        await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
        if (signal.aborted) return;
        job = (await this.#ask(signal)) ?? job;
      }
      this.#end();
    } catch (error) {
      if (error.name === "AbortError") return;
      this.bar.hidden = true;
      this.state.textContent = error.message;
      this.cancel.textContent = "Remove";
      announce(error.message);
    }
  }

  /** Return the state of the job, or null if the server does not answer now: it may be starting anew. */
  async #ask(signal) {
    try {
      const job = await request(`v1/jobs/${this.#job.id}`, { method: "GET", signal });
      this.#follow(job);
      return job;
    } catch (error) {
      if (!AGAIN.includes(error.status)) throw error;
      this.state.textContent = `${error.message} Trying again …`;
      return null;
    }
  }

  #follow(job) {
    this.#job = job;
    const { fraction, documents, failed } = job.progress ?? {}; // null until it runs
    if (job.state === "queued") this.bar.removeAttribute("value");
    else this.bar.value = fraction ?? 0;
    this.state.textContent = describe(job, documents, failed);
  }

  #end() {
    const { state, links, progress } = this.#job;
    this.bar.hidden = true;
    this.cancel.textContent = "Delete";
    announce(this.state.textContent);
    if (state !== "done") return;
    const made = [
      [links.report, "Open the report", { target: "_blank", rel: "noopener" }],
      [links.redacted, "Redacted copy", { download: "redacted.zip" }],
      [links.result, "Records (JSON lines)", { download: "documents.jsonl" }],
    ];
    this.links.prepend(
      ...made.flatMap(([href, name, properties]) => (href ? [make("a.link-button", { href, ...properties }, name)] : [])),
    );
    if (!links.report || !progress?.documents) return;
    // The report has its own policy, and no access to this page.
    const frame = make("iframe", { src: links.report, title: "Report", loading: "lazy" });
    frame.setAttribute("sandbox", "allow-scripts allow-popups allow-downloads");
    this.report.append(frame);
  }

  async #remove() {
    this.#controller.abort();
    this.element.remove();
    if (!this.#job) return;
    try {
      await request(`v1/jobs/${this.#job.id}`, { method: "DELETE" });
    } catch (error) {
      if (error.status !== 404) showProblem(error); // 404: the job has expired
    }
  }
}

function describe(job, documents = 0, failed = 0) {
  const counted = `${documents} ${documents === 1 ? "document" : "documents"}`;
  const unread = failed ? `, ${failed} could not be read` : "";
  switch (job.state) {
    case "queued":
      return job.position ? `Waiting behind ${job.position} other ${job.position === 1 ? "job" : "jobs"}.` : "Waiting.";
    case "running":
      return `Reading … ${counted} so far${unread}.`;
    case "done":
      return `${counted} read${unread}.`;
    case "failed":
      return `Failed: ${job.error}`;
    default:
      return "Cancelled.";
  }
}
