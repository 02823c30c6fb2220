// @ts-check
/** The binary frame that carries placed pixels; docs/canvas.md describes it, and tests/data/canvas_frames.json holds examples. */

const VERSION = 1;
const HEADER_BYTES = 15;
const PIXEL_BYTES = 4;

/**
 * Pixel `i` was placed with the sequence number `firstSeq + i`.
 * @typedef {{ epoch: number, firstSeq: number, lastSeq: number, cells: Uint32Array, colours: Uint8Array }} PixelFrame
 */

/**
 * Read a frame.
 * @param {ArrayBuffer | Uint8Array} frame what the event `canvas:pixels` or the answer to `canvas:join` carries
 * @returns {PixelFrame}
 * @throws {RangeError} when it is not one
 */
export function decodeFrame(frame) {
  const bytes = frame instanceof Uint8Array ? frame : new Uint8Array(frame);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = checkedCount(view);
  const firstSeq = Number(view.getBigUint64(5, true));
  const cells = new Uint32Array(count);
  const colours = new Uint8Array(count);
  for (let i = 0; i < count; i += 1) {
    const pixel = view.getUint32(HEADER_BYTES + i * PIXEL_BYTES, true);
    cells[i] = pixel >>> 8;
    colours[i] = pixel & 0xff;
  }
  return { epoch: view.getUint32(1, true), firstSeq, lastSeq: firstSeq + count - 1, cells, colours };
}

/**
 * @param {DataView} view
 * @returns {number} how many pixels the frame has
 */
function checkedCount(view) {
  if (view.byteLength < HEADER_BYTES) throw new RangeError(`a frame of ${view.byteLength} bytes has no header`);
  if (view.getUint8(0) !== VERSION) throw new RangeError(`the frame's version ${view.getUint8(0)} is not known`);
  const count = view.getUint16(13, true);
  if (view.byteLength !== HEADER_BYTES + count * PIXEL_BYTES) {
    throw new RangeError(`the frame promises ${count} pixels and has ${view.byteLength - HEADER_BYTES} bytes of them`);
  }
  return count;
}

/**
 * Which numbers of the log a frame has.
 * @param {PixelFrame} frame
 * @returns {import("../web/log.js").Span}
 */
export function spanOf({ epoch, firstSeq: first, lastSeq: last }) {
  return { epoch, first, last };
}
