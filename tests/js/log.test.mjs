import assert from "node:assert/strict";
import { test } from "node:test";

import { StreamLog } from "../../static/js/web/log.js";

/** @param {number} seq */
const event = (seq) => ({ seq, event: "gallery:poster_added", payload: { poster: { id: `p${seq}` } } });

/** @param {{seq: number}} event */
const spanOf = ({ seq }) => ({ first: seq, last: seq });

function logAt(seq, epoch = "e1") {
  const applied = [];
  return { applied, log: new StreamLog({ epoch, seq }, spanOf, (got) => applied.push(got.seq)) };
}

test("events are applied in their order, each once", () => {
  const { log, applied } = logAt(4);
  assert.ok(log.receive(event(5)));
  assert.ok(log.receive(event(5)));
  assert.ok(log.receive(event(3)));
  assert.ok(log.receive(event(6)));
  assert.deepEqual(applied, [5, 6]);
});

test("a missing event is noticed and nothing after it is applied", () => {
  const { log, applied } = logAt(4);
  assert.equal(log.receive(event(6)), false);
  assert.deepEqual(applied, []);
  assert.equal(log.seq, 4);
});

test("what comes during a catch-up waits for what was missed", () => {
  const { log, applied } = logAt(4);
  log.hold();
  assert.ok(log.receive(event(7)));
  assert.deepEqual(applied, []);
  assert.ok(log.release([event(5), event(6), event(7)]));
  assert.deepEqual(applied, [5, 6, 7]);
});

test("a gap that the catch-up leaves is told", () => {
  const { log, applied } = logAt(4);
  log.hold();
  log.receive(event(8));
  assert.equal(log.release([event(5)]), false);
  assert.deepEqual(applied, [5]);
});

test("after a change of epoch the numbers begin anew, also for what waited", () => {
  const { log, applied } = logAt(900);
  log.hold();
  log.receive(event(3));
  log.receive(event(2));
  assert.ok(log.restart({ epoch: "e2", seq: 2 }));
  assert.equal(log.epoch, "e2");
  assert.deepEqual(applied, [3]);
});
