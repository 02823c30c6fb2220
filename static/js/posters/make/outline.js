// @ts-check
/** The page as it lies on the ground: its corners, and how far it is turned. */

import { moved, onGround } from "./mover.js";

/** @typedef {{latitude: number, longitude: number}} Point degrees */
/** @typedef {Point & {distance: number, rotation: number}} Page */

const STEP_DEGREES = 5;

/**
 * The point on the ground under a point of the page.
 * @param {Page} page
 * @param {number} shape width divided by height
 * @param {number} right from the middle, in half widths
 * @param {number} up from the middle, in half heights
 * @returns {[latitude: number, longitude: number]}
 */
export function pointOf(page, shape, right, up) {
  const [halfWidthM, halfHeightM] = [page.distance * Math.max(1, shape), page.distance * Math.max(1, 1 / shape)];
  const point = moved(page, ...onGround(right * halfWidthM, up * halfHeightM, page.rotation));
  // A page across the date line goes on beyond 180 degrees, so that it stays in one piece.
  return [point.latitude, page.longitude + (((point.longitude - page.longitude + 540) % 360) - 180)];
}

/**
 * @param {Page} page
 * @param {number} shape
 */
export function corners(page, shape) {
  return [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([right = 0, up = 0]) => pointOf(page, shape, right, up));
}

/**
 * How far a map is turned whose upper edge points from one place to another.
 * @param {Point} from
 * @param {Point} to
 * @returns {number} degrees clockwise, in steps of the slider
 */
export function turned(from, to) {
  const east = (to.longitude - from.longitude) * Math.cos((from.latitude * Math.PI) / 180);
  const degrees = (Math.atan2(-east, to.latitude - from.latitude) * 180) / Math.PI;
  return (Math.round(degrees / STEP_DEGREES) * STEP_DEGREES + 360) % 360;
}
