// @ts-check
/** Finds the page that shows tracks: all around the earth, and clear of the lettering. */

import { METRES_PER_DEGREE } from "./thinning.js";

/** @typedef {import("./found.js").Track} Track */

const ROOM = 1.25;
/** The middle of a page is no nearer to a pole. */
const LATITUDE_MAX_DEG = 85;

/**
 * The page that shows all tracks: its middle, and the distance that leaves some room around them. Where their ends are
 * hidden, its edges are those of squares twice as wide: a page that fits tightly would tell how far they go.
 * @param {Track[]} tracks
 * @param {number} shape width divided by height of the paper
 * @param {number} [hiddenM] metres of their ends that nobody is to see
 * @param {{lettered?: number, rotation?: number, leastM?: number}} [page] the share of its height that lettering takes at
 *   its foot, its turn, and the least distance. A turned page, and one that hides ends, keeps its middle and is made larger
 */
export function pageAround(tracks, shape, hiddenM = 0, { lettered = 0, rotation = 0, leastM = 0 } = {}) {
  const points = tracks.flatMap((track) => track.points);
  const step = (2 * hiddenM) / METRES_PER_DEGREE;
  const [south, north] = spread(extent(points.map(([latitude]) => latitude)), step);
  const latitude = (south + north) / 2;
  const narrow = Math.cos((latitude * Math.PI) / 180);
  const [west, east] = spread(aroundEarth(points.map(([, longitude]) => longitude)), step / narrow);
  const halfHeightM = ((north - south) / 2) * METRES_PER_DEGREE;
  const halfWidthM = ((east - west) / 2) * METRES_PER_DEGREE * narrow;
  const stays = Boolean(rotation || hiddenM);
  const free = 1 - (stays ? 2 : 1) * lettered;
  const [across, up] = [Math.max(1, shape), Math.max(1, 1 / shape)];
  const distance = Math.max(leastM, ROOM * Math.max(halfWidthM / across, halfHeightM / up / free));
  const hiddenByLettersM = Math.max(0, ROOM * halfHeightM - distance * up * (1 - 2 * lettered));
  const lower = stays || !lettered ? 0 : hiddenByLettersM / METRES_PER_DEGREE;
  const centre = Math.max(-LATITUDE_MAX_DEG, Math.min(LATITUDE_MAX_DEG, latitude - lower));
  const middle = (west + east) / 2;
  return { latitude: centre, longitude: middle > 180 ? middle - 360 : middle, distance };
}

/**
 * The shortest stretch around the earth with all of some longitudes: it begins behind the widest gap between them, and
 * what crosses the date line goes on beyond 180 degrees.
 * @param {number[]} longitudes
 * @returns {[number, number]}
 */
function aroundEarth(longitudes) {
  const sorted = [...longitudes].sort((a, b) => a - b);
  const [first = 0, last = 0] = [sorted[0], sorted.at(-1)];
  let [gap, west, east] = [first + 360 - last, first, last];
  for (const [index, next] of sorted.entries()) {
    const before = sorted[index - 1] ?? next;
    if (next - before > gap) [gap, west, east] = [next - before, next, before + 360];
  }
  return [west, east];
}

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
