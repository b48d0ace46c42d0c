// The theme that was chosen, before the page is first painted. Loaded in the head, as a classic script.

const THEME_KEY = "docsight-theme";
const savedTheme = () => {
  try {
    return localStorage.getItem(THEME_KEY) || "";
  } catch {
    return ""; // the browser keeps nothing for this page
  }
};
document.documentElement.dataset.theme = savedTheme();
