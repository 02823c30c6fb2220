// @ts-check
/** Thins tracks out to what one can see of them. */

/** @typedef {import("./found.js").Point} Point */
/** @typedef {import("./found.js").Track} Track */

export const POINTS_MAX = 6000;
export const METRES_PER_DEGREE = 111_320;
const FINEST_M = 2;

/** Leaves out points until there are few enough, those first that matter least. @param {Track[]} tracks */
export function thinned(tracks) {
  let fine = tracks;
  for (let toleranceM = FINEST_M; countPoints(fine) > POINTS_MAX; toleranceM *= 2) {
    fine = tracks.map(({ label, points }) => ({ label, points: simplified(points, toleranceM) }));
  }
  return fine;
}

/** @param {Track[]} tracks */
function countPoints(tracks) {
  return tracks.reduce((sum, { points }) => sum + points.length, 0);
}

/**
 * Keeps the points that a line within the tolerance cannot do without (Douglas and Peucker).
 * @param {Point[]} points
 * @param {number} toleranceM
 */
export function simplified(points, toleranceM) {
  const kept = new Set([0, points.length - 1]);
  const spans = [[0, points.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [first = 0, last = 0] = span;
    const { index, awayM } = farthest(points, first, last);
    if (awayM <= toleranceM) continue;
    kept.add(index);
    spans.push([first, index], [index, last]);
  }
  return points.filter((_point, index) => kept.has(index));
}

/**
 * @param {Point[]} points
 * @param {number} first
 * @param {number} last
 */
function farthest(points, first, last) {
  let [index, awayM] = [first, 0];
  for (let at = first + 1; at < last; at++) {
    const away = distanceM(points[at] ?? [0, 0], points[first] ?? [0, 0], points[last] ?? [0, 0]);
    if (away > awayM) [index, awayM] = [at, away];
  }
  return { index, awayM };
}

/**
 * From a point to a line between two others, in metres.
 * @param {Point} point
 * @param {Point} from
 * @param {Point} to
 */
function distanceM(point, from, to) {
  const narrow = Math.cos((from[0] * Math.PI) / 180);
  const [x, y] = [shortWay(point[1] - from[1]) * narrow, point[0] - from[0]];
  const [dx, dy] = [shortWay(to[1] - from[1]) * narrow, to[0] - from[0]];
  const length = dx * dx + dy * dy;
  const along = length ? Math.max(0, Math.min(1, (x * dx + y * dy) / length)) : 0;
  return Math.hypot(x - along * dx, y - along * dy) * METRES_PER_DEGREE;
}

/** Between two longitudes the way may lead over the date line. @param {number} degrees */
export function shortWay(degrees) {
  return Math.abs(degrees) <= 180 ? degrees : degrees - 360 * Math.round(degrees / 360);
}
