// Elements, bars of probabilities, and offsets.

/**
 * Make an element.
 *
 * @param {string} name Its tag, with classes: "span.name".
 * @param {Record<string, unknown>} properties Properties; those with a dash are attributes, and "on…" are listeners.
 * @param {...(Node | string)} children
 */
export function make(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key.includes("-") || key === "role") element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children);
  return element;
}

/** Write a probability: 0.98, but not 0.00 or 1.00 for one that is neither. */
export function formatProbability(value) {
  if (value > 0 && value < 0.005) return "<0.01";
  if (value >= 0.995 && value < 1) return ">0.99";
  return value.toFixed(2);
}

/**
 * Show probabilities as bars, in the order given; elements are kept, so that bars move instead of jumping.
 *
 * @param {HTMLElement} list
 * @param {{name: string, probability: number}[]} rows
 */
export function showBars(list, rows) {
  const best = rows.reduce((a, b) => (b.probability > a.probability ? b : a), rows[0]);
  while (list.children.length > rows.length) list.lastChild.remove();
  while (list.children.length < rows.length) {
    list.append(make("li", {}, make("span.name"), make("span.track", {}, make("i")), make("span.number")));
  }
  rows.forEach((row, n) => {
    const item = list.children[n];
    const [name, track, number] = item.children;
    item.classList.toggle("best", row === best);
    name.textContent = row.name === " " ? "space" : row.name;
    track.firstChild.style.width = `${100 * row.probability}%`;
    number.textContent = formatProbability(row.probability);
  });
}

/** Return a function from offsets in code points, which the server counts, to those in UTF-16 units. */
export function codePointOffsets(text) {
  if (!/[\ud800-\udbff]/.test(text)) return (offset) => offset;
  const starts = [];
  let at = 0;
  for (const char of text) {
    starts.push(at);
    at += char.length;
  }
  starts.push(at);
  return (offset) => starts[offset];
}

/** Return a place in a text, or the one before it if it is within a surrogate pair. */
export function wholeCharacter(text, at) {
  return at > 0 && /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(at - 1, at + 1)) ? at - 1 : at;
}

/** Return copies of spans of a text with offsets in UTF-16 units. */
export function toUtf16(text, spans) {
  const offset = codePointOffsets(text);
  return spans.map((span) => ({ ...span, start: offset(span.start), end: offset(span.end) }));
}

/**
 * Return the pieces of a text between and in spans that do not overlap.
 *
 * @param {string} text
 * @param {{start: number, end: number}[]} spans In any order.
 * @returns {{text: string, span: object | null}[]}
 */
export function pieces(text, spans) {
  const found = [];
  let last = 0;
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    if (span.start < last) continue;
    if (span.start > last) found.push({ text: text.slice(last, span.start), span: null });
    found.push({ text: text.slice(span.start, span.end), span });
    last = span.end;
  }
  if (last < text.length) found.push({ text: text.slice(last), span: null });
  return found;
}

/** Move spans of a text to where they are after an edit; those that the edit touched are left out. */
export function moveSpans(before, after, spans) {
  let head = 0;
  const shorter = Math.min(before.length, after.length);
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const [editEnd, shift] = [before.length - tail, after.length - before.length];
  return spans.flatMap((span) => {
    if (span.end <= head) return [span];
    if (span.start >= editEnd) return [{ ...span, start: span.start + shift, end: span.end + shift }];
    return [];
  });
}
