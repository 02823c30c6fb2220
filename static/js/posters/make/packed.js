// @ts-check
/** Unpacks files that hold another: KMZ and other ZIP archives, and gzip. What comes out is bounded, whatever a file says. */

import { gettext } from "../../web/language.js";

const READABLE = /\.(?:kml|gpx|tcx|fit|geojson|json)$/i;
const END_BYTES = 22;
const END_COMMENT_MAX_BYTES = 65_535;
const STORED = 0;
const DEFLATED = 8;

/** @param {Uint8Array} bytes */
function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Gives the file that lies in another, or the file itself if it is not packed.
 * @param {Uint8Array} bytes
 * @param {number} mostBytes
 */
export async function unpacked(bytes, mostBytes) {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return inflated(bytes, "gzip", mostBytes);
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4) return fromZip(bytes, mostBytes);
  return bytes;
}

/** @param {Uint8Array} bytes @param {number} mostBytes */
async function fromZip(bytes, mostBytes) {
  const entry = entriesOf(bytes).find(({ name }) => READABLE.test(name));
  if (!entry) throw new Error(gettext("There is no track in this archive."));
  const view = viewOf(bytes);
  const start = entry.offset + 30 + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true);
  const packed = bytes.subarray(start, start + entry.size);
  if (entry.method === STORED) return packed;
  if (entry.method !== DEFLATED) throw new Error(gettext("This archive is packed in a way that cannot be read."));
  return inflated(packed, "deflate-raw", mostBytes);
}

/** Reads the list of files at the end of an archive. @param {Uint8Array} bytes */
function entriesOf(bytes) {
  const view = viewOf(bytes);
  let end = bytes.length - END_BYTES;
  const least = Math.max(0, end - END_COMMENT_MAX_BYTES);
  while (end >= least && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < least) throw new RangeError("no end");
  const entries = [];
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0 && view.getUint32(at, true) === 0x02014b50; left--) {
    const nameBytes = view.getUint16(at + 28, true);
    entries.push({
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameBytes)),
      method: view.getUint16(at + 10, true),
      size: view.getUint32(at + 20, true),
      offset: view.getUint32(at + 42, true),
    });
    at += 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

/**
 * @param {Uint8Array} bytes
 * @param {"gzip" | "deflate-raw"} format
 * @param {number} mostBytes
 */
async function inflated(bytes, format, mostBytes) {
  const reader = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new DecompressionStream(format)).getReader();
  const pieces = /** @type {Uint8Array<ArrayBuffer>[]} */ ([]);
  let length = 0;
  for (let { done, value } = await reader.read(); !done && value; { done, value } = await reader.read()) {
    length += value.length;
    if (length > mostBytes) {
      await reader.cancel();
      throw new Error(gettext("This file is too large: 30 MB at most."));
    }
    pieces.push(value);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}
