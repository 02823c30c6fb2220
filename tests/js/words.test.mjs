import assert from "node:assert/strict";
import { test } from "node:test";

import { stepStates, timeLeft } from "../../static/js/posters/job/progress.js";
import { createStore } from "../../static/js/web/store.js";
import { coordinateWords, distanceWords, peopleWords, queueWords, remainingWords } from "../../static/js/web/words.js";

test("distances are said as people say them", () => {
  assert.deepEqual([500, 4000, 12_500].map(distanceWords), ["500 m", "4 km", "12.5 km"]);
});

test("coordinates name the half of the earth instead of a sign", () => {
  assert.equal(coordinateWords(-33.8688, -70.5), "33.869° S 70.500° W");
  assert.equal(coordinateWords(60.1715, 24.9443), "60.172° N 24.944° E");
});

test("crowds are rounded", () => {
  assert.deepEqual([850, 658_864, 21_900_000].map(peopleWords), ["850 people", "659 thousand", "21.9 million"]);
});

test("the time left is never promised to the second", () => {
  assert.deepEqual([2, 12, 60, 200].map(remainingWords), [
    "Any moment now.",
    "About 15 seconds left.",
    "About 1 minute left.",
    "About 3 minutes left.",
  ]);
  assert.equal(timeLeft("2026-01-19T15:30:30Z", Date.parse("2026-01-19T15:30:00Z")), "About 30 seconds left.");
  assert.equal(timeLeft(undefined, 0), "");
});

test("the queue is counted from those before", () => {
  assert.deepEqual([1, 2, 5].map(queueWords), ["It is the next one.", "1 before it.", "4 before it."]);
});

test("one step is at work, those before it are done, and none while the job waits", () => {
  assert.deepEqual(stepStates([2, 40, 97, 100], 40, false), ["done", "done", "now", ""]);
  assert.deepEqual(stepStates([2, 40, 97, 100], 0, true), ["", "", "", ""]);
});

test("a store tells changes and keeps quiet about none", () => {
  const heard = [];
  const store = createStore({ a: 1, b: 2 });
  store.subscribe((now, before) => heard.push([now.a, before.a]));
  store.set({ a: 1 });
  store.set({ a: 3 });
  assert.deepEqual(heard, [[3, 1]]);
  assert.deepEqual(store.get(), { a: 3, b: 2 });
});
