import assert from "node:assert/strict";
import { test } from "node:test";

import { StreamLog } from "../../static/js/web/log.js";
import { WallSync, difference } from "../../static/js/wall/sync.js";

const event = (seq) => ({ seq, event: "gallery:poster_added", payload: {} });

/** A wall on a server that answers joins one after the other with what it is given. */
function stage(acks, pages = []) {
  const applied = [];
  const asked = [];
  const replaced = [];
  const log = new StreamLog({ epoch: "e1", seq: 4 }, ({ seq }) => ({ first: seq, last: seq }), (got) => applied.push(got.seq));
  const sync = new WallSync({
    log,
    join: async (position) => {
      asked.push(position);
      return acks.shift()(log);
    },
    fetchWall: async () => pages.shift()(log),
    replace: (page) => replaced.push(page.seq),
  });
  return { applied, asked, replaced, log, sync };
}

test("a client that missed nothing applies nothing", async () => {
  const { sync, applied, asked } = stage([() => ({ outcome: "current" })]);
  await sync.run();
  assert.deepEqual(asked, [{ epoch: "e1", seq: 4 }]);
  assert.deepEqual(applied, []);
});

test("a replay is applied before what came meanwhile", async () => {
  const { sync, applied } = stage([
    (log) => {
      log.receive(event(6));
      return { outcome: "replay", events: [event(5), event(6)] };
    },
  ]);
  await sync.run();
  assert.deepEqual(applied, [5, 6]);
});

test("a refetch replaces the wall and keeps what came during it", async () => {
  const { sync, applied, replaced, log } = stage(
    [() => ({ outcome: "refetch" })],
    [
      (log) => {
        log.receive(event(2));
        log.receive(event(3));
        return { posters: [], epoch: "e2", seq: 2 };
      },
    ],
  );
  await sync.run();
  assert.deepEqual(replaced, [2]);
  assert.deepEqual(applied, [3]);
  assert.equal(log.epoch, "e2");
});

test("a gap that is left makes it ask again", async () => {
  const { sync, applied, asked } = stage([
    (log) => {
      log.receive(event(7));
      return { outcome: "replay", events: [event(5)] };
    },
    () => ({ outcome: "replay", events: [event(6), event(7)] }),
  ]);
  await sync.run();
  assert.deepEqual(asked.map(({ seq }) => seq), [4, 5]);
  assert.deepEqual(applied, [5, 6, 7]);
});

test("of several wishes at once one more run follows, not several", async () => {
  const { sync, asked } = stage([() => ({ outcome: "current" }), () => ({ outcome: "current" })]);
  const first = sync.run();
  void sync.run();
  void sync.run();
  await first;
  assert.equal(asked.length, 2);
});

test("a failed catch-up can be repeated", async () => {
  const { sync, applied } = stage([
    () => {
      throw new Error("no answer");
    },
    () => ({ outcome: "replay", events: [event(5)] }),
  ]);
  await assert.rejects(sync.run());
  await sync.run();
  assert.deepEqual(applied, [5]);
});

test("older posters stay where the fetched wall overlaps with what hangs", () => {
  assert.deepEqual(difference(["d", "c", "b", "a"], ["e", "d", "b"]), { reset: false, add: ["e"], remove: ["c"] });
});

test("without an overlap everything is replaced", () => {
  assert.deepEqual(difference(["b", "a"], ["z", "y"]), { reset: true, add: ["z", "y"], remove: ["b", "a"] });
});
