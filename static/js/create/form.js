// @ts-check
/** Reads the workbench's controls into a design, and sets them as a design says. */

import { all, find, need } from "../lib/dom.js";

/** @typedef {import("./design.js").Design} Design */

const LINES = /** @type {const} */ (["title", "subtitle", "coordinates"]);
const LINES_MAX = 10;

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
 * Everything that the controls say; the place, the distance, marks and tracks have widgets of their own.
 * @param {HTMLFormElement} form
 * @returns {Omit<Design, "city" | "country" | "latitude" | "longitude" | "distance" | "markers" | "tracks">}
 */
export function readControls(form) {
  const data = new FormData(form);
  const kept = new Set(data.getAll("layers"));
  const layers = /** @type {HTMLInputElement[]} */ (all("[name=layers]", form));
  return {
    theme: String(data.get("theme")),
    size: String(data.get("size")),
    orientation: String(data.get("orientation")),
    format: String(data.get("format")),
    dpi: Number(data.get("dpi")),
    hide: layers.map((layer) => layer.value).filter((layer) => !kept.has(layer)).join(","),
    title: lineOf(data, "title"),
    subtitle: lineOf(data, "subtitle"),
    coordinates: lineOf(data, "coordinates"),
    lines: furtherLines(data),
    font: String(data.get("font")),
    rotation: Number(data.get("rotation")),
    add: data.getAll("add").join(","),
    bleed: data.has("bleed"),
    unlisted: data.has("unlisted"),
  };
}

/**
 * Sets the controls as a design says.
 * @param {HTMLFormElement} form
 * @param {Design} design
 */
export function writeControls(form, design) {
  for (const name of /** @type {const} */ (["size", "dpi", "font", "rotation"])) field(form, name).value = String(design[name]);
  for (const name of /** @type {const} */ (["theme", "orientation", "format"])) {
    check(form, name, (value) => value === String(design[name]));
  }
  const hidden = design.hide.split(",");
  const added = design.add.split(",");
  check(form, "layers", (value) => !hidden.includes(value));
  check(form, "add", (value) => added.includes(value));
  check(form, "show", (value) => design[/** @type {typeof LINES[number]} */ (value)] !== "");
  check(form, "bleed", () => design.bleed);
  check(form, "unlisted", () => design.unlisted);
  // A line that is hidden keeps its words, should it be shown again.
  for (const line of LINES) if (design[line] !== "") field(form, line).value = design[line] ?? "";
  field(form, "line").value = design.lines.join("\n");
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
 * Width divided by height of the paper that is chosen.
 * @param {HTMLFormElement} form
 * @param {string} orientation
 */
export function paperShape(form, orientation) {
  const option = /** @type {HTMLOptionElement} */ (find("#size option:checked", form));
  const [width, height] = [Number(option.dataset.width), Number(option.dataset.height)];
  const shape = Math.min(width, height) / Math.max(width, height);
  return orientation === "landscape" ? 1 / shape : shape;
}
