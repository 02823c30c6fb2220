// @ts-check
/** Finds the lines in a TCX file: of activities with their laps, and of courses. */

import { childText, numberOf, within } from "./xml.js";

/** @typedef {import("./found.js").Found} Found */
/** @typedef {import("./found.js").Point} Point */
/** @typedef {import("./xml.js").XmlElement} XmlElement */

/** Laps go on where the last one ended: one line for all of them. @param {XmlElement} root @returns {Found} */
export function foundInTcx(root) {
  const paths = within(root, "Activity", "Course").map((way) => ({
    label: childText(way, "Name"),
    parts: [within(way, "Trackpoint").flatMap((point) => within(point, "Position")).map(pointOf)],
  }));
  return { paths, marks: [] };
}

/** @param {XmlElement} position @returns {Point} */
function pointOf(position) {
  return [numberOf(childText(position, "LatitudeDegrees")), numberOf(childText(position, "LongitudeDegrees"))];
}
