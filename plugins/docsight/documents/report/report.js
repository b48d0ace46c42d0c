"use strict";
(function () {
  const tools = document.getElementById("tools");
  if (!tools) return;
  const field = {};
  ["filter", "format", "label", "corrected", "missing", "found", "reset", "nothing", "figures"].forEach(function (id) {
    field[id] = document.getElementById(id);
  });
  const keys = { q: "filter", format: "format", label: "label", corrected: "corrected", missing: "missing" };
  const title = document.title;

  function plain(text) {
    return text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ");
  }

  // The searchable text: once as written and once as corrected. Entity labels are left out, so that a search for two
  // words also matches where a label stands between them.
  function searchable(element, selector) {
    return ["ins", "del"].map(function (left) {
      const copy = element.cloneNode(true);
      copy.querySelectorAll("mark i, " + left).forEach(function (tag) { tag.remove(); });
      const parts = Array.from(copy.querySelectorAll(selector));
      return plain(parts.map(function (part) { return part.textContent; }).join("\n"));
    }).join("\n");
  }

  const inDocuments = new Set();
  const documents = Array.from(document.querySelectorAll("tr.doc")).map(function (row) {
    const article = document.getElementById("d" + row.dataset.id);
    const figures = row.dataset.figures.split(" ").filter(Boolean).map(function (id) { return document.getElementById(id); });
    figures.forEach(function (figure) { inDocuments.add(figure); });
    const parts = [searchable(row, ".path")].concat(figures.map(function (figure) { return searchable(figure, "figcaption"); }));
    if (article) parts.push(searchable(article, "h3, .title, .caveat, .where, .text"));
    return { row: row, article: article, figures: figures, text: parts.join("\n"), labels: row.dataset.labels.split(" ") };
  });
  const otherFigures = Array.from(document.querySelectorAll("figure.image")).filter(function (figure) {
    return !inDocuments.has(figure);
  }).map(function (figure) {
    return { figure: figure, text: searchable(figure, "figcaption"), labels: figure.dataset.labels.split(" ") };
  });
  const problems = Array.from(document.querySelectorAll("tr.problem")).map(function (row) {
    return { row: row, text: plain(row.textContent) };
  });

  function apply() {
    const wanted = plain(field.filter.value).trim();
    const format = field.format.value;
    const label = field.label.value;
    const narrow = format || field.corrected.checked || field.missing.checked;
    const active = Boolean(wanted || narrow || label);
    const isImageLabel = label.startsWith("p");
    let shown = 0;
    let figures = 0;
    const show = function (figure, visible) {
      const hit = visible && (!isImageLabel || figure.dataset.labels.split(" ").includes(label));
      figure.hidden = !hit;
      figures += hit ? 1 : 0;
    };
    documents.forEach(function (entry) {
      const data = entry.row.dataset;
      const hit = entry.text.includes(wanted) && (!format || data.format === format) && (!label || entry.labels.includes(label)) &&
        (!field.corrected.checked || "corrected" in data) && (!field.missing.checked || "missing" in data);
      entry.row.hidden = !hit;
      if (entry.article) entry.article.hidden = !hit;
      entry.figures.forEach(function (figure) { show(figure, hit); });
      shown += hit ? 1 : 0;
    });
    otherFigures.forEach(function (entry) {
      show(entry.figure, !narrow && entry.text.includes(wanted) && (!label || entry.labels.includes(label)));
    });
    problems.forEach(function (entry) { entry.row.hidden = !entry.text.includes(wanted); });
    if (field.figures) field.figures.hidden = figures === 0;
    field.nothing.hidden = shown + figures > 0;
    field.reset.hidden = !active;
    const status = shown + " of " + documents.length + " shown";
    field.found.textContent = status;
    document.title = active ? status + " – " + title : title;
  }

  // Keep the filters in the address, so that a search can be bookmarked.
  function write() {
    const state = new URLSearchParams();
    Object.keys(keys).forEach(function (key) {
      const input = field[keys[key]];
      const value = input.type === "checkbox" ? (input.checked ? "1" : "") : input.value;
      if (value) state.set(key, value);
    });
    const hash = state.toString();
    if (!hash && !location.hash.includes("=")) return;
    try {
      history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
    } catch (error) { /* some browsers refuse this for local files, or if it happens too often; the search works without it */ }
  }

  function read() {
    if (!location.hash.includes("=")) return;
    const state = new URLSearchParams(location.hash.slice(1));
    Object.keys(keys).forEach(function (key) {
      const input = field[keys[key]];
      if (input.type === "checkbox") input.checked = state.has(key);
      else input.value = state.get(key) || "";
      if (input.tagName === "SELECT" && input.selectedIndex < 0) input.value = "";
    });
  }

  let waiting = 0;
  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(function () { apply(); write(); }, 150);
  }
  function now() {
    clearTimeout(waiting);
    apply();
    write();
  }

  field.filter.addEventListener("input", later);
  [field.format, field.label, field.corrected, field.missing].forEach(function (input) { input.addEventListener("change", now); });
  tools.addEventListener("submit", function (event) { event.preventDefault(); now(); });
  field.reset.addEventListener("click", function (event) {
    event.preventDefault(); // a native reset would also reset the highlighting
    field.filter.value = field.format.value = field.label.value = "";
    field.corrected.checked = field.missing.checked = false;
    now();
    field.filter.focus();
  });
  document.addEventListener("keydown", function (event) {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName) && document.activeElement.type !== "checkbox";
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      field.filter.focus();
      field.filter.select();
    } else if (event.key === "Escape" && document.activeElement === field.filter && field.filter.value) {
      field.filter.value = "";
      now();
    }
  });
  window.addEventListener("hashchange", function () { if (location.hash.includes("=")) { read(); apply(); } });

  document.querySelectorAll("[data-label]").forEach(function (box) {
    const update = function () { document.body.classList.toggle("no-" + box.dataset.label, !box.checked); };
    const kind = box.dataset.label;
    box.addEventListener("change", function () {
      update();
      if (kind.startsWith("l")) document.querySelectorAll("mark." + kind).forEach(function (mark) { mark.classList.toggle("off", !box.checked); });
    });
    if (!box.checked) box.dispatchEvent(new Event("change")); // the browser restores checkboxes with the page
  });
  read();
  tools.hidden = false;
  apply();
})();
