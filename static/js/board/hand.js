// @ts-check
/** The visitor's hand: the pixel it points at, the paint it holds, and what it does by mouse, finger or key. */

import { announce } from "../web/dom.js";
import { gettext } from "../web/language.js";
import { startKeys } from "./keys.js";
import { Pointer } from "./pointer.js";
import { paintWords } from "./words.js";

/** A pixel smaller than this cannot be hit on purpose: a tap goes nearer first. */
const AIM_PX = 5;
const NEAR_PX = 12;

/** @typedef {import("./camera.js").Point} Point */
/** @typedef {{cursor: Point | null, colour: number | null}} InHand */
/** @typedef {{get: () => InHand, set: (changes: Partial<InHand>) => void, subscribe: (listener: (now: InHand, before: InHand) => void) => void}} Hand */

/**
 * @typedef {object} Parts
 * @property {HTMLCanvasElement} canvas
 * @property {import("./camera.js").Camera} camera
 * @property {import("./board.js").Board} board
 * @property {Hand} hand
 * @property {import("./painter.js").Painter} painter
 * @property {() => void} takeBack
 * @property {() => void} fit
 * @property {HTMLElement} placeButton
 */

/**
 * The pixel at a place of the view, or null beside the board.
 * @param {Parts} parts
 * @param {Point} at
 * @returns {Point | null}
 */
function pixelAt({ camera, board }, at) {
  const point = camera.toBoard(at);
  const [x, y] = [Math.floor(point.x), Math.floor(point.y)];
  return x >= 0 && y >= 0 && x < board.width && y < board.height ? { x, y } : null;
}

/**
 * Points at a pixel, and says which one to those who do not see it.
 * @param {Parts} parts
 * @param {number} dx
 * @param {number} dy
 */
function step({ board, camera, hand }, dx, dy) {
  const from = hand.get().cursor ?? { x: Math.floor(camera.x), y: Math.floor(camera.y) };
  const within = (/** @type {number} */ value, /** @type {number} */ size) => Math.min(size - 1, Math.max(0, value));
  const cursor = { x: within(from.x + dx, board.width), y: within(from.y + dy, board.height) };
  hand.set({ cursor });
  camera.reveal(cursor);
  announce(`${cursor.x}, ${cursor.y}: ${paintWords(board.palette[board.shown(cursor.y * board.width + cursor.x)])}`);
}

/** @param {Parts} parts */
function place({ hand, painter }) {
  const { cursor, colour } = hand.get();
  if (!cursor) return painter.onRefused(gettext("Point at a pixel first."), "");
  if (colour === null) return painter.onRefused(gettext("Choose a paint first."), "");
  void painter.place(cursor.x, cursor.y, colour);
}

/**
 * A mouse paints at once; a finger, which covers what it points at, points first and paints with the button.
 * @param {Parts} parts
 * @param {Point} at
 * @param {boolean} touch
 */
function tap(parts, at, touch) {
  const { camera, hand } = parts;
  const cursor = pixelAt(parts, at);
  if (!cursor) return;
  hand.set({ cursor });
  if (camera.scale < AIM_PX) camera.zoom(NEAR_PX / camera.scale, at);
  else if (!touch && hand.get().colour !== null) place(parts);
}

/**
 * @param {Parts} parts
 * @param {Point} at
 */
function point(parts, at) {
  const { hand } = parts;
  const cursor = pixelAt(parts, at);
  const before = hand.get().cursor;
  if (cursor?.x !== before?.x || cursor?.y !== before?.y) hand.set({ cursor });
}

/**
 * @param {Parts} parts
 * @param {number | null} colour
 */
function choose({ board, hand }, colour) {
  if (colour !== null && colour >= board.palette.length) return;
  hand.set({ colour });
  announce(colour === null ? gettext("No paint in hand.") : gettext("%(paint)s in hand.", { paint: paintWords(board.palette[colour]) }));
}

/** @param {Parts} parts */
export function startHand(parts) {
  const { canvas, camera, hand, placeButton, takeBack, fit } = parts;
  startKeys(canvas, {
    step: (dx, dy) => step(parts, dx, dy),
    place: () => place(parts),
    undo: takeBack,
    zoom: (factor) => zoomAtCursor(parts, factor),
    fit,
    choose: (colour) => choose(parts, colour),
  });
  new Pointer({
    element: canvas,
    camera,
    onPoint: (at) => point(parts, at),
    onTap: (at, touch) => tap(parts, at, touch),
    onLeave: () => hand.set({ cursor: null }),
  });
  placeButton.addEventListener("click", () => place(parts));
}

/**
 * @param {Parts} parts
 * @param {number} factor
 */
function zoomAtCursor({ camera, hand }, factor) {
  const { cursor } = hand.get();
  camera.zoom(factor, cursor ? camera.toView({ x: cursor.x + 0.5, y: cursor.y + 0.5 }) : undefined);
}
