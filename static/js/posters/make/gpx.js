// @ts-check
/** Finds the lines in a GPX file: segments of tracks, and routes. */

import { gettext } from "../../web/language.js";

/** @typedef {import("./tracks.js").Track} Track */
/** @typedef {import("./tracks.js").Point} Point */

/**
 * Gives null for what is no XML; raises an error for XML that no track needs.
 * @param {string} text
 * @returns {Track[] | null}
 */
export function linesOfGpx(text) {
  // A track needs no document type; whoever sends one may mean to have entities multiplied.
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new Error(gettext("This file declares entities; a GPX file does not."));
  const page = new DOMParser().parseFromString(text, "application/xml");
  if (page.querySelector("parsererror")) return null;
  return [...page.getElementsByTagNameNS("*", "trkseg"), ...page.getElementsByTagNameNS("*", "rte")].map(lineOf);
}

/** @param {Element} line a segment of a track, or a route @returns {Track} */
function lineOf(line) {
  const named = line.localName === "rte" ? line : line.parentElement;
  const label = [...(named?.children ?? [])].find((child) => child.localName === "name")?.textContent ?? "";
  const points = [...line.children].filter(({ localName }) => localName === "trkpt" || localName === "rtept");
  return { label, points: points.map(pointOf) };
}

/** @param {Element} element @returns {Point} */
function pointOf(element) {
  const [latitude = NaN, longitude = NaN] = ["lat", "lon"].map((name) => Number(element.getAttribute(name) || NaN));
  return [latitude, longitude];
}
