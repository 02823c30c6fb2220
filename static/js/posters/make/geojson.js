// @ts-check
/** Finds what a GeoJSON file holds (RFC 7946, and a feature a line): lines, outlines and points, wherever they lie in it. */

import { gettext } from "../../web/language.js";

/** @typedef {import("./found.js").Found} Found */
/** @typedef {import("./found.js").Point} Point */

const DEEPEST = 8;
/** The radius of the sphere of EPSG:3857 in metres, and the names that it goes by. */
const SPHERE_M = 6_378_137;
const MERCATOR = /(?:^|\D)(?:3857|900913|102100|102113)$/;
const QUOTED = /"coordinates"\s*:\s*(?:\[\s*)+"/;
const DEGREES = /(?:4326|CRS84|4258|4269|4979)$/i;

/**
 * Gives null for what is no JSON; raises an error for JSON in which there is no map.
 * @param {string} text
 * @returns {Found | null}
 */
export function foundInGeoJson(text) {
  const file = parsed(text);
  if (file === null) return null;
  if (Array.isArray(file)) throw new Error(gettext("A GeoJSON file is one object; this one is a list."));
  const found = /** @type {Found} */ ({ paths: [], marks: [] });
  gather(file, "", DEEPEST, found);
  const points = pointsOf(found).filter(([north, east]) => Number.isFinite(north) && Number.isFinite(east));
  if (points.length === 0 && QUOTED.test(text)) {
    throw new Error(gettext("The coordinates in this GeoJSON file are texts, not numbers."));
  }
  const far = points.filter(([north, east]) => Math.abs(north) > 90 || Math.abs(east) > 360);
  return inDegrees(found, file?.crs?.properties?.name, far.length > points.length / 2);
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return features(text);
  }
}

/** Reads a file with a feature on each line, which may begin with a record separator. @param {string} text */
function features(text) {
  const lines = text.split(/\s*[\n\x1e]\s*/).filter(Boolean);
  try {
    return lines.length > 1 ? { type: "FeatureCollection", features: lines.map((line) => JSON.parse(line)) } : null;
  } catch {
    return null;
  }
}

/**
 * @param {any} thing any part of a file, whatever it holds
 * @param {string} label of the feature that it belongs to
 * @param {number} depth how much deeper collections may lie in one another
 * @param {Found} found
 */
function gather(thing, label, depth, found) {
  const inside = (/** @type {any} */ list, name = label) => {
    if (depth > 0) for (const part of listOf(list)) gather(part, name, depth - 1, found);
  };
  const lines = (/** @type {any} */ list) => {
    found.paths.push({ label, parts: listOf(list).map((line) => listOf(line).map(pointOf)) });
  };
  const marks = (/** @type {any} */ list) => {
    for (const position of list) found.marks.push({ at: pointOf(position), label });
  };
  if (thing?.type === "FeatureCollection") inside(thing.features);
  else if (thing?.type === "Feature") inside([thing.geometry], nameOf(thing.properties));
  else if (thing?.type === "GeometryCollection") inside(thing.geometries);
  else if (thing?.type === "MultiLineString" || thing?.type === "Polygon") lines(thing.coordinates);
  else if (thing?.type === "MultiPolygon") lines(listOf(thing.coordinates).flatMap(listOf));
  else if (thing?.type === "LineString") lines([thing.coordinates]);
  else if (thing?.type === "MultiPoint") marks(listOf(thing.coordinates));
  else if (thing?.type === "Point") marks([thing.coordinates]);
}

/** Programs name features each in its own way. @param {any} properties */
function nameOf(properties) {
  const names = ["name", "Name", "NAME", "title", "Title"].map((key) => properties?.[key]);
  return names.find((name) => typeof name === "string" && name.trim()) ?? "";
}

/** @param {unknown} value @returns {any[]} */
function listOf(value) {
  return Array.isArray(value) ? value : [];
}

/** Longitude comes first there. @param {any} position @returns {Point} */
function pointOf(position) {
  const [longitude, latitude] = listOf(position);
  return [typeof latitude === "number" ? latitude : NaN, typeof longitude === "number" ? longitude : NaN];
}

/** @param {Found} found */
function pointsOf({ paths, marks }) {
  return [...paths.flatMap(({ parts }) => parts.flat()), ...marks.map(({ at }) => at)];
}

/**
 * @param {Found} found
 * @param {unknown} system what a file of before RFC 7946 says that its numbers are
 * @param {boolean} far whether most of them lie where there are no degrees
 * @returns {Found}
 */
function inDegrees(found, system, far) {
  const named = typeof system === "string" ? system : "";
  if (MERCATOR.test(named)) return changed(found, fromMercator);
  if (far || (named && !DEGREES.test(named))) {
    throw new Error(gettext("The coordinates in this file are not degrees. Save it in WGS 84 (EPSG:4326)."));
  }
  return found;
}

/** @param {Found} found @param {(point: Point) => Point} change @returns {Found} */
function changed({ paths, marks }, change) {
  return {
    paths: paths.map(({ label, parts }) => ({ label, parts: parts.map((part) => part.map(change)) })),
    marks: marks.map(({ at, label }) => ({ at: change(at), label })),
  };
}

/** @param {Point} metres @returns {Point} */
function fromMercator([north, east]) {
  const latitude = 2 * Math.atan(Math.exp(north / SPHERE_M)) - Math.PI / 2;
  return [(latitude * 180) / Math.PI, ((east / SPHERE_M) * 180) / Math.PI];
}
