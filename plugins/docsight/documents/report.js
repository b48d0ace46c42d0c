"use strict";
(function () {
  const filter = document.getElementById("filter");
  if (!filter) return;
  const found = document.getElementById("found");
  const articles = Array.from(document.querySelectorAll("article"));
  const rows = Array.from(document.querySelectorAll("tr[data-row]"));
  const texts = articles.map(function (article) {
    // Without the type tags, so that a search for two words finds them on both sides of one.
    const copy = article.cloneNode(true);
    copy.querySelectorAll("mark i").forEach(function (tag) { tag.remove(); });
    const name = copy.querySelector("h3").textContent;
    return (name + "\n" + copy.querySelector(".text").textContent).toLowerCase().replace(/\s+/g, " ");
  });

  function apply() {
    const wanted = filter.value.toLowerCase().replace(/\s+/g, " ").trim();
    let shown = 0;
    articles.forEach(function (article, i) {
      const hit = texts[i].includes(wanted);
      article.hidden = !hit;
      rows[i].hidden = !hit;
      shown += hit ? 1 : 0;
    });
    found.textContent = wanted ? shown + " of " + articles.length + " documents" : "";
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
