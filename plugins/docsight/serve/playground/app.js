// Tabs and the theme. Each tab is a module of its own, which starts when its tab is first shown.

import { waitUntilReady } from "./api.js";
import { startCompare } from "./compare.js";
import { startDocuments } from "./documents.js";
import { startDraw } from "./draw.js";
import { startType } from "./type.js";

const STARTS = { type: startType, draw: startDraw, documents: startDocuments, compare: startCompare };
const tabs = [...document.querySelectorAll('[role="tab"]')];
const started = new Set();
const ready = waitUntilReady();

function show(name, { focus = false } = {}) {
  for (const tab of tabs) {
    const isShown = tab.getAttribute("aria-controls") === name;
    tab.setAttribute("aria-selected", String(isShown));
    tab.tabIndex = isShown ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = !isShown;
    if (isShown && focus) tab.focus();
  }
  if (started.has(name)) return;
  started.add(name);
  ready.then(STARTS[name]);
}

function showFromAddress() {
  const name = location.hash.slice(1);
  show(name in STARTS ? name : "type");
}

for (const [at, tab] of tabs.entries()) {
  tab.addEventListener("click", () => {
    history.replaceState(null, "", `#${tab.getAttribute("aria-controls")}`);
    show(tab.getAttribute("aria-controls"));
  });
  tab.addEventListener("keydown", (event) => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    history.replaceState(null, "", `#${next.getAttribute("aria-controls")}`);
    show(next.getAttribute("aria-controls"), { focus: true });
  });
}

const theme = document.getElementById("theme");
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

function showTheme() {
  const isDark = (document.documentElement.dataset.theme || (systemIsDark.matches ? "dark" : "light")) === "dark";
  theme.setAttribute("aria-pressed", String(isDark));
}

systemIsDark.addEventListener("change", showTheme);
theme.addEventListener("click", () => {
  const chosen = theme.getAttribute("aria-pressed") === "true" ? "light" : "dark";
  document.documentElement.dataset.theme = chosen;
  showTheme();
  try {
    localStorage.setItem(THEME_KEY, chosen); // the constant of theme.js
  } catch {
    // The browser keeps nothing for this page: the choice lasts until it is closed.
  }
});
showTheme();
addEventListener("hashchange", showFromAddress);
showFromAddress();
