import assert from "node:assert/strict";
import { test } from "node:test";

import { hashOf, placeOf } from "../../static/js/board/address.js";
import { Camera } from "../../static/js/board/camera.js";
import { Charges } from "../../static/js/board/charges.js";
import { actOf, signOf } from "../../static/js/board/keys.js";
import { Painter } from "../../static/js/board/painter.js";
import { Board } from "../../static/js/board/board.js";
import { agoWords, placedWords, reasonWords } from "../../static/js/board/words.js";

function cameraOn(width, height, view) {
  const camera = new Camera({ width, height }, () => {});
  camera.resize(view);
  camera.fit();
  return camera;
}

test("the whole board fits into the view, whatever its size", () => {
  for (const [width, height] of [[16, 16], [256, 256], [4096, 1000]]) {
    const camera = cameraOn(width, height, { width: 800, height: 600 });
    const corner = camera.toView({ x: 0, y: 0 });
    const end = camera.toView({ x: width, y: height });
    assert.ok(corner.x >= 0 && corner.y >= 0 && end.x <= 800 && end.y <= 600);
  }
});

test("in a view of another size the whole board stays whole, and another place stays in the middle", () => {
  const camera = cameraOn(256, 256, { width: 800, height: 600 });
  camera.resize({ width: 800, height: 300 });
  assert.equal(camera.scale, camera.fitting);
  assert.ok(camera.toView({ x: 0, y: 0 }).y >= 0);
  camera.stand(128, 128, 10);
  camera.resize({ width: 400, height: 600 });
  assert.deepEqual([camera.x, camera.y, camera.scale], [128, 128, 10]);
});

test("zooming keeps what is under the finger where it is", () => {
  const camera = cameraOn(256, 256, { width: 800, height: 600 });
  const at = { x: 420, y: 330 };
  const before = camera.toBoard(at);
  camera.zoom(3.7, at);
  const after = camera.toBoard(at);
  assert.ok(Math.hypot(after.x - before.x, after.y - before.y) < 1e-9);
});

test("dragging moves the board by as much as the finger", () => {
  const camera = cameraOn(256, 256, { width: 800, height: 600 });
  const before = camera.toView({ x: 10, y: 10 });
  camera.drag(30, -20);
  const after = camera.toView({ x: 10, y: 10 });
  assert.deepEqual([after.x - before.x, after.y - before.y].map(Math.round), [30, -20]);
});

test("nobody gets lost: the middle of the view stays on the board, and zoom has its ends", () => {
  const camera = cameraOn(256, 256, { width: 800, height: 600 });
  camera.drag(-1e6, 1e6);
  assert.deepEqual([camera.x, camera.y], [256, 0]);
  camera.zoom(1e9);
  assert.equal(camera.scale, 64);
  camera.zoom(1e-9);
  assert.ok(camera.scale >= 0.5);
});

test("a pixel out of view is brought in, one in view moves nothing", () => {
  const camera = cameraOn(256, 256, { width: 320, height: 320 });
  camera.stand(128, 128, 16);
  camera.reveal({ x: 130, y: 126 });
  assert.deepEqual([camera.x, camera.y], [128, 128]);
  camera.reveal({ x: 150, y: 128 });
  const seen = camera.toView({ x: 150, y: 128 });
  assert.ok(seen.x + 16 <= 320);
});

test("a place in the address is read as it was written", () => {
  assert.deepEqual(placeOf(hashOf({ x: 12.7, y: 40, scale: 7.5 })), { x: 12, y: 40, z: 7.5 });
  assert.deepEqual(placeOf("#x=1&y=2"), { x: 1, y: 2, z: 8 });
  for (const nonsense of ["", "#x=1", "#x=a&y=2", "#elsewhere"]) assert.equal(placeOf(nonsense), null);
});

const iso = (ms) => new Date(ms).toISOString();
const chargesOf = (rule) => new Charges(rule);

test("with nothing left the wait is exact", () => {
  const charges = chargesOf({ cooldown: 5, stack: 3 });
  charges.adopt({ charges: 0, available_at: iso(104_000) }, 100_000);
  const { count, part, waitMs } = charges.state(101_000);
  assert.deepEqual([count, Math.round(part * 100), Math.round(waitMs)], [0, 40, 3000]);
  assert.equal(charges.state(104_000).count, 1);
  assert.equal(charges.state(114_000).count, 3);
});

test("using one counts before the server says so, and giving it back takes that away", () => {
  const charges = chargesOf({ cooldown: 5, stack: 2 });
  charges.take(100_000);
  assert.equal(charges.state(100_000).count, 1);
  charges.adopt({ charges: 1, available_at: iso(100_000) }, 100_100);
  assert.ok(charges.state(100_100).part > 0.01, "what was known of the next one is kept");
  charges.giveBack();
  assert.equal(charges.state(100_200).count, 2);
});

test("the server's count wins over one's own", () => {
  const charges = chargesOf({ cooldown: 5, stack: 4 });
  charges.adopt({ charges: 1, available_at: iso(100_000) }, 100_000);
  assert.equal(charges.state(100_000).count, 1);
  charges.adopt({ charges: 4, available_at: iso(100_000) }, 100_000);
  assert.equal(charges.state(100_000).count, 4);
});

test("the server's clock counts, not this one's, and not what somebody sets this one to meanwhile", (context) => {
  const charges = chargesOf({ cooldown: 5, stack: 1 });
  const serverMs = Date.now() - 3_600_000;
  charges.setClock(iso(serverMs));
  charges.adopt({ charges: 0, available_at: iso(serverMs + 5000) });
  for (const setTo of [serverMs, serverMs + 2 * 3_600_000]) {
    context.mock.timers.enable({ apis: ["Date"], now: setTo });
    const { waitMs } = charges.state();
    assert.ok(waitMs > 4000 && waitMs <= 5000, String(waitMs));
    context.mock.timers.reset();
  }
});

test("without a cooldown one is always ready", () => {
  assert.deepEqual(chargesOf({ cooldown: 0, stack: 1 }).state(5), { count: 1, part: 1, waitMs: 0 });
});

const press = (key, held = {}) => ({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });

test("keys do what they are meant to, and leave the browser's own alone", () => {
  const done = [];
  const acts = new Proxy({}, { get: (_, name) => (...values) => done.push([name, ...values]) });
  const keys = [press("ArrowUp"), press("ArrowRight", { shiftKey: true }), press("Enter"), press("+"), press("3"), press("a"), press("Escape")];
  for (const pressed of [...keys, press("z", { ctrlKey: true })]) actOf(pressed, acts)();
  const expected = [["step", 0, -1], ["step", 10, 0], ["place"], ["zoom", 1.5], ["choose", 2], ["choose", 10], ["choose", null], ["undo"]];
  assert.deepEqual(done, expected);
  for (const pressed of [press("Tab"), press("F5"), press("r", { ctrlKey: true }), press("1", { altKey: true })]) {
    assert.equal(actOf(pressed, acts), null);
  }
  assert.equal(new Set(Array.from({ length: 62 }, (_, colour) => signOf(colour))).size, 62);
});

const palette = ["#ffffff", "#be0039"].map((color, index) => ({ name: `Paint ${index}`, color }));

/** A painter before a server that answers with what it is given, in turn. */
function studio(answers) {
  const board = new Board({ width: 4, height: 4, palette });
  const charges = new Charges({ cooldown: 5, stack: 2 });
  const sent = [];
  const refused = [];
  const send = async (request) => {
    sent.push(request);
    assert.equal(board.shown(5), 1, "it is seen before the answer");
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const painter = new Painter({ board, charges, send, seenSeq: () => 0, onChange: () => {}, onPlaced: () => {}, onRefused: (words) => refused.push(words) });
  return { board, charges, painter, sent, refused };
}

const refusal = (ack) => Object.assign(new Error("refused"), { ack });

test("a refused pixel is taken back, with the reason, and the wait is the server's", async () => {
  const later = iso(Date.now() + 4000);
  const { board, charges, painter, refused } = studio([refusal({ reason: "cooldown", available_at: later })]);
  await painter.place(1, 1, 1);
  assert.equal(board.shown(5), 0);
  assert.match(refused[0], /ready in [34] s/);
  assert.equal(charges.state().count, 0);
});

test("a pixel without an answer is sent again as the same one", async () => {
  const { board, painter, sent, refused } = studio([new Error("timeout"), { seq: 3, charges: 1, available_at: iso(Date.now()) }]);
  await painter.place(1, 1, 1);
  assert.equal(sent.length, 2);
  assert.equal(sent[0].request_id, sent[1].request_id);
  assert.deepEqual(refused, []);
  assert.equal(board.shown(5), 1);
});

test("a pixel that never arrives is taken back and costs nothing", async () => {
  const { board, charges, painter, sent, refused } = studio(Array.from({ length: 3 }, () => new Error("timeout")));
  await painter.place(1, 1, 1);
  assert.equal(sent.length, 3);
  assert.equal(board.shown(5), 0);
  assert.equal(charges.state().count, 2);
  assert.match(refused[0], /no connection/);
});

test("what is known to be in vain is not sent", async () => {
  const { charges, painter, sent, refused } = studio([]);
  await painter.place(1, 1, 0);
  await painter.place(9, 1, 1);
  charges.take();
  charges.take();
  await painter.place(1, 1, 1);
  assert.equal(sent.length, 0);
  assert.equal(refused.length, 3);
});

test("facts are put into words", () => {
  const now = Date.parse("2026-05-01T12:00:00Z");
  assert.equal(agoWords("2026-05-01T11:59:50Z", now), "just now");
  assert.equal(agoWords("2026-05-01T11:45:00Z", now), "15 minutes ago");
  assert.equal(agoWords("2026-04-30T11:00:00Z", now), "yesterday");
  const pixel = { user_id: "abcdef", timestamp: "2026-05-01T11:45:00Z", history: [{ kind: "place" }, { kind: "place" }] };
  assert.equal(placedWords(pixel, "abcdef", now), "By you, 15 minutes ago, over 1 older");
  assert.equal(placedWords(pixel, "other", now), "By visitor abcd, 15 minutes ago, over 1 older");
  assert.equal(placedWords({ user_id: null, timestamp: null, history: [] }, "", now), "Nobody has painted here yet.");
  for (const reason of ["bad_color", "read_only", "rate_limited", "banned", "protected", "painted_over", "too_late", "new_season", "out_of_bounds"]) {
    assert.doesNotMatch(reasonWords({ reason }, now), /undefined|refused this pixel/);
  }
});

test("a server whose clock was put on keeps nobody waiting for an hour", () => {
  const charges = new Charges({ cooldown: 5, stack: 1 });
  charges.adopt({ charges: 0, available_at: new Date(3_600_000 + 5_000).toISOString() }, 0);
  assert.equal(charges.state(0).waitMs, 60_000);
  charges.setRule({ cooldown: 3600, stack: 2 });
  charges.adopt({ charges: 0, available_at: new Date(3_600_000).toISOString() }, 0);
  assert.equal(charges.state(0).waitMs, 3_600_000);
});
