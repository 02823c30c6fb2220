import assert from "node:assert/strict";
import { test } from "node:test";

import { timeLeft } from "../../static/js/posters/job/progress.js";
import { learnTime, serverNow } from "../../static/js/web/server_time.js";
import { remembered } from "../../static/js/posters/undo_delete.js";

const HOUR_MS = 3_600_000;

test("how long a job takes is told by the server's clock, not by one that is an hour wrong", () => {
  const server = Date.now() + HOUR_MS;
  learnTime(new Date(server).toISOString());
  assert.ok(Math.abs(serverNow() - server) < 60_000);
  assert.equal(timeLeft(new Date(server + 100_000).toISOString(), serverNow()), timeLeft(new Date(100_000).toISOString(), 0));
});

test("what was taken down is offered for no longer than it waits, though the clock is set back", () => {
  const kept = new Map([["taken-down", JSON.stringify([{ id: "a", name: "A", until: HOUR_MS + 28_000 }])]]);
  globalThis.sessionStorage = {
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => kept.set(key, value),
  };
  assert.equal(remembered(0)[0].until, 28_000);
  assert.equal(remembered(20_000)[0].until, 28_000, "and the wait does not begin anew");
  assert.deepEqual(remembered(28_000), []);
});
