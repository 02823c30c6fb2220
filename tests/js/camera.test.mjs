import assert from "node:assert/strict";
import { test } from "node:test";

import { Camera } from "../../static/js/posters/view/camera.js";

const TILES = { width: 3600, height: 4800, tile_size: 512, overlap: 1, min_level: 9, max_level: 13, tile_url: "" };
const look = () => new Camera(TILES, { width: 900, height: 800 });

test("one begins with all of the poster, in the middle, in tiles no finer than the screen", () => {
  const camera = look();
  assert.equal(camera.scale, 800 / 4800);
  assert.deepEqual([camera.x, camera.y], [150, 0]);
  assert.equal(camera.level(1), 11);
  assert.equal(camera.seen(11).length, 2 * 3, "900 by 1200 pixels");
});

test("tiles lie edge to edge, and overlap by their overlap", () => {
  const camera = look();
  const [first, second] = camera.seen(11);
  const pixel = camera.scale * 4;
  assert.ok(Math.abs(second.x - (first.x + 511 * pixel)) < 1e-9);
  assert.ok(Math.abs(first.width - 513 * pixel) < 1e-9, "the first has a neighbour on one side only");
  const last = camera.seen(11).at(-1);
  assert.ok(Math.abs(last.x + last.width - (150 + 600)) < 1e-9, "the last ends where the poster does");
});

test("what is under the pointer stays there when one comes nearer", () => {
  const camera = look();
  const under = (300 - camera.x) / camera.scale;
  camera.zoom(4, 300, 400);
  assert.ok(Math.abs((300 - camera.x) / camera.scale - under) < 1e-6);
  assert.ok(camera.seen(camera.level(1)).length < 20, "only what is in sight");
});

test("nobody gets lost: neither too near, nor too far, nor beside the poster", () => {
  const camera = look();
  camera.zoom(1000, 0, 0);
  assert.equal(camera.scale, 2);
  assert.equal(camera.level(1), 13);
  camera.pan(-1e6, 1e6);
  assert.deepEqual([camera.x, camera.y], [900 - 7200, 0]);
  camera.zoom(1e-6, 0, 0);
  assert.deepEqual([camera.scale, camera.x, camera.y], [800 / 4800, 150, 0]);
});

test("two fingers that part bring the poster nearer", () => {
  const camera = look();
  camera.follow([{ x: 400, y: 400 }, { x: 500, y: 400 }], [{ x: 350, y: 400 }, { x: 550, y: 400 }]);
  assert.ok(Math.abs(camera.scale - (2 * 800) / 4800) < 1e-9);
});
