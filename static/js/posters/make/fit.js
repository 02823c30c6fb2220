// @ts-check
/**
 * Finds the line in a FIT file, which watches write: definitions of messages, each followed by messages of their shape.
 * Only the positions in records and in points of courses are read; https://developer.garmin.com/fit/protocol/
 */

/** @typedef {import("./found.js").Found} Found */
/** @typedef {import("./found.js").Point} Point */
/** @typedef {{kind: number, littleEndian: boolean, bytes: number, places: Map<number, number>}} Shape */

const RECORD = 20;
const COURSE_POINT = 32;
/** The numbers of the fields with degrees north and east, for each kind of message that has them. */
const POSITIONS = new Map([[RECORD, [0, 1]], [COURSE_POINT, [2, 3]]]);
const NOTHING = 0x7fffffff;
const DEGREES_PER_UNIT = 180 / 2 ** 31;

/** @param {Uint8Array} bytes */
export function isFit(bytes) {
  return bytes[8] === 0x2e && String.fromCharCode(...bytes.subarray(9, 12)) === "FIT";
}

/**
 * Reads as far as the file goes.
 * @param {Uint8Array} bytes
 * @returns {Found & {damaged: boolean}}
 */
export function foundInFit(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map([...POSITIONS.keys()].map((kind) => [kind, /** @type {Point[]} */ ([])]));
  const shapes = /** @type {Map<number, Shape>} */ (new Map());
  const end = view.getUint8(0) + view.getUint32(4, true);
  let [at, damaged] = [view.getUint8(0), end > bytes.length];
  try {
    while (at < end) at = message(view, at, shapes, found);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    damaged = true;
  }
  const [records = [], course = []] = [...found.values()];
  return { paths: [{ label: "", parts: [records.length ? records : course] }], marks: [], damaged };
}

/**
 * Reads one message; tells where the next one begins.
 * @param {DataView} view
 * @param {number} at
 * @param {Map<number, Shape>} shapes of messages, by the numbers that they have just now
 * @param {Map<number, Point[]>} found
 */
function message(view, at, shapes, found) {
  const header = view.getUint8(at);
  const compressed = Boolean(header & 0x80);
  const number = compressed ? (header >> 5) & 3 : header & 15;
  if (!compressed && header & 0x40) return define(view, at + 1, Boolean(header & 0x20), number, shapes);
  const shape = shapes.get(number);
  if (!shape) throw new RangeError("a message that was not defined");
  const places = POSITIONS.get(shape.kind)?.map((field) => shape.places.get(field));
  if (places?.[0] !== undefined && places[1] !== undefined) {
    const [north, east] = places.map((place) => view.getInt32(at + 1 + (place ?? 0), shape.littleEndian));
    const known = north !== NOTHING && east !== NOTHING;
    if (known) found.get(shape.kind)?.push([Number(north) * DEGREES_PER_UNIT, Number(east) * DEGREES_PER_UNIT]);
  }
  return at + 1 + shape.bytes;
}

/**
 * @param {DataView} view
 * @param {number} at
 * @param {boolean} extended whether fields of a developer follow
 * @param {number} number
 * @param {Map<number, Shape>} shapes
 */
function define(view, at, extended, number, shapes) {
  const littleEndian = view.getUint8(at + 1) === 0;
  const shape = { kind: view.getUint16(at + 2, littleEndian), littleEndian, bytes: 0, places: new Map() };
  let next = at + 5;
  for (let left = view.getUint8(at + 4); left > 0; left--, next += 3) {
    if (view.getUint8(next + 1) === 4) shape.places.set(view.getUint8(next), shape.bytes);
    shape.bytes += view.getUint8(next + 1);
  }
  if (extended) {
    for (let left = view.getUint8(next++); left > 0; left--, next += 3) shape.bytes += view.getUint8(next + 1);
  }
  shapes.set(number, shape);
  return next;
}
