// @ts-check
/** What is being designed, and its two other forms: the page's address, and the request's body. */

import { gettext } from "../../web/language.js";

/**
 * @typedef {{latitude: number, longitude: number, shape: string, label: string}} Marker
 *
 * @typedef {object} Design
 * @property {string} city
 * @property {string} country
 * @property {number | null} latitude
 * @property {number | null} longitude
 * @property {string} theme
 * @property {number} distance metres from the centre to the nearer edges
 * @property {string} size
 * @property {string} orientation
 * @property {string} format
 * @property {number} dpi
 * @property {string} hide layers left out, separated by commas
 * @property {string | null} title null is the usual line, "" no line
 * @property {string | null} subtitle
 * @property {string | null} coordinates
 * @property {readonly string[]} lines further lines
 * @property {string} font "" is the theme's own
 * @property {number} rotation degrees clockwise
 * @property {string} add a frame and the like, separated by commas
 * @property {readonly Marker[]} markers
 * @property {readonly import("./found.js").Track[]} tracks too long for an address
 * @property {boolean} bleed for a print shop, in a PDF
 * @property {number} hide_ends_m metres of both ends of the tracks that nobody is to see
 * @property {string} visibility "" where nobody has chosen: then it depends on what is pointed out
 *
 * The plain values that the server's table names are in it too, under their names.
 */

/** What most print shops ask for. */
const BLEED_MM = 3;
const LINES = /** @type {const} */ (["title", "subtitle", "coordinates"]);

/**
 * A marker as the address and the plain form carry it.
 * @param {Marker} marker
 */
export function markerWords({ latitude, longitude, shape, label }) {
  return `${latitude.toFixed(5)},${longitude.toFixed(5)},${shape},${label}`;
}

/**
 * Who is to see a poster: what was chosen, else everybody, but where somebody lives or went nobody else.
 * @param {Design} design
 */
export function seenBy({ visibility, markers, tracks }) {
  return visibility || (markers.length || tracks.length ? "private" : "public");
}

/**
 * The query that brings the workbench back as it is, but for the tracks.
 * @param {Design} design
 */
export function addressQuery(design) {
  const query = new URLSearchParams();
  const { lines, markers, tracks, ...single } = design;
  for (const [name, value] of Object.entries(single)) {
    const emptyLine = value === "" && LINES.includes(/** @type {any} */ (name));
    if (emptyLine || (value !== null && value !== "" && value !== false && value !== 0)) query.set(name, String(value));
  }
  for (const line of lines) query.append("line", line);
  for (const marker of markers) query.append("marker", markerWords(marker));
  return query;
}

/**
 * The design without some values: as others get it, or as the picture shows it.
 * @param {Design} design
 * @param {readonly string[]} names
 */
export function without(design, names) {
  return /** @type {Design} */ (Object.fromEntries(Object.entries(design).filter(([name]) => !names.includes(name))));
}

/**
 * The body of POST /posters.
 * @param {Design} design
 */
export function requestBody(design) {
  const { hide, add, bleed, title, subtitle, coordinates, lines, font, visibility, latitude, longitude, ...plain } = design;
  return {
    ...plain,
    ...(latitude !== null && longitude !== null ? { latitude, longitude } : {}),
    ...(bleed && design.format === "pdf" ? { bleed_mm: BLEED_MM, crop_marks: true } : {}),
    layers: switches(hide, false),
    furniture: switches(add, true),
    texts: { title, subtitle, coordinates, lines, ...(font ? { font } : {}) },
    ...(visibility ? { visibility } : {}),
  };
}

/**
 * @param {string} names separated by commas
 * @param {boolean} on
 */
function switches(names, on) {
  return Object.fromEntries(names.split(",").filter(Boolean).map((name) => [name, on]));
}

/**
 * Says of a link that was copied what of the design is in it; nothing where all of it is.
 * @param {Design} design
 */
export function linkWords({ markers, tracks }) {
  if (tracks.length && markers.length) return gettext("The link is copied; your marks are in it, the tracks are not.");
  if (tracks.length) return gettext("The link is copied; it leaves the tracks out.");
  return markers.length ? gettext("The link is copied; your marks are in it.") : undefined;
}
