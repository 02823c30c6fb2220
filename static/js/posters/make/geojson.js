// @ts-check
/** Finds the lines in a GeoJSON file (RFC 7946): those of features, of collections, and bare ones. */

/** @typedef {import("./tracks.js").Track} Track */
/** @typedef {import("./tracks.js").Point} Point */

const DEEPEST = 8;

/**
 * Gives null for what is no JSON.
 * @param {string} text
 * @returns {Track[] | null}
 */
export function linesOfGeoJson(text) {
  try {
    return linesIn(JSON.parse(text), "", DEEPEST);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * @param {any} thing any part of a file, whatever it holds
 * @param {string} label of the feature that it belongs to
 * @param {number} depth how much deeper collections may lie in one another
 * @returns {Track[]}
 */
function linesIn(thing, label, depth) {
  const parts = (/** @type {any} */ list, name = label) =>
    depth > 0 && Array.isArray(list) ? list.flatMap((part) => linesIn(part, name, depth - 1)) : [];
  switch (thing?.type) {
    case "FeatureCollection":
      return parts(thing.features);
    case "Feature":
      return parts([thing.geometry], nameOf(thing.properties));
    case "GeometryCollection":
      return parts(thing.geometries);
    case "MultiLineString":
      return listOf(thing.coordinates).map((line) => ({ label, points: listOf(line).map(pointOf) }));
    case "LineString":
      return [{ label, points: listOf(thing.coordinates).map(pointOf) }];
    default:
      return [];
  }
}

/** @param {any} properties */
function nameOf(properties) {
  return typeof properties?.name === "string" ? properties.name : "";
}

/** @param {unknown} value @returns {any[]} */
function listOf(value) {
  return Array.isArray(value) ? value : [];
}

/** Longitude comes first there. @param {any} position @returns {Point} */
function pointOf(position) {
  const [longitude, latitude] = listOf(position).map((number) => (typeof number === "number" ? number : NaN));
  return [latitude ?? NaN, longitude ?? NaN];
}
