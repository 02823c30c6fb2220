// @ts-check
/** What was found in a file, and the tracks and marks that a poster takes of it. */

import { shortWay } from "./thinning.js";

/** @typedef {[latitude: number, longitude: number]} Point */
/** @typedef {{label: string, points: Point[]}} Track */
/** @typedef {{label: string, parts: Point[][]}} Path a way, recorded in one part or in several */
/** @typedef {{at: Point, label: string}} Spot */
/** @typedef {{paths: Path[], marks: Spot[]}} Found */
/** @typedef {Track & {path: number}} Line */

export const TRACKS_MAX = 20;
const LABEL_MAX = 80;
const LATITUDE_MAX_DEG = 89;
/** Little pictures, which devices like to put into names and no typeface of a poster has. */
const PICTURES = /\p{RI}|(?![©®™])\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\ufe0f|\u200d\p{Extended_Pictographic})*/gu;

/**
 * Lines if there are any, else the points as marks; and how many ways are left out because a poster takes no more.
 * @param {Found} found
 * @returns {{tracks: Track[], marks: Spot[], left: number}}
 */
export function chosen({ paths, marks }) {
  const lines = paths.flatMap(({ label, parts }, path) => {
    const tidied = parts.map((part) => part.flatMap(tidyPoint));
    return inPieces(tidied).map((points) => ({ label: tidyLabel(label), points, path }));
  });
  const long = lines.filter(({ points }) => points.length > 1);
  if (long.length === 0) {
    const single = lines.map(({ label, points }) => ({ at: /** @type {Point} */ (points[0]), label }));
    const spots = marks.flatMap(({ at, label }) => tidyPoint(at).map((point) => ({ at: point, label: tidyLabel(label) })));
    return { tracks: [], marks: [...single, ...spots], left: 0 };
  }
  const joined = fewer(long);
  const largest = [...joined].sort((a, b) => b.points.length - a.points.length).slice(0, TRACKS_MAX);
  return { tracks: largest.map(({ label, points }) => ({ label, points })), marks: [], left: joined.length - largest.length };
}

/**
 * Joins points that stand alone, where most of them do: a device began anew with each. A few among lines lead nowhere.
 * @param {Point[][]} parts
 */
function inPieces(parts) {
  const some = parts.filter(({ length }) => length > 0);
  const long = some.filter(({ length }) => length > 1);
  if (long.length > 0 && long.length * 2 >= some.length) return long;
  return some.length ? [some.flat()] : [];
}

/** Joins parts of the same way over the shortest gaps between them until there are few enough. @param {Line[]} lines */
function fewer(lines) {
  const gaps = lines.flatMap((line, index) => {
    const before = lines[index - 1];
    return before?.path === line.path ? [{ index, wide: apart(before.points.at(-1), line.points[0]) }] : [];
  });
  const closed = gaps.sort((a, b) => a.wide - b.wide).slice(0, Math.max(0, lines.length - TRACKS_MAX));
  const closedAt = new Set(closed.map(({ index }) => index));
  const joined = /** @type {Line[]} */ ([]);
  for (const [index, line] of lines.entries()) {
    const last = joined.at(-1);
    if (last && closedAt.has(index)) for (const point of line.points) last.points.push(point);
    else joined.push({ ...line });
  }
  return joined;
}

/** In degrees, as wide as they are at the first one. @param {Point} [from] @param {Point} [to] */
function apart(from = [0, 0], to = [0, 0]) {
  return Math.hypot(from[0] - to[0], shortWay(from[1] - to[1]) * Math.cos((from[0] * Math.PI) / 180));
}

/**
 * Six decimals are about a tenth of a metre. Nought and nought is what a device writes that does not know where it is.
 * @param {Point} point
 * @returns {Point[]} none if it is not on earth
 */
function tidyPoint([latitude, longitude]) {
  const lost = Math.abs(latitude) < 1e-6 && Math.abs(longitude) < 1e-6;
  if (lost || !(Math.abs(latitude) <= LATITUDE_MAX_DEG && Math.abs(longitude) <= 360)) return [];
  return [[rounded(latitude), rounded(shortWay(longitude))]];
}

/** @param {number} degrees */
function rounded(degrees) {
  return Math.round(degrees * 1e6) / 1e6;
}

/** @param {string} label */
function tidyLabel(label) {
  const visible = label.replace(PICTURES, "").replace(/[\p{Cc}\s]+/gu, " ").trim();
  return visible.slice(0, LABEL_MAX);
}
