import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { decodeFrame } from "../../static/js/board/codec.js";

const vectors = JSON.parse(readFileSync(new URL("../data/canvas_frames.json", import.meta.url), "utf8"));

for (const { name, hex, epoch, first_seq: firstSeq, pixels } of vectors.frames) {
  test(`a frame is read: ${name}`, () => {
    const frame = decodeFrame(Buffer.from(hex, "hex"));
    assert.equal(frame.epoch, epoch);
    assert.equal(frame.firstSeq, firstSeq);
    assert.equal(frame.lastSeq, firstSeq + pixels.length - 1);
    assert.deepEqual([...frame.cells].map((cell, i) => [cell, frame.colours[i]]), pixels);
  });
}

test("a frame is read from an ArrayBuffer too, as browsers give it", () => {
  const [, { hex, epoch }] = vectors.frames;
  assert.equal(decodeFrame(new Uint8Array(Buffer.from(hex, "hex")).buffer).epoch, epoch);
});

for (const { name, hex } of vectors.not_frames) {
  test(`what is not a frame is refused: ${name}`, () => {
    assert.throws(() => decodeFrame(Buffer.from(hex, "hex")), RangeError);
  });
}
