// The drawing area: strokes by mouse, finger or arrow keys, and the squares with one digit each.

const INK_WIDTH = 24; // in units of the canvas, which is 320 high
const STEP = 12; // of the pen by an arrow key
const SQUARE = 112; // pixels of the image of a digit
const MARGIN = 0.2; // around the ink of a digit, as a fraction of its longer side
const NEAR = 6; // strokes that are closer than this are of one digit

export class Pad {
  #strokes = [];
  #pen = null; // the place of the keyboard's pen
  #isDown = false;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{onChange: () => void, onStroke: () => void}} listeners `onStroke` is called when a stroke ends.
   */
  constructor(canvas, listeners) {
    this.canvas = canvas;
    this.listeners = listeners;
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => this.#finish());
    canvas.addEventListener("keydown", (event) => this.#keyDown(event));
    canvas.addEventListener("blur", () => this.#liftPen());
    new MutationObserver(() => this.draw()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  get isEmpty() {
    return !this.#strokes.length;
  }

  clear() {
    this.#strokes = [];
    this.#pen = null;
    this.#changed();
    this.listeners.onStroke();
  }

  undo() {
    this.#strokes.pop();
    this.#changed();
    this.listeners.onStroke();
  }

  /** Return the strokes of each digit, from left to right: strokes above one another belong together. */
  digits() {
    const boxes = this.#strokes.map((stroke) => ({ strokes: [stroke], ...boxOf(stroke) }));
    const digits = [];
    for (const box of boxes.sort((a, b) => a.left - b.left)) {
      const last = digits.at(-1);
      if (last && box.left < last.right + NEAR) {
        last.strokes.push(...box.strokes);
        last.right = Math.max(last.right, box.right);
        last.top = Math.min(last.top, box.top);
        last.bottom = Math.max(last.bottom, box.bottom);
      } else digits.push(box);
    }
    return digits.map((digit) => ({
      ...digit,
      key: digit.strokes.map((stroke) => `${stroke[0]}:${stroke.length}`).join(" "),
      isLatest: digit.strokes.includes(this.#strokes.at(-1)),
    }));
  }

  /** Return the image of a digit, dark on white, as a PNG file. */
  image(digit) {
    const [width, height] = [digit.right - digit.left, digit.bottom - digit.top];
    const side = Math.max(width, height) * (1 + 2 * MARGIN);
    const canvas = new OffscreenCanvas(SQUARE, SQUARE);
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, SQUARE, SQUARE);
    context.scale(SQUARE / side, SQUARE / side);
    context.translate((side - width) / 2 - digit.left, (side - height) / 2 - digit.top);
    // A small digit is drawn with a thinner pen than a large one, so that its holes stay open.
    paint(context, digit.strokes, "#000", Math.min(INK_WIDTH, 0.12 * side));
    return canvas.convertToBlob({ type: "image/png" });
  }

  draw() {
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const ink = getComputedStyle(this.canvas).color;
    paint(context, this.#strokes, ink, INK_WIDTH);
    if (!this.#pen) return;
    context.beginPath();
    context.arc(...this.#pen, INK_WIDTH / 2 + 5, 0, 2 * Math.PI);
    context.lineWidth = this.#isDown ? 5 : 2;
    context.strokeStyle = getComputedStyle(this.canvas).outlineColor;
    context.stroke();
  }

  #place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) * this.canvas.width) / box.width,
      ((event.clientY - box.top) * this.canvas.height) / box.height,
    ];
  }

  #begin(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.#pen = null;
    this.#strokes.push([this.#place(event)]);
    this.#isDown = true;
    this.#changed();
  }

  #move(event) {
    if (!this.#isDown || this.#pen) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length ? moves : [event]) this.#strokes.at(-1).push(this.#place(move));
    this.#changed();
  }

  #finish() {
    if (!this.#isDown || this.#pen) return;
    this.#isDown = false;
    this.listeners.onStroke();
  }

  #keyDown(event) {
    const [right, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
    if (right === undefined && event.key !== " ") return;
    event.preventDefault();
    this.#pen ??= [this.canvas.width / 2, this.canvas.height / 4];
    if (right === undefined) {
      if (this.#isDown) this.#liftPen();
      else {
        this.#isDown = true;
        this.#strokes.push([[...this.#pen]]);
      }
    } else {
      this.#pen = [
        Math.max(0, Math.min(this.canvas.width, this.#pen[0] + STEP * right)),
        Math.max(0, Math.min(this.canvas.height, this.#pen[1] + STEP * down)),
      ];
      if (this.#isDown) this.#strokes.at(-1).push([...this.#pen]);
    }
    this.#changed();
  }

  #liftPen() {
    if (!this.#pen || !this.#isDown) return;
    this.#isDown = false;
    this.#changed();
    this.listeners.onStroke();
  }

  #changed() {
    this.draw();
    this.listeners.onChange();
  }
}

function boxOf(stroke) {
  const [xs, ys] = [stroke.map((point) => point[0]), stroke.map((point) => point[1])];
  const half = INK_WIDTH / 2;
  return {
    left: Math.min(...xs) - half,
    right: Math.max(...xs) + half,
    top: Math.min(...ys) - half,
    bottom: Math.max(...ys) + half,
  };
}

function paint(context, strokes, ink, width) {
  context.strokeStyle = ink;
  context.lineWidth = width;
  context.lineCap = context.lineJoin = "round";
  for (const [first, ...rest] of strokes) {
    context.beginPath();
    context.moveTo(...first);
    context.lineTo(first[0] + 0.01, first[1]);
    for (const point of rest) context.lineTo(...point);
    context.stroke();
  }
}
