// @ts-check
/**
 * Draws what the camera sees. The whole board lies ready in a canvas of its own, into which only the rectangle that
 * changed is copied; a frame scales the visible part of it once, and the layers draw over it.
 */

import { FrameTimes } from "./frame_times.js";

/**
 * @typedef {object} View what a layer needs to draw, in device pixels
 * @property {number} left where the board's left edge is
 * @property {number} top
 * @property {number} scale to a pixel of the board
 * @property {number} width
 * @property {number} height
 * @property {number} now
 *
 * @typedef {(context: CanvasRenderingContext2D, view: View) => boolean | void} Layer says true while it has to move on
 */

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {CanvasRenderingContext2D}
 */
function contextOf(canvas) {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser does not draw");
  return context;
}

/**
 * Draws a picture of the board's size where the board is: the visible part only, every pixel with hard edges.
 * @param {CanvasRenderingContext2D} context
 * @param {CanvasImageSource} picture
 * @param {import("./camera.js").Size} size
 * @param {View} view
 */
export function drawScaled(context, picture, size, { left, top, scale, width, height }) {
  const first = { x: Math.max(0, Math.floor(-left / scale)), y: Math.max(0, Math.floor(-top / scale)) };
  const end = { x: Math.min(size.width, Math.ceil((width - left) / scale)), y: Math.min(size.height, Math.ceil((height - top) / scale)) };
  const [columns, rows] = [end.x - first.x, end.y - first.y];
  if (columns <= 0 || rows <= 0) return;
  context.imageSmoothingEnabled = false;
  const at = [left + first.x * scale, top + first.y * scale, columns * scale, rows * scale];
  context.drawImage(picture, first.x, first.y, columns, rows, at[0], at[1], at[2], at[3]);
}

export class Stage {
  #asked = false;
  #times = new FrameTimes();
  #surface = document.createElement("canvas");

  /**
   * @param {object} parts
   * @param {HTMLCanvasElement} parts.canvas
   * @param {HTMLElement} parts.hung lies beneath the board and casts its shadow
   * @param {import("./board.js").Board} parts.board
   * @param {import("./camera.js").Camera} parts.camera
   */
  constructor({ canvas, hung, board, camera }) {
    this.canvas = canvas;
    this.hung = hung;
    this.board = board;
    this.camera = camera;
    /** @type {Layer[]} */
    this.layers = [];
    this.context = contextOf(canvas);
    this.refit();
    /** Settled once the size of the view is known. */
    this.measured = new Promise((resolve) => new ResizeObserver(() => resolve(this.#measure())).observe(canvas));
  }

  /** The board as a picture in its own size. */
  get surface() {
    return this.#surface;
  }

  /** Takes over the size of the board. */
  refit() {
    const { width, height, picture } = this.board;
    this.#surface.width = width;
    this.#surface.height = height;
    this.surfaceContext = contextOf(this.#surface);
    this.image = new ImageData(new Uint8ClampedArray(picture.buffer), width, height);
    this.invalidate();
  }

  /** Draws with the next frame. */
  invalidate() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame((now) => this.#frame(now));
  }

  #measure() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    this.canvas.width = Math.round(width * devicePixelRatio);
    this.canvas.height = Math.round(height * devicePixelRatio);
    this.camera.resize({ width, height });
    this.invalidate();
  }

  /** @param {number} now */
  #frame(now) {
    const began = performance.now();
    this.#asked = false;
    this.#takeOver();
    const view = this.#view(now);
    this.#hang(view);
    this.context.clearRect(0, 0, view.width, view.height);
    drawScaled(this.context, this.#surface, this.board, view);
    let moving = false;
    for (const layer of this.layers) moving = layer(this.context, view) === true || moving;
    if (moving) this.invalidate();
    const words = this.#times.note(performance.now() - began);
    if (words) this.canvas.dataset.frames = words;
  }

  /** Copies the rectangle of the board that changed. */
  #takeOver() {
    const dirty = this.board.takeDirty();
    if (!dirty) return;
    const { left, top, right, bottom } = dirty;
    this.surfaceContext?.putImageData(/** @type {ImageData} */ (this.image), 0, 0, left, top, right - left, bottom - top);
  }

  /**
   * @param {number} now
   * @returns {View}
   */
  #view(now) {
    const corner = this.camera.toView({ x: 0, y: 0 });
    const { width, height } = this.canvas;
    const ratio = devicePixelRatio;
    return { left: Math.round(corner.x * ratio), top: Math.round(corner.y * ratio), scale: this.camera.scale * ratio, width, height, now };
  }

  /** @param {View} view */
  #hang({ left, top, scale }) {
    const ratio = devicePixelRatio;
    const { style } = this.hung;
    style.transform = `translate(${left / ratio}px, ${top / ratio}px)`;
    style.width = `${(this.board.width * scale) / ratio}px`;
    style.height = `${(this.board.height * scale) / ratio}px`;
  }
}
