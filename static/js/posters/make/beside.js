// @ts-check
/** Tells a route that was planned and then walked from one that leads elsewhere. */

/** @typedef {import("./found.js").Path} Path */
/** @typedef {import("./found.js").Point} Point */

/** A square of this grid is some 100 m wide: a planned way and a recorded one differ by less. */
const SQUARE_DEG = 0.001;
const COVERED = 0.9;
/** Of a longer way between two points nobody can tell whether it follows another. */
const STEPS_MAX = 1000;

/**
 * Gives the routes that do not lie beside any of the tracks.
 * @param {Path[]} tracks
 * @param {Path[]} routes
 */
export function without(tracks, routes) {
  if (routes.length === 0) return routes;
  const walked = new Set(tracks.flatMap(({ parts }) => parts).flatMap(squaresAlong));
  return routes.filter(({ parts }) => {
    const points = parts.flat();
    return points.filter((point) => isNear(point, walked)).length < points.length * COVERED || points.length === 0;
  });
}

/** @param {Point[]} points */
function squaresAlong(points) {
  return points.flatMap((point, index) => {
    const from = points[index - 1] ?? point;
    const wide = Math.max(...squareOf(point).map((square, axis) => Math.abs(square - (squareOf(from)[axis] ?? 0))));
    const steps = wide > 0 && wide < STEPS_MAX ? wide : 1;
    return Array.from({ length: steps }, (_nothing, step) => {
      const share = (step + 1) / steps;
      return squareOf([from[0] + (point[0] - from[0]) * share, from[1] + (point[1] - from[1]) * share]).join();
    });
  });
}

/** @param {Point} point @returns {[number, number]} */
function squareOf([latitude, longitude]) {
  const wide = SQUARE_DEG / Math.max(0.05, Math.cos((latitude * Math.PI) / 180));
  return [Math.floor(latitude / SQUARE_DEG), Math.floor(longitude / wide)];
}

/** @param {Point} point @param {Set<string>} walked */
function isNear(point, walked) {
  const [row, column] = squareOf(point);
  return [-1, 0, 1].some((up) => [-1, 0, 1].some((right) => walked.has([row + up, column + right].join())));
}
