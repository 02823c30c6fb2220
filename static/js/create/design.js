// @ts-check
/** What is being designed, and its three other forms: the page's address, the preview's query, the request's body. */

/**
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
 * @property {number} rotation degrees clockwise
 * @property {string} add a frame and the like, separated by commas
 * @property {boolean} bleed for a print shop, in a PDF
 * @property {boolean} unlisted
 */

const SHOWN = /** @type {const} */ ([
  ...["city", "country", "latitude", "longitude", "theme", "distance", "size", "orientation", "hide"],
  ...["rotation", "add", "title", "subtitle", "coordinates"],
]);
/** What most print shops ask for. */
const BLEED_MM = 3;
const LINES = /** @type {const} */ (["title", "subtitle", "coordinates"]);

/**
 * @param {Design} design
 * @param {readonly string[]} names
 */
function queryOf(design, names) {
  const query = new URLSearchParams();
  const values = /** @type {Record<string, string | number | boolean | null>} */ ({ ...design });
  for (const name of names) {
    const value = values[name];
    const emptyLine = value === "" && LINES.includes(/** @type {any} */ (name));
    if (emptyLine || (value !== null && value !== "" && value !== false && value !== 0)) query.set(name, String(value));
  }
  return query;
}

/**
 * The query of the live preview: what can be seen of the design.
 * @param {Design} design
 * @param {number} widthPx
 */
export function previewQuery(design, widthPx) {
  const query = queryOf(design, SHOWN);
  query.set("width", String(widthPx));
  return query;
}

/**
 * The query that brings the workbench back as it is.
 * @param {Design} design
 */
export function addressQuery(design) {
  return queryOf(design, [...SHOWN, "format", "dpi", "bleed", "unlisted"]);
}

/**
 * The body of POST /posters.
 * @param {Design} design
 */
export function requestBody(design) {
  const { hide, add, bleed, title, subtitle, coordinates, unlisted, latitude, longitude, ...plain } = design;
  return {
    ...plain,
    ...(latitude !== null && longitude !== null ? { latitude, longitude } : {}),
    ...(bleed && design.format === "pdf" ? { bleed_mm: BLEED_MM, crop_marks: true } : {}),
    layers: switches(hide, false),
    furniture: switches(add, true),
    texts: { title, subtitle, coordinates },
    visibility: unlisted ? "unlisted" : "public",
  };
}

/**
 * @param {string} names separated by commas
 * @param {boolean} on
 */
function switches(names, on) {
  return Object.fromEntries(names.split(",").filter(Boolean).map((name) => [name, on]));
}
