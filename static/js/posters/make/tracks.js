// @ts-check
/** Reads tracks out of files, here in the browser; what leaves it are points, thinned out to what one can see. */

import { gettext, ngettext } from "../../web/language.js";
import { textOf } from "./decoding.js";
import { foundInFit, isFit } from "./fit.js";
import { chosen } from "./found.js";
import { foundInGeoJson } from "./geojson.js";
import { foundInGpx } from "./gpx.js";
import { foundInKml } from "./kml.js";
import { unpacked } from "./packed.js";
import { foundInTcx } from "./tcx.js";
import { thinned } from "./thinning.js";
import { readXml } from "./xml.js";

/** @typedef {import("./found.js").Found} Found */
/** @typedef {import("./found.js").Point} Point */
/** @typedef {import("./found.js").Spot} Spot */
/** @typedef {import("./found.js").Track} Track */
/** @typedef {{tracks: Track[], marks: Spot[], notes: string[]}} Taken */

const FILE_MAX_BYTES = 30_000_000;
const READERS = /** @type {Record<string, (root: import("./xml.js").XmlElement) => Found>} */ ({
  gpx: foundInGpx,
  kml: foundInKml,
  TrainingCenterDatabase: foundInTcx,
});
const NAMES = /** @type {Record<string, string>} */ ({ gpx: "GPX", kml: "KML", TrainingCenterDatabase: "TCX" });

/** A file that holds no tracks, or nothing in them that can be drawn. */
export class NoTracks extends Error {}

/** @param {File} file */
export async function readTracks(file) {
  if (file.size > FILE_MAX_BYTES) throw new NoTracks(gettext("This file is too large: 30 MB at most."));
  return tracksIn(new Uint8Array(await file.arrayBuffer()));
}

/** @param {Uint8Array} bytes @returns {Promise<Taken>} */
export async function tracksIn(bytes) {
  const plain = await unpacked(bytes, FILE_MAX_BYTES).catch((error) => {
    const broken = error instanceof RangeError || error instanceof TypeError;
    throw broken ? new NoTracks(gettext("This archive is damaged.")) : error;
  });
  if (!isFit(plain)) return takenFrom(textOf(plain));
  const { damaged, ...found } = foundInFit(plain);
  if (!damaged) return taken(found);
  const kept = gettext("This FIT file is damaged. What could be read of it is on the poster.");
  return taken(found, kept, gettext("This FIT file is damaged."));
}

/**
 * @param {string} text
 * @returns {Track[]}
 */
export function tracksOf(text) {
  return takenFrom(text).tracks;
}

/** @param {string} text @returns {Taken} */
function takenFrom(text) {
  const plain = text.replace(/^\ufeff/, "").replace(/^[\s\x1e]+/, "");
  if (/^[{[]/.test(plain)) {
    const found = foundInGeoJson(plain);
    if (!found) throw new NoTracks(gettext("This GeoJSON file is damaged: it is not valid JSON."));
    return taken(found);
  }
  const xml = readXml(text.replace(/^\ufeff/, ""));
  const reader = xml && READERS[xml.root.name];
  if (!xml || !reader) throw new NoTracks(gettext("This is no file of tracks that can be read: GPX, KML, KMZ, TCX, FIT or GeoJSON."));
  if (xml.damagedLine === null) return taken(reader(xml.root));
  const where = { kind: NAMES[xml.root.name] ?? "", line: xml.damagedLine };
  const kept = gettext("Damaged %(kind)s, line %(line)s: what stands before it is on the poster.", where);
  return taken(reader(xml.root), kept, gettext("Damaged %(kind)s, line %(line)s: nothing before it can be drawn.", where));
}

/**
 * @param {Found} found
 * @param {string} [note] what there is to say about the file
 * @param {string} [reason] why there may be nothing in it
 * @returns {Taken}
 */
function taken(found, note = "", reason = "") {
  const { tracks, marks, left } = chosen(found);
  if (tracks.length + marks.length === 0) throw new NoTracks(reason || reasonFor(found));
  const notes = note ? [note] : [];
  if (left) notes.push(ngettext("%(number)s short track of this file is left out.", "%(number)s short tracks of this file are left out.", left));
  return { tracks: thinned(tracks), marks, notes };
}

/** @param {Found} found */
function reasonFor({ paths, marks }) {
  if (paths.some(({ parts }) => parts.some(({ length }) => length > 0)) || marks.length > 0) {
    return gettext("No point in this file is a place on earth.");
  }
  return paths.length ? gettext("The tracks in this file are empty.") : gettext("There is no track in this file.");
}
