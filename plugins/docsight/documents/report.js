"use strict";
(function () {
  const filter = document.getElementById("filter");
  if (!filter) return;
  const found = document.getElementById("found");
  const pieces = new Map(); // articles and figures by their id, with the text to search
  document.querySelectorAll("article, figure").forEach(function (element) {
    // Without the type tags, so that a search for two words finds them on both sides of one.
    const copy = element.cloneNode(true);
    copy.querySelectorAll("mark i").forEach(function (tag) { tag.remove(); });
    const parts = Array.from(copy.querySelectorAll("h3, .text, figcaption"));
    pieces.set(element.id, { element: element, text: plain(parts.map(function (part) { return part.textContent; }).join("\n")) });
  });
  const rows = Array.from(document.querySelectorAll("tr[data-shown]")).map(function (row) {
    const ids = row.dataset.shown.split(" ").filter(function (id) { return pieces.has(id); });
    return { element: row, ids: ids, name: plain(row.querySelector(".path").textContent) };
  });

  function plain(text) {
    return text.toLowerCase().replace(/\s+/g, " ");
  }

  function apply() {
    const wanted = plain(filter.value).trim();
    let shown = 0;
    pieces.forEach(function (piece) {
      piece.element.hidden = !piece.text.includes(wanted);
    });
    rows.forEach(function (row) {
      const hit = row.name.includes(wanted) || row.ids.some(function (id) { return !pieces.get(id).element.hidden; });
      row.element.hidden = !hit;
      shown += hit ? 1 : 0;
    });
    found.textContent = wanted ? shown + " of " + rows.length + " documents" : "";
  }

  filter.addEventListener("input", apply);
  document.querySelectorAll("[data-label]").forEach(function (box) {
    const update = function () {
      document.querySelectorAll("mark.l" + box.dataset.label).forEach(function (mark) {
        mark.classList.toggle("off", !box.checked);
      });
    };
    box.addEventListener("change", update);
    update(); // a browser that restores a page restores its boxes, too
  });
  apply();
})();
