// @ts-check
/** Reads the workbench's controls into a design. */

import { all, find } from "../lib/dom.js";

/** @typedef {import("./design.js").Design} Design */

/**
 * @param {FormData} data
 * @param {"title" | "subtitle" | "coordinates"} line
 */
function lineOf(data, line) {
  if (!data.getAll("show").includes(line)) return "";
  return String(data.get(line)).trim() || null;
}

/**
 * Everything that the controls say; the place and the distance have widgets of their own.
 * @param {HTMLFormElement} form
 * @returns {Omit<Design, "city" | "country" | "latitude" | "longitude" | "distance">}
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
    rotation: Number(data.get("rotation")),
    add: data.getAll("add").join(","),
    bleed: data.has("bleed"),
    unlisted: data.has("unlisted"),
  };
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
