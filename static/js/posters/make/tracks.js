// @ts-check
/** Reads tracks out of files, here in the browser; what leaves it are points, thinned out to what one can see. */

import { gettext } from "../../web/language.js";
import { linesOfGeoJson } from "./geojson.js";
import { linesOfGpx } from "./gpx.js";

/** @typedef {[latitude: number, longitude: number]} Point */
/** @typedef {{label: string, points: Point[]}} Track */

export const POINTS_MAX = 6000;
const FILE_MAX_BYTES = 30_000_000;
const TRACKS_MAX = 20;
const LABEL_MAX = 80;
const METRES_PER_DEGREE = 111_320;
const FINEST_M = 2;
/** Little pictures, which devices like to put into names and no typeface of a poster has. */
const PICTURES = /\p{RI}|(?![©®™])\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\ufe0f|\u200d\p{Extended_Pictographic})*/gu;

/** A file that holds no tracks, or nothing in them that can be drawn. */
export class NoTracks extends Error {}

/** @param {File} file */
export async function readTracks(file) {
  if (file.size > FILE_MAX_BYTES) throw new NoTracks(gettext("This file is too large: 30 MB at most."));
  return tracksOf(await file.text());
}

/**
 * @param {string} text
 * @returns {Track[]}
 */
export function tracksOf(text) {
  const tracks = linesOf(text).map(tidied).filter(({ points }) => points.length > 1);
  if (tracks.length === 0) throw new NoTracks(gettext("There is no track in this file."));
  const largest = tracks.sort((a, b) => b.points.length - a.points.length).slice(0, TRACKS_MAX);
  return thinned(largest);
}

/** @param {string} text */
function linesOf(text) {
  const lines = text.trimStart().startsWith("{") ? linesOfGeoJson(text) : linesOfGpx(text);
  if (lines === null) throw new NoTracks(gettext("This is neither a GPX nor a GeoJSON file."));
  return lines;
}

/** Six decimals are about a tenth of a metre. @param {Track} track @returns {Track} */
function tidied({ label, points }) {
  const visible = label.replace(PICTURES, "").replace(/[\p{Cc}\s]+/gu, " ").trim();
  const rounded = points.filter(isOnEarth).map((point) => point.map((degrees) => Math.round(degrees * 1e6) / 1e6));
  return { label: visible.slice(0, LABEL_MAX), points: /** @type {Point[]} */ (rounded) };
}

/** @param {Point} point */
function isOnEarth([latitude, longitude]) {
  return Math.abs(latitude) <= 85 && Math.abs(longitude) <= 180;
}

/** Leaves out points until there are few enough, those first that matter least. @param {Track[]} tracks */
function thinned(tracks) {
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
  const [x, y] = [(point[1] - from[1]) * narrow, point[0] - from[0]];
  const [dx, dy] = [(to[1] - from[1]) * narrow, to[0] - from[0]];
  const length = dx * dx + dy * dy;
  const along = length ? Math.max(0, Math.min(1, (x * dx + y * dy) / length)) : 0;
  return Math.hypot(x - along * dx, y - along * dy) * METRES_PER_DEGREE;
}

/**
 * The page that shows all tracks: its middle, and the distance that leaves some room around them. Where their ends are
 * hidden, its edges are those of squares twice as wide: a page that fits tightly would tell how far they go.
 * @param {Track[]} tracks
 * @param {number} shape width divided by height of the paper
 * @param {number} [hiddenM] metres of their ends that nobody is to see
 */
export function pageAround(tracks, shape, hiddenM = 0) {
  const points = tracks.flatMap((track) => track.points);
  const step = (2 * hiddenM) / METRES_PER_DEGREE;
  const [south, north] = spread(extent(points.map(([latitude]) => latitude)), step);
  const latitude = (south + north) / 2;
  const narrow = Math.cos((latitude * Math.PI) / 180);
  const [west, east] = spread(extent(inOnePiece(points.map(([, longitude]) => longitude))), step / narrow);
  const halfHeightM = ((north - south) / 2) * METRES_PER_DEGREE;
  const halfWidthM = ((east - west) / 2) * METRES_PER_DEGREE * narrow;
  const [byWidth, byHeight] = [halfWidthM / Math.max(1, shape), halfHeightM / Math.max(1, 1 / shape)];
  const middle = (west + east) / 2;
  const longitude = middle > 180 ? middle - 360 : middle;
  return { latitude, longitude, distance: ROOM * Math.max(byWidth, byHeight) };
}

/** Lets what crosses the date line go on beyond 180 degrees, not around the earth. @param {number[]} longitudes */
function inOnePiece(longitudes) {
  const [west, east] = extent(longitudes);
  return east - west > 180 ? longitudes.map((degrees) => (degrees < 0 ? degrees + 360 : degrees)) : longitudes;
}

const ROOM = 1.25;

/**
 * Moves two ends outwards to whole steps.
 * @param {[number, number]} ends
 * @param {number} step
 * @returns {[number, number]}
 */
function spread([least, most], step) {
  return step ? [Math.floor(least / step) * step, Math.ceil(most / step) * step] : [least, most];
}

/** @param {number[]} numbers */
function extent(numbers) {
  return /** @type {[number, number]} */ ([
    numbers.reduce((least, number) => Math.min(least, number), Infinity),
    numbers.reduce((most, number) => Math.max(most, number), -Infinity),
  ]);
}
