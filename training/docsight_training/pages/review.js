"use strict";
(function () {
  const content = JSON.parse(document.getElementById("content").textContent);
  const field = {};
  ["filter", "order", "scope", "save", "restart", "progress", "items", "earlier", "range", "later", "about", "accept", "reject",
    "undo", "done", "labels", "start-back", "start-on", "end-back", "end-on", "mark", "move", "others", "more", "name", "place",
    "text", "status", "tools"].forEach(function (id) { field[id] = document.getElementById(id); });
  const PAGE = 60; // rows of the queue that are shown together
  const MAX_UNDO = 500;
  const MAX_OTHERS = 4;
  const STORE = "docsight-review-" + content.key;
  const RELATIONS = {
    agree: "as annotated", label: "another label", edges: "other edges", "label and edges": "another label and other edges",
    missed: "only annotated", spurious: "only found by the model", "": ""
  };

  const docs = content.documents.map(function (raw, number) {
    const doc = { number: number, text: raw.text, place: raw.place, id: raw.id, raw: raw, others: raw.others, done: false, changed: false };
    doc.spans = raw.spans.map(function (row) {
      return { start: row[0], end: row[1], label: row[2], posterior: row[3], on: row[4], relation: row[5], certainty: row[6], decided: false, added: false };
    });
    return doc;
  });
  // The queue: all spans, and each text without one.
  const queue = [];
  docs.forEach(function (doc) {
    doc.items = doc.spans.map(function (span) {
      return { doc: doc, span: span, start: span.start, end: span.end, label: span.label };
    });
    if (!doc.items.length) doc.items.push({ doc: doc, span: null });
    queue.push.apply(queue, doc.items);
  });
  const labels = content.labels.slice();
  const colours = Object.assign({}, content.colours);
  const history = [];
  let order = []; // the items of the queue that are shown
  let at = 0; // the current one
  let chosen = null; // a span that was clicked or added, instead of that of the current item
  let marked = null; // marked words: anchor and focus, in tokens
  let isKept = true; // whether this browser keeps changes
  let isBegun = false; // until then, the page stays at its title, also on a narrow screen

  // Offsets come as the gap before each token and its length, in characters. JavaScript counts some characters as two units.
  function tokens(doc) {
    if (doc.tokens) return doc.tokens;
    const found = [];
    let char = 0;
    let unit = 0;
    const advance = function (chars) {
      char += chars;
      for (let left = chars; left > 0; left -= 1) unit += doc.text.codePointAt(unit) > 0xffff ? 2 : 1;
    };
    for (let n = 0; n < doc.raw.tokens.length; n += 2) {
      advance(doc.raw.tokens[n]);
      const token = { start: unit, firstChar: char };
      advance(doc.raw.tokens[n + 1]);
      token.end = unit;
      token.lastChar = char;
      found.push(token);
    }
    doc.tokens = found;
    return found;
  }

  function words(doc, start, end) {
    const found = tokens(doc);
    return doc.text.slice(found[start].start, found[end - 1].end);
  }
  function overlap(one, other) { return one.start < other.end && other.start < one.end; }
  function currentItem() { return order[at] || null; }
  function currentDoc() { return chosen ? chosen.doc : currentItem() && currentItem().doc; }
  function currentSpan() { return chosen ? chosen.span : currentItem() && currentItem().span; }
  function isDecided(item) { return item.span ? item.span.decided : item.doc.done; }
  function isReviewed(doc) { return doc.done || (doc.spans.length > 0 && doc.items.every(function (item) { return item.span && item.span.decided; })); }
  function say(text) { field.status.textContent = text; }
  function probability(span) {
    if (span.added && span.posterior === null) return "added";
    return span.posterior === null ? "below " + content.minPosterior : span.posterior.toFixed(2);
  }

  // What a span counts as: accepted, rejected, changed or added by the user, or else what is proposed.
  function state(item) {
    const span = item.span;
    if (!span) return item.doc.done ? ["✓", "accepted: no span"] : ["·", "undecided"];
    if (!span.decided) return span.on ? ["·", "undecided"] : ["?", "suggested, undecided"];
    if (!span.on) return ["✗", "rejected"];
    const isSame = span.start === item.start && span.end === item.end && span.label === item.label;
    return isSame ? ["✓", "accepted"] : ["✎", "changed"];
  }

  // --- Changes ---

  function change(doc, action) {
    const before = { doc: doc, done: doc.done, at: at, chosen: chosen, spans: doc.spans.map(function (span) { return [span, Object.assign({}, span)]; }) };
    action();
    history.push(before);
    if (history.length > MAX_UNDO) history.shift();
    doc.changed = true;
    keep();
  }

  function undo() {
    const before = history.pop();
    if (!before) return say("There is nothing to undo.");
    before.doc.spans = before.spans.map(function (pair) { return Object.assign(pair[0], pair[1]); });
    before.doc.done = before.done;
    before.doc.changed = true;
    at = Math.min(before.at, Math.max(0, order.length - 1));
    chosen = before.chosen;
    marked = null;
    keep();
    draw();
    say("Undone.");
  }

  // A text has no overlapping spans, so one that is turned on turns the others off.
  function turnOn(doc, span) {
    doc.spans.forEach(function (other) {
      if (other !== span && overlap(span, other)) { other.on = false; other.decided = true; }
    });
    span.on = true;
    span.decided = true;
  }

  function accept() {
    const doc = currentDoc();
    const span = currentSpan();
    if (!doc) return;
    if (!span) change(doc, function () { doc.done = true; });
    else if (!span.decided) change(doc, function () { turnOn(doc, span); });
    goNext(span ? span.label + " “" + words(doc, span.start, span.end) + "” accepted." : "No span, accepted.");
  }

  function reject() {
    const doc = currentDoc();
    const span = currentSpan();
    if (!span) return say("There is no span to reject.");
    change(doc, function () { span.on = false; span.decided = true; });
    goNext(span.label + " “" + words(doc, span.start, span.end) + "” rejected.");
  }

  function acceptText() {
    const doc = currentDoc();
    if (!doc) return;
    change(doc, function () {
      doc.spans.forEach(function (span) { span.decided = true; });
      doc.done = true;
    });
    goNext("The text is accepted as shown.");
  }

  function useLabel(label) {
    const doc = currentDoc();
    if (!doc) return;
    if (marked) return addMarked(label);
    const span = currentSpan();
    if (!span) return say("Mark words first (N, or select them), then choose a label.");
    change(doc, function () { span.label = label; turnOn(doc, span); });
    draw();
    say("Label: " + label + ".");
  }

  function addMarked(label) {
    const doc = currentDoc();
    const range = markedRange();
    const same = doc.spans.find(function (span) { return span.start === range.start && span.end === range.end; });
    const span = same || { start: range.start, end: range.end, posterior: null, relation: "", certainty: 1, added: true };
    change(doc, function () {
      span.label = label;
      if (!same) doc.spans.push(span);
      turnOn(doc, span);
    });
    chosen = { doc: doc, span: span };
    marked = null;
    draw();
    say(label + " “" + words(doc, span.start, span.end) + "” added.");
  }

  function moveToMarked() {
    const doc = currentDoc();
    const span = currentSpan();
    if (!span || !marked) return say(span ? "Mark words first: N, or select them with the mouse." : "There is no span to move.");
    const range = markedRange();
    change(doc, function () { span.start = range.start; span.end = range.end; turnOn(doc, span); });
    marked = null;
    draw();
    say("Moved to “" + words(doc, span.start, span.end) + "”.");
  }

  function moveEdge(edge, step) {
    const doc = currentDoc();
    const span = currentSpan();
    if (!span) return say("There is no span to change.");
    const moved = { start: span.start, end: span.end };
    moved[edge] += step;
    if (moved.start < 0 || moved.end > tokens(doc).length) return say("The text ends here.");
    if (moved.start >= moved.end) return say("A span has at least one word; X rejects it.");
    const neighbour = doc.spans.find(function (other) { return other !== span && other.on && overlap(other, moved) && !overlap(other, span); });
    if (neighbour) return say("The " + neighbour.label + " “" + words(doc, neighbour.start, neighbour.end) + "” is there.");
    change(doc, function () { span.start = moved.start; span.end = moved.end; turnOn(doc, span); });
    draw();
    say("“" + words(doc, span.start, span.end) + "”");
  }

  function takeOther(start, end, label) {
    const doc = currentDoc();
    const span = currentSpan();
    change(doc, function () { span.start = start; span.end = end; span.label = label; turnOn(doc, span); });
    draw();
    say(label + " “" + words(doc, start, end) + "” taken instead.");
  }

  // --- Marked words ---

  function markedRange() {
    return { start: Math.min(marked.anchor, marked.focus), end: Math.max(marked.anchor, marked.focus) + 1 };
  }

  function beginMarking() {
    const doc = currentDoc();
    if (!doc || !tokens(doc).length) return say("The text has no words.");
    const span = currentSpan();
    const first = span ? Math.min(span.end, tokens(doc).length - 1) : 0;
    marked = { anchor: first, focus: first };
    field.text.focus({ preventScroll: true });
    draw();
    sayMarked();
  }

  function moveMark(to, extend) {
    const last = tokens(currentDoc()).length - 1;
    marked.focus = Math.max(0, Math.min(last, to));
    if (!extend) marked.anchor = marked.focus;
    draw();
    sayMarked();
  }

  function sayMarked() {
    const range = markedRange();
    say("Marked: “" + words(currentDoc(), range.start, range.end) + "”. Choose a label: " + labels.slice(0, 9).map(function (label, n) { return n + 1 + " " + label; }).join(", ") + ".");
  }

  function offsetIn(node, offset) {
    const isText = node.nodeType === Node.TEXT_NODE;
    const element = isText ? node.parentElement : node.childNodes[offset] || null;
    if (element && element.dataset && element.dataset.at !== undefined) return Number(element.dataset.at) + (isText ? offset : 0);
    return field.text.contains(node) ? currentDoc().text.length : null;
  }

  // Selected text becomes marked words: all that it touches.
  function markSelection() {
    const selection = window.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return false;
    const range = selection.getRangeAt(0);
    const first = offsetIn(range.startContainer, range.startOffset);
    const last = offsetIn(range.endContainer, range.endOffset);
    if (first === null || last === null) return false;
    const found = tokens(currentDoc());
    const touched = [];
    found.forEach(function (token, n) { if (token.start < last && first < token.end) touched.push(n); });
    if (!touched.length) return false;
    selection.removeAllRanges();
    marked = { anchor: touched[0], focus: touched[touched.length - 1] };
    draw();
    sayMarked();
    return true;
  }

  // --- The queue ---

  function isShown(item) {
    const wanted = field.filter.value;
    if (!wanted) return true;
    if (wanted === "open") return !isDecided(item);
    if (wanted === "differ") return Boolean(item.span) && item.span.relation !== "agree" && item.span.relation !== "";
    return Boolean(item.span) && item.label === wanted.slice("label:".length);
  }

  function certainty(item) { return item.span ? item.span.certainty : 1; }

  function choose() {
    const before = currentItem();
    order = queue.filter(isShown);
    if (field.order.value === "sure") order.sort(function (one, other) { return certainty(one) - certainty(other); }); // stable
    at = Math.max(0, order.indexOf(before));
    chosen = marked = null;
    draw();
    if (!order.length) say("No span is shown.");
  }

  function goTo(number) {
    at = Math.max(0, Math.min(order.length - 1, number));
    chosen = marked = null;
    draw();
  }

  // Go to the next undecided item after the current one, or else to the first one.
  function goNext(message) {
    for (let step = 1; step <= order.length; step += 1) {
      const number = (at + step) % order.length;
      if (!isDecided(order[number])) {
        goTo(number);
        return say(message);
      }
    }
    chosen = marked = null;
    draw();
    say(message + " All spans that are shown are decided.");
  }

  // --- Saving ---

  function keep() {
    const rows = {};
    docs.forEach(function (doc) {
      if (!doc.changed) return;
      rows[doc.number] = [doc.done, doc.spans.map(function (span) { return [span.start, span.end, span.label, span.on, span.decided, span.added]; })];
    });
    try {
      localStorage.setItem(STORE, JSON.stringify(rows));
    } catch (error) { // refused for local files, or full
      if (isKept) field.progress.title = "This browser keeps no changes. Save them before you close the page.";
      isKept = false;
    }
  }

  function restore() {
    let rows = {};
    try {
      rows = JSON.parse(localStorage.getItem(STORE) || "{}");
    } catch (error) { isKept = false; }
    Object.keys(rows).forEach(function (number) {
      const doc = docs[number];
      doc.changed = true;
      doc.done = rows[number][0];
      rows[number][1].forEach(function (row, n) {
        const span = doc.spans[n] || { posterior: null, relation: "", certainty: 1 };
        Object.assign(span, { start: row[0], end: row[1], label: row[2], on: row[3], decided: row[4], added: row[5] });
        if (n === doc.spans.length) doc.spans.push(span);
        addLabel(span.label);
      });
    });
  }

  function row(doc) {
    const found = tokens(doc);
    const spans = doc.spans.filter(function (span) { return span.on; }).sort(function (one, other) { return one.start - other.start; });
    const saved = {
      text: doc.text,
      spans: spans.map(function (span) { return { start: found[span.start].firstChar, end: found[span.end - 1].lastChar, label: span.label }; }),
      answer: "accept"
    };
    if (doc.id !== null) saved.doc_id = doc.id;
    return JSON.stringify(saved) + "\n";
  }

  function save() {
    const saved = field.scope.value === "all" ? docs : docs.filter(isReviewed);
    if (!saved.length) return say("No text is reviewed yet: decide on all of its spans, or accept it as shown (D). Or save all texts.");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(saved.map(row), { type: "application/jsonl" }));
    link.download = content.file;
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 60000);
    say(saved.length + (saved.length === 1 ? " text" : " texts") + " saved as " + content.file + ".");
  }

  // --- Drawing ---

  function element(name, text, classes) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (classes) made.className = classes;
    return made;
  }
  function colour(label) { return "c" + (label in colours ? colours[label] : 7); }

  function addLabel(label) {
    if (labels.includes(label)) return;
    labels.push(label);
    colours[label] = 5 + labels.length % 3;
  }

  function drawQueue() {
    const hadFocus = field.items.contains(document.activeElement);
    const first = Math.floor(at / PAGE) * PAGE;
    field.items.textContent = "";
    order.slice(first, first + PAGE).forEach(function (item, n) {
      const found = state(item);
      const button = element("button", "", (isDecided(item) ? "decided" : "") + (item.span && item.span.decided && !item.span.on ? " off" : ""));
      button.type = "button";
      const sign = element("span", found[0], "state");
      sign.title = found[1];
      sign.setAttribute("aria-label", found[1]);
      sign.setAttribute("role", "img");
      button.append(sign);
      if (item.span) {
        button.append(element("span", item.span.label, "tag " + colour(item.span.label)), element("bdi", words(item.doc, item.span.start, item.span.end)), element("small", probability(item.span)));
      } else {
        button.append(element("bdi", item.doc.text.trim().slice(0, 60) || "empty text"), element("small", "no span"));
      }
      if (first + n === at) button.setAttribute("aria-current", "true");
      button.addEventListener("click", function () { goTo(first + n); });
      const line = element("li");
      line.append(button);
      field.items.append(line);
    });
    const current = field.items.querySelector("[aria-current]");
    if (current) {
      field.items.scrollTop = Math.max(0, current.offsetTop - field.items.offsetTop - field.items.clientHeight / 2);
      if (hadFocus) current.focus({ preventScroll: true });
    }
    field.range.textContent = order.length ? first + 1 + " to " + Math.min(order.length, first + PAGE) + " of " + order.length : "none";
    field.earlier.disabled = first === 0;
    field.later.disabled = first + PAGE >= order.length;
    const decided = queue.filter(isDecided).length;
    field.progress.textContent = decided + " of " + queue.length + " decided, " + docs.filter(isReviewed).length + " of " + docs.length + " texts reviewed" + (isKept ? "" : " (not kept by this browser)");
  }

  // Spans may overlap, so the text is cut wherever one begins or ends, and each piece shows what matters most.
  function pieces(doc) {
    const found = tokens(doc);
    const current = currentSpan();
    const shown = doc.spans.filter(function (span) { return span.on || span === current || !span.decided; });
    const layers = shown.map(function (span) { return { start: found[span.start].start, end: found[span.end - 1].end, span: span }; });
    if (marked) {
      const range = markedRange();
      layers.push({ start: found[range.start].start, end: found[range.end - 1].end, span: null });
    }
    const cuts = Array.from(new Set([0, doc.text.length].concat(layers.flatMap(function (layer) { return [layer.start, layer.end]; })))).sort(function (a, b) { return a - b; });
    return cuts.slice(0, -1).map(function (start, n) {
      const end = cuts[n + 1];
      const over = layers.filter(function (layer) { return layer.start <= start && end <= layer.end; });
      const spans = over.filter(function (layer) { return layer.span; });
      const pick = function (test) { const hit = spans.find(function (layer) { return test(layer.span); }); return hit ? hit.span : null; };
      const own = pick(function (span) { return span === current; });
      const top = own || pick(function (span) { return span.on; }) || pick(function () { return true; });
      const isEnd = top && found[top.end - 1].end === end;
      return { start: start, end: end, top: top, isEnd: isEnd, isCurrent: Boolean(own), isMarked: spans.length < over.length };
    });
  }

  function drawText() {
    const doc = currentDoc();
    field.text.textContent = "";
    if (!doc) return;
    pieces(doc).forEach(function (piece) {
      const text = doc.text.slice(piece.start, piece.end);
      if (!text) return;
      const made = element(piece.top || piece.isMarked ? "mark" : "span", text);
      made.dataset.at = piece.start;
      if (piece.top) {
        made.className = colour(piece.top.label) + (piece.top.on ? "" : " maybe") + (piece.isCurrent ? " current" : "");
        made.title = piece.top.label + ", " + probability(piece.top);
        if (piece.isEnd) made.dataset.label = piece.top.label + (piece.top.on ? "" : "?");
        made.addEventListener("click", function () { if (window.getSelection().isCollapsed) pickSpan(doc, piece.top); });
      }
      if (piece.isMarked) made.classList.add("marked");
      field.text.append(made);
    });
    const focus = field.text.querySelector(".marked") || field.text.querySelector(".current");
    if (focus && isBegun) focus.scrollIntoView({ block: "nearest" });
    field.place.textContent = doc.place + (isReviewed(doc) ? " · reviewed" : "");
  }

  function pickSpan(doc, span) {
    const number = order.findIndex(function (item) { return item.span === span; });
    if (number >= 0) return goTo(number);
    chosen = { doc: doc, span: span };
    marked = null;
    draw();
  }

  function drawBar() {
    const doc = currentDoc();
    const span = currentSpan();
    field.about.textContent = "";
    field.others.textContent = "";
    if (span) {
      const notes = [probability(span)];
      if (RELATIONS[span.relation]) notes.push(RELATIONS[span.relation]);
      if (!span.on && !span.decided) notes.push("suggested");
      if (span.decided) notes.push(span.on ? "accepted" : "rejected");
      field.about.append(element("span", span.label, "tag " + colour(span.label)), " ", element("b", words(doc, span.start, span.end)), " ", element("small", notes.join(", ")));
      drawOthers(doc, span);
    } else if (doc) {
      field.about.append(element("small", "The model finds no span in this text. Enter accepts this; mark words to add one."));
    }
    ["accept", "done", "mark"].forEach(function (id) { field[id].disabled = !doc; });
    ["reject", "start-back", "start-on", "end-back", "end-on"].forEach(function (id) { field[id].disabled = !span; });
    field.move.disabled = !span || !marked;
    field.undo.disabled = !history.length;
    field.labels.textContent = "";
    labels.forEach(function (label, n) {
      const button = element("button", label + " ", colour(label));
      button.type = "button";
      if (n < 9) button.append(element("kbd", String(n + 1)));
      button.setAttribute("aria-pressed", String(Boolean(span) && !marked && span.label === label));
      button.addEventListener("click", function () { useLabel(label); });
      field.labels.append(button);
    });
  }

  // Other readings of the same words that the model finds likely.
  function drawOthers(doc, span) {
    const near = doc.others.filter(function (other) { 
      const isSame = other[0] === span.start && other[1] === span.end && other[2] === span.label;
      return other[0] < span.end && span.start < other[1] && !isSame;
    });
    near.sort(function (one, other) { return other[3] - one[3]; });
    near.slice(0, MAX_OTHERS).forEach(function (other) {
      const button = element("button", other[2] + " “" + words(doc, other[0], other[1]) + "” " + other[3].toFixed(2));
      button.type = "button";
      button.addEventListener("click", function () { takeOther(other[0], other[1], other[2]); });
      field.others.append(button);
    });
    if (near.length) field.others.prepend(element("span", "Or:"));
  }

  function draw() {
    const label = field.labels.contains(document.activeElement) ? Array.from(field.labels.children).indexOf(document.activeElement) : -1;
    drawQueue();
    drawBar();
    drawText();
    if (label >= 0 && field.labels.children[label]) field.labels.children[label].focus({ preventScroll: true });
  }

  // --- Events ---

  const KEYS = {
    Enter: accept, x: reject, Delete: reject, Backspace: reject, u: undo, d: acceptText, n: beginMarking, m: moveToMarked, s: save,
    j: function () { goTo(at + 1); }, ArrowDown: function () { goTo(at + 1); }, k: function () { goTo(at - 1); }, ArrowUp: function () { goTo(at - 1); },
    ArrowLeft: function (event) { moveEdge(event.shiftKey ? "start" : "end", -1); },
    ArrowRight: function (event) { moveEdge(event.shiftKey ? "start" : "end", 1); },
    l: function () { if (field.labels.firstElementChild) field.labels.firstElementChild.focus(); }
  };
  const MARKING_KEYS = {
    ArrowLeft: function (event) { moveMark(marked.focus - 1, event.shiftKey); },
    ArrowRight: function (event) { moveMark(marked.focus + 1, event.shiftKey); },
    Home: function (event) { moveMark(0, event.shiftKey); },
    End: function (event) { moveMark(Infinity, event.shiftKey); },
    Escape: function () { marked = null; draw(); say("No words are marked."); },
    Enter: function () { say("Choose a label for the marked words."); }
  };

  document.addEventListener("keydown", function (event) {
    const name = event.target.tagName;
    if (event.isComposing || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(name)) return;
    if (event.key === "Enter" && /^(BUTTON|SUMMARY)$/.test(name)) return; // presses the button
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey) {
      if (key === "z") { event.preventDefault(); undo(); }
      return;
    }
    let action = (marked && MARKING_KEYS[key]) || KEYS[key];
    if (/^[1-9]$/.test(key) && labels[key - 1] !== undefined) action = function () { useLabel(labels[key - 1]); };
    if (!action) return;
    event.preventDefault();
    action(event);
  });

  field.text.addEventListener("mouseup", function () { if (currentDoc()) markSelection(); });
  const buttons = {
    accept: accept, reject: reject, undo: undo, done: acceptText, mark: beginMarking, move: moveToMarked, save: save,
    "start-back": function () { moveEdge("start", -1); }, "start-on": function () { moveEdge("start", 1); },
    "end-back": function () { moveEdge("end", -1); }, "end-on": function () { moveEdge("end", 1); },
    earlier: function () { goTo(Math.floor(at / PAGE) * PAGE - PAGE); }, later: function () { goTo(Math.floor(at / PAGE) * PAGE + PAGE); },
    restart: function () {
      if (!window.confirm("Discard all changes to these texts?")) return;
      try { localStorage.removeItem(STORE); } catch (error) { /* nothing is kept, so there is nothing to remove */ }
      location.reload();
    }
  };
  Object.keys(buttons).forEach(function (id) { field[id].addEventListener("click", buttons[id]); });
  [field.filter, field.order].forEach(function (input) { input.addEventListener("change", choose); });
  field.tools.addEventListener("submit", function (event) { event.preventDefault(); });
  field.more.addEventListener("submit", function (event) {
    event.preventDefault();
    const label = field.name.value.trim();
    if (!label) return say("Write the name of the label first.");
    addLabel(label);
    field.name.value = "";
    field.text.focus({ preventScroll: true });
    draw();
    say("Label " + label + " added. Mark words and choose it, or give it to the current span.");
  });
  restore();
  choose();
  isBegun = true;
})();
