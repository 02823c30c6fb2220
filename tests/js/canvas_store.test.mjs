import assert from "node:assert/strict";
import { test } from "node:test";

import { Board, rgbaOf } from "../../static/js/board/board.js";
import { spanOf } from "../../static/js/board/codec.js";
import { StreamLog } from "../../static/js/web/log.js";

const palette = [{ name: "White", color: "#ffffff" }, { name: "Red", color: "#be0039" }, { name: "Sky", color: "#51e9f4" }];
const board = () => new Board({ width: 4, height: 3, palette });

const frame = (firstSeq, ...pixels) => ({
  epoch: 7,
  firstSeq,
  lastSeq: firstSeq + pixels.length - 1,
  cells: Uint32Array.from(pixels, ([cell]) => cell),
  colours: Uint8Array.from(pixels, ([, colour]) => colour),
});

test("a colour is kept with red in its lowest byte and fully opaque", () => {
  assert.equal(rgbaOf("#be0039"), 0xff3900be);
});

test("placed pixels are seen, and only the rectangle around them is dirty", () => {
  const here = board();
  assert.deepEqual(here.takeDirty(), { left: 0, top: 0, right: 4, bottom: 3 });
  assert.equal(here.takeDirty(), null);
  here.apply(frame(1, [1, 1], [10, 2]), 0);
  assert.deepEqual(here.takeDirty(), { left: 1, top: 0, right: 3, bottom: 3 });
  assert.equal(here.picture[10], rgbaOf("#51e9f4"));
});

test("a wish is seen at once and gone when it is withdrawn", () => {
  const here = board();
  here.apply(frame(1, [5, 2]), 0);
  here.wish("a", 5, 1);
  assert.equal(here.shown(5), 1);
  assert.equal(here.pixels[5], 2);
  here.withdraw("a");
  assert.equal(here.picture[5], rgbaOf("#51e9f4"));
});

test("a wish confirmed before its frame came stays until then; what was placed after it wins", () => {
  const here = board();
  here.wish("a", 5, 1);
  here.confirm("a", 9, 8);
  assert.equal(here.shown(5), 1);
  here.apply(frame(9, [5, 1], [5, 2]), 0);
  assert.equal(here.shown(5), 2);
});

test("a wish confirmed after its frame came goes at once", () => {
  const here = board();
  here.wish("a", 5, 1);
  here.apply(frame(9, [5, 1], [5, 2]), 0);
  assert.equal(here.shown(5), 1);
  here.confirm("a", 9, 10);
  assert.equal(here.shown(5), 2);
});

test("the present goes on beneath a board of the past", () => {
  const here = board();
  assert.equal(here.showPast({ width: 4, height: 3, palette, pixels: new Uint8Array(12).fill(2) }), false);
  here.apply(frame(1, [0, 1]), 0);
  assert.equal(here.picture[0], rgbaOf("#51e9f4"));
  here.showPast(null);
  assert.equal(here.picture[0], rgbaOf("#be0039"));
});

test("a past of another size and other paints is shown as it was, and the present comes back whole", () => {
  const here = board();
  here.apply(frame(1, [11, 1]), 0);
  const past = { width: 2, height: 1, palette: [{ name: "Ink", color: "#101012" }], pixels: new Uint8Array(2) };
  assert.equal(here.showPast(past), true);
  assert.deepEqual([...here.picture], [rgbaOf("#101012"), rgbaOf("#101012")]);
  assert.deepEqual(here.takeDirty(), { left: 0, top: 0, right: 2, bottom: 1 });
  here.apply(frame(2, [10, 2]), 0);
  assert.equal(here.takeDirty(), null);
  assert.ok(here.hasShape({ width: 4, height: 3, palette }));
  assert.equal(here.showPast(null), true);
  assert.equal(here.picture[10], rgbaOf("#51e9f4"));
  assert.equal(here.picture[11], rgbaOf("#be0039"));
  assert.equal(here.inPast, false);
});

test("another season has its own size and paints", () => {
  const here = board();
  assert.ok(here.hasShape({ width: 4, height: 3, palette }));
  const next = { width: 2, height: 2, palette: palette.toReversed() };
  assert.ok(!here.hasShape(next));
  here.reshape(next);
  assert.equal(here.pixels.length, 4);
  assert.throws(() => here.replace(new Uint8Array(12)), /size/);
});

/** A log that stands at 4 and notes the numbers of what it applies. */
function logAt4() {
  const applied = [];
  const log = new StreamLog({ epoch: 7, seq: 4 }, spanOf, ({ firstSeq, cells }, from) => {
    for (let i = from; i < cells.length; i++) applied.push(firstSeq + i);
  });
  return { log, applied };
}

const three = (firstSeq) => frame(firstSeq, [0, 1], [1, 1], [2, 1]);

test("frames are applied in order and no pixel twice", () => {
  const { log, applied } = logAt4();
  assert.ok(log.receive(three(3)));
  assert.ok(log.receive(three(3)));
  assert.ok(log.receive(three(6)));
  assert.deepEqual(applied, [5, 6, 7, 8]);
});

test("a gap is told, and what came after it waits for the replay", () => {
  const { log, applied } = logAt4();
  assert.equal(log.receive(three(6)), false);
  log.hold();
  log.receive(three(9));
  assert.ok(log.release([frame(5, [0, 1], [0, 1], [0, 1], [0, 1])]));
  assert.deepEqual(applied, [5, 6, 7, 8, 9, 10, 11]);
});

test("a frame of another season: a late one is dropped, a new one means that the board is to be fetched", () => {
  const { log, applied } = logAt4();
  assert.ok(log.receive({ ...three(5), epoch: 6 }));
  assert.equal(log.receive({ ...three(5), epoch: 8 }), false);
  assert.deepEqual(applied, []);
});

test("after a refetch what waited goes on from there", () => {
  const { log, applied } = logAt4();
  log.hold();
  log.receive({ ...three(20), epoch: 8 });
  assert.ok(log.restart({ epoch: 8, seq: 20 }));
  assert.deepEqual(applied, [21, 22]);
});
