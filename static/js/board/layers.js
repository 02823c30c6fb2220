// @ts-check
/** What is drawn over the board: the grid, the glow of fresh pixels, the pixel one points at, and whole pictures. */

import { calm } from "../web/dom.js";

/** @typedef {import("./stage.js").Layer} Layer */
/** @typedef {import("./stage.js").View} View */
/** @typedef {import("./board.js").Board} Board */

const GRID_FROM_PX = 8;
const GLOW_MS = 900;
const MAX_GLOWS = 200;
const HATCH_PX = 9;
/** Seen on light paints and on dark ones, and quiet on both. */
const HATCH = "rgb(128 128 128 / 55%)";

/** @typedef {{left: number, top: number, right: number, bottom: number}} Side a rectangle with its sides inside */

/**
 * Hairlines between the pixels, once they are large enough.
 * @param {Board} board
 * @param {() => boolean} wanted
 * @returns {Layer}
 */
export function gridLayer(board, wanted) {
  return (context, { left, top, scale, width, height }) => {
    if (!wanted() || scale < GRID_FROM_PX * devicePixelRatio) return;
    const right = Math.min(width, left + board.width * scale);
    const bottom = Math.min(height, top + board.height * scale);
    context.beginPath();
    for (let x = left + Math.ceil(Math.max(0, -left) / scale) * scale; x <= right; x += scale) {
      context.moveTo(Math.round(x) + 0.5, Math.max(0, top));
      context.lineTo(Math.round(x) + 0.5, bottom);
    }
    for (let y = top + Math.ceil(Math.max(0, -top) / scale) * scale; y <= bottom; y += scale) {
      context.moveTo(Math.max(0, left), Math.round(y) + 0.5);
      context.lineTo(right, Math.round(y) + 0.5);
    }
    context.lineWidth = 1;
    context.strokeStyle = "rgb(128 128 128 / 32%)";
    context.stroke();
  };
}

/**
 * Hatches the parts in which nobody may paint.
 * @param {Board} board
 * @param {() => Side[]} parts
 * @returns {Layer}
 */
export function hatchLayer(board, parts) {
  /** @type {CanvasPattern | null} */
  let hatch = null;
  return (context, { left, top, scale }) => {
    if (board.inPast || !parts().length) return;
    hatch ??= hatching(context);
    hatch?.setTransform(new DOMMatrix().translate(left, top));
    for (const part of parts()) {
      const at = [left + part.left * scale, top + part.top * scale];
      const size = [(part.right - part.left + 1) * scale, (part.bottom - part.top + 1) * scale];
      context.fillStyle = hatch ?? "transparent";
      context.fillRect(at[0], at[1], size[0], size[1]);
      context.lineWidth = devicePixelRatio;
      context.strokeStyle = HATCH;
      context.strokeRect(at[0], at[1], size[0], size[1]);
    }
  };
}

/**
 * Diagonal hairlines, the same at every distance.
 * @param {CanvasRenderingContext2D} context
 */
function hatching(context) {
  const size = Math.round(HATCH_PX * devicePixelRatio);
  const tile = document.createElement("canvas");
  tile.width = tile.height = size;
  const lines = tile.getContext("2d");
  if (!lines) return null;
  lines.lineWidth = devicePixelRatio;
  lines.strokeStyle = HATCH;
  for (const shift of [-size, 0, size]) {
    lines.moveTo(shift - 1, size + 1);
    lines.lineTo(shift + size + 1, -1);
  }
  lines.stroke();
  return context.createPattern(tile, "repeat");
}

/** A short glow around what others have just placed; none for those who asked for less motion. */
export class Glows {
  /** @type {{x: number, y: number, born: number}[]} */
  #glows = [];

  /**
   * @param {Board} board
   * @param {() => string} colour
   */
  constructor(board, colour) {
    this.board = board;
    this.colour = colour;
  }

  /**
   * @param {import("./codec.js").PixelFrame} frame
   * @param {number} from
   */
  add({ cells }, from) {
    if (calm()) return;
    const born = performance.now();
    for (let i = Math.max(from, cells.length - MAX_GLOWS); i < cells.length; i++) {
      const x = cells[i] % this.board.width;
      this.#glows.push({ x, y: (cells[i] - x) / this.board.width, born });
    }
    this.#glows = this.#glows.slice(-MAX_GLOWS);
  }

  /** @type {Layer} */
  draw = (context, { left, top, scale, now }) => {
    this.#glows = this.#glows.filter(({ born }) => now - born < GLOW_MS);
    context.strokeStyle = this.colour();
    for (const { x, y, born } of this.#glows) {
      const age = Math.max(0, now - born) / GLOW_MS;
      const reach = (2 + age * 6) * devicePixelRatio;
      context.globalAlpha = 1 - age;
      context.lineWidth = 2 * devicePixelRatio;
      context.strokeRect(left + x * scale - reach, top + y * scale - reach, scale + 2 * reach, scale + 2 * reach);
    }
    context.globalAlpha = 1;
    return this.#glows.length > 0;
  };
}

/**
 * The pixel one points at: framed, and filled with the paint in hand.
 * @param {Board} board
 * @param {() => {cursor: import("./camera.js").Point | null, colour: number | null}} hand
 * @returns {Layer}
 */
export function cursorLayer(board, hand) {
  return (context, { left, top, scale }) => {
    const { cursor, colour } = hand();
    if (!cursor) return;
    const ratio = devicePixelRatio;
    const size = Math.max(scale, 4 * ratio);
    const [x, y] = [left + cursor.x * scale, top + cursor.y * scale];
    if (colour !== null && !board.inPast) {
      context.fillStyle = board.palette[colour].color;
      context.fillRect(x, y, size, size);
    }
    // Light within dark, so that the frame shows on every paint; around the pixel, so that nothing of it is hidden.
    context.lineWidth = 2 * ratio;
    for (const [reach, shade] of /** @type {[number, string][]} */ ([[3 * ratio, "#101012"], [ratio, "#ffffff"]])) {
      context.strokeStyle = shade;
      context.strokeRect(x - reach, y - reach, size + 2 * reach, size + 2 * reach);
    }
  };
}

/**
 * A picture laid over a part of the board, such as a template or the heat.
 * @param {() => import("./sheets.js").Sheet | null} sheet
 * @returns {Layer}
 */
export function sheetLayer(sheet) {
  return (context, { left, top, scale }) => {
    const laid = sheet();
    if (!laid) return;
    context.imageSmoothingEnabled = false;
    context.globalAlpha = laid.opacity;
    context.drawImage(laid.picture, left + laid.x * scale, top + laid.y * scale, laid.width * scale, laid.height * scale);
    context.globalAlpha = 1;
  };
}
