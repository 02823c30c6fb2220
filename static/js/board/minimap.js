// @ts-check
/** The whole board small, with a frame around what one sees; a press on it goes there. */

const REDRAW_MS = 500;
/** Up to this size the small picture is smoothed; beyond, that would cost too much each time. */
const SMOOTH_UP_TO = 1024;

export class Minimap {
  #due = 0;

  /**
   * @param {object} parts
   * @param {HTMLCanvasElement} parts.canvas
   * @param {HTMLElement} parts.frame
   * @param {import("./stage.js").Stage} parts.stage
   * @param {import("./camera.js").Camera} parts.camera
   */
  constructor({ canvas, frame, stage, camera }) {
    this.canvas = canvas;
    this.frame = frame;
    this.stage = stage;
    this.camera = camera;
    const go = (/** @type {PointerEvent} */ event) => event.buttons && this.#go(event);
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      go(event);
    });
    canvas.addEventListener("pointermove", go);
  }

  /** @param {PointerEvent} event */
  #go({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const { board } = this.camera;
    this.camera.stand(((clientX - left) / width) * board.width, ((clientY - top) / height) * board.height);
  }

  /** The board has changed; of many changes in a row only some are drawn. */
  changed() {
    // With a frame, after the stage has taken over what changed: on a slow machine that may be later than the timer.
    this.#due ||= setTimeout(() => requestAnimationFrame(() => this.#draw()), REDRAW_MS);
  }

  #draw() {
    this.#due = 0;
    const { board } = this.camera;
    const large = Math.max(board.width, board.height);
    const size = Math.min(large, 2 * 148);
    this.canvas.width = Math.max(1, Math.round((board.width / large) * size));
    this.canvas.height = Math.max(1, Math.round((board.height / large) * size));
    const context = this.canvas.getContext("2d");
    if (!context) return;
    context.imageSmoothingEnabled = large <= SMOOTH_UP_TO && large > size;
    context.drawImage(this.stage.surface, 0, 0, this.canvas.width, this.canvas.height);
    this.moved();
  }

  /** The camera has moved. */
  moved() {
    const { board, view } = this.camera;
    const { x: left, y: top } = this.camera.toBoard({ x: 0, y: 0 });
    const { x: right, y: bottom } = this.camera.toBoard({ x: view.width, y: view.height });
    this.canvas.parentElement?.classList.toggle("whole", left <= 0 && top <= 0 && right >= board.width && bottom >= board.height);
    const part = (/** @type {number} */ value, /** @type {number} */ whole) => Math.min(1, Math.max(0, value / whole)) * 100;
    const [west, north, east, south] = [part(left, board.width), part(top, board.height), part(right, board.width), part(bottom, board.height)];
    this.frame.style.inset = `${north}% ${100 - east}% ${100 - south}% ${west}%`;
  }
}
