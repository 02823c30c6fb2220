// @ts-check
/** Reads the workbench's controls into a design, and sets them as a design says. */

import { all, find, need } from "../../web/dom.js";
import { seenBy } from "./design.js";

/** @typedef {import("./design.js").Design} Design */

const LINES = /** @type {const} */ (["title", "subtitle", "coordinates"]);
const LINES_MAX = 10;
/** What the list of sizes says where the sides are written beside it. */
const OWN_SIZE = "own";

/**
 * @param {FormData} data
 * @param {"title" | "subtitle" | "coordinates"} line
 */
function lineOf(data, line) {
  if (!data.getAll("show").includes(line)) return "";
  return String(data.get(line)).trim() || null;
}

/** @param {FormData} data */
function furtherLines(data) {
  return String(data.get("line")).split("\n").map((line) => line.trim()).filter(Boolean).slice(0, LINES_MAX);
}

/**
 * The size and which way it hangs: one of one's own stands as it is measured.
 * @param {HTMLFormElement} form
 * @param {FormData} data
 */
function readPaper(form, data) {
  const size = String(data.get("size"));
  if (size !== OWN_SIZE) return { size, orientation: String(data.get("orientation")) };
  const [width = 0, height = 0] = ["width", "height"].map((side) => Math.max(0, Number(field(form, side).value)));
  const own = `${width}x${height}${field(form, "unit").value}`;
  return { size: own, orientation: width > height ? "landscape" : "portrait" };
}

/**
 * The plain values, as the server's table names them: those that have a control of their name.
 * @param {HTMLFormElement} form
 * @param {FormData} data
 */
function readPlain(form, data) {
  const found = plainOf(form).filter(([name]) => data.has(name));
  const read = found.map(([name, start]) => [name, typeof start === "number" ? Number(data.get(name)) : String(data.get(name)).trim()]);
  return /** @type {Pick<Design, "format" | "dpi" | "rotation" | "hide_ends_m">} */ (Object.fromEntries(read));
}

/**
 * Each plain value's name, and what an empty workbench begins with.
 * @param {HTMLFormElement} form
 */
function plainOf(form) {
  return Object.entries(/** @type {Record<string, unknown>} */ (JSON.parse(form.dataset.plain ?? "{}")));
}

/**
 * Everything that the controls say; the place, the distance, marks and tracks have widgets of their own.
 * @param {HTMLFormElement} form
 * @returns {Omit<Design, "city" | "country" | "latitude" | "longitude" | "distance" | "markers" | "tracks">}
 */
export function readControls(form) {
  const data = new FormData(form);
  const kept = new Set(data.getAll("layers"));
  const layers = /** @type {HTMLInputElement[]} */ (all("[name=layers]", form));
  return {
    ...readPlain(form, data),
    theme: String(data.get("theme")),
    ...readPaper(form, data),
    hide: layers.map((layer) => layer.value).filter((layer) => !kept.has(layer)).join(","),
    title: lineOf(data, "title"),
    subtitle: lineOf(data, "subtitle"),
    coordinates: lineOf(data, "coordinates"),
    lines: furtherLines(data),
    font: String(data.get("font")),
    add: data.getAll("add").join(","),
    bleed: data.has("bleed"),
    visibility: need("[data-seen-by]", form).dataset.chosen ?? "",
  };
}

/**
 * Sets the controls as a design says.
 * @param {HTMLFormElement} form
 * @param {Design} design
 */
export function writeControls(form, design) {
  const values = /** @type {Record<string, unknown>} */ ({ ...design });
  for (const name of ["theme", "orientation", "font", ...plainOf(form).map(([name]) => name)]) set(form, name, values[name]);
  field(form, "size").value = listed(form, design.size) ? design.size : OWN_SIZE;
  writeSides(form, design);
  const hidden = design.hide.split(",");
  const added = design.add.split(",");
  check(form, "layers", (value) => !hidden.includes(value));
  check(form, "add", (value) => added.includes(value));
  check(form, "show", (value) => design[/** @type {typeof LINES[number]} */ (value)] !== "");
  check(form, "bleed", () => design.bleed);
  need("[data-seen-by]", form).dataset.chosen = design.visibility;
  // A line that is hidden keeps its words, should it be shown again.
  for (const line of LINES) if (design[line] !== "") field(form, line).value = design[line] ?? "";
  field(form, "line").value = design.lines.join("\n");
}

/**
 * Remembers that who sees the poster was chosen: from then on nothing else decides it.
 * @param {HTMLFormElement} form
 */
export function startSeenBy(form) {
  const choice = need("[data-seen-by]", form);
  choice.addEventListener("input", (event) => {
    choice.dataset.chosen = /** @type {HTMLInputElement} */ (event.target).value;
  });
}

/**
 * Shows who will see the poster, and why, and whether others would see where its tracks begin.
 * @param {HTMLFormElement} form
 * @param {Design} design
 */
export function showSeenBy(form, design) {
  const audience = seenBy(design);
  check(form, "visibility", (value) => value === audience);
  need("[data-seen-by-usual]", form).hidden = Boolean(design.visibility) || audience !== "private";
  const tellsEnds = design.tracks.length > 0 && !design.hide_ends_m;
  need("[data-seen-by-ends]", form).hidden = audience === "private" || !tellsEnds;
  need("[data-ends]", form).hidden = design.tracks.length === 0;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function field(form, name) {
  return /** @type {HTMLInputElement} */ (need(`[name="${name}"]`, form));
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {(value: string) => boolean} holds
 */
function check(form, name, holds) {
  for (const box of /** @type {HTMLInputElement[]} */ (all(`[name="${name}"]`, form))) box.checked = holds(box.value);
}

/**
 * Sets a control, or the one of several that has the value.
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {unknown} value
 */
function set(form, name, value) {
  for (const control of /** @type {HTMLInputElement[]} */ (all(`[name="${name}"]`, form))) {
    if (control.type === "radio") control.checked = control.value === String(value);
    else control.value = String(value ?? "");
  }
}

/**
 * The size in the list, if it is there.
 * @param {HTMLFormElement} form
 * @param {string} size
 */
function listed(form, size) {
  return find(`#size option[value="${CSS.escape(size)}"]`, form);
}

/**
 * @param {HTMLFormElement} form
 * @param {string} size its name in the list, or its sides as in 31x47.5cm
 */
function sidesOf(form, size) {
  const [, ...sides] = /^([\d.]+)x([\d.]+)(\w+)$/.exec(size) ?? [];
  const { width = sides[0], height = sides[1], unit = sides[2] } = listed(form, size)?.dataset ?? {};
  return { width: Number(width), height: Number(height), unit: String(unit) };
}

/**
 * Measures the paper in the fields for a size of one's own.
 * @param {HTMLFormElement} form
 * @param {Design} design
 */
function writeSides(form, { size, orientation }) {
  const { width, height, unit } = sidesOf(form, size);
  const [shorter, longer] = [Math.min(width, height), Math.max(width, height)];
  field(form, "width").value = String(orientation === "landscape" ? longer : shorter);
  field(form, "height").value = String(orientation === "landscape" ? shorter : longer);
  field(form, "unit").value = unit;
}

/**
 * Keeps the fields for a size of one's own abreast, so that it begins with the size that was chosen last.
 * @param {HTMLFormElement} form
 * @param {Design} design
 */
export function followSize(form, design) {
  const named = field(form, "size").value !== OWN_SIZE;
  /** @type {HTMLFieldSetElement} */ (need("[data-own-size]", form)).disabled = named;
  if (named) writeSides(form, design);
}

/**
 * Width divided by height of the paper, as far as paper can be narrow.
 * @param {HTMLFormElement} form
 * @param {Design} design
 */
export function paperShape(form, { size, orientation }) {
  const { width, height } = sidesOf(form, size);
  const steepest = Number(need("[data-own-size]", form).dataset.steepest);
  const shape = Math.max(Math.min(width, height) / Math.max(width, height) || 0, 1 / steepest);
  return orientation === "landscape" ? 1 / shape : shape;
}
