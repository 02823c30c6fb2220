// @ts-check
/** Finds what a KML file holds: lines, the outlines of areas, recorded tracks, and points. */

import { childText, numberOf, within } from "./xml.js";

/** @typedef {import("./found.js").Found} Found */
/** @typedef {import("./found.js").Point} Point */
/** @typedef {import("./xml.js").XmlElement} XmlElement */

/** @param {XmlElement} root @returns {Found} */
export function foundInKml(root) {
  const placemarks = within(root, "Placemark");
  const all = (placemarks.length ? placemarks : [root]).map((placemark) => ({ label: childText(placemark, "name"), placemark }));
  return {
    paths: all.map(({ label, placemark }) => ({ label, parts: within(placemark, "LineString", "LinearRing", "Track").map(lineOf) })),
    marks: all.flatMap(({ label, placemark }) => within(placemark, "Point").flatMap(lineOf).map((at) => ({ at, label }))),
  };
}

/**
 * A recorded track has an element for each point, numbers apart by spaces; all others have one text.
 * @param {XmlElement} line
 * @returns {Point[]}
 */
function lineOf(line) {
  if (line.name === "Track") return within(line, "coord").map(({ text }) => pointOf(text.trim().split(/\s+/)));
  const text = childText(line, "coordinates").replace(/\s*,\s*/g, ",");
  return text ? text.split(/\s+/).map((tuple) => pointOf(tuple.split(","))) : [];
}

/** Longitude comes first there. @param {string[]} numbers @returns {Point} */
function pointOf([longitude = "", latitude = ""]) {
  return [numberOf(latitude), numberOf(longitude)];
}
