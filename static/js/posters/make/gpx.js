// @ts-check
/** Finds what a GPX file holds: tracks with their segments, routes, and waypoints. */

import { without } from "./beside.js";
import { attributeOf, childText, numberOf, within } from "./xml.js";

/** @typedef {import("./found.js").Found} Found */
/** @typedef {import("./found.js").Path} Path */
/** @typedef {import("./found.js").Point} Point */
/** @typedef {import("./xml.js").XmlElement} XmlElement */

/** @param {XmlElement} root @returns {Found} */
export function foundInGpx(root) {
  const tracks = within(root, "trk").map(trackOf);
  const routes = within(root, "rte").map(routeOf);
  const marks = within(root, "wpt").map((point) => ({ at: pointOf(point), label: childText(point, "name") }));
  return { paths: [...tracks, ...without(tracks, routes)], marks };
}

/** @param {XmlElement} track @returns {Path} */
function trackOf(track) {
  return { label: childText(track, "name"), parts: within(track, "trkseg").map((part) => within(part, "trkpt").map(pointOf)) };
}

/** The way between the points of a route is in those that a device has put between them. @param {XmlElement} route @returns {Path} */
function routeOf(route) {
  const points = within(route, "rtept").flatMap((point) => [point, ...within(point, "rpt")]);
  return { label: childText(route, "name"), parts: [points.map(pointOf)] };
}

/** @param {XmlElement} element @returns {Point} */
function pointOf(element) {
  return [numberOf(attributeOf(element, "lat")), numberOf(attributeOf(element, "lon"))];
}
