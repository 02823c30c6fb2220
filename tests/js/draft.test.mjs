import assert from "node:assert/strict";
import { test } from "node:test";

import { forgetDraft, keepDraft, keptDraft } from "../../static/js/posters/make/draft.js";

const DAY_MS = 24 * 3600 * 1000;

/** @type {Map<string, string>} */
const kept = new Map();
globalThis.document = { querySelector: () => null };
globalThis.localStorage = {
  getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
  setItem: (/** @type {string} */ key, /** @type {string} */ value) => kept.set(key, value),
  removeItem: (/** @type {string} */ key) => kept.delete(key),
};

test("a design is there after most of a year, and each visit makes it a year again", () => {
  keepDraft("Helsinki", "city=Helsinki", 0);
  assert.equal(keptDraft(365, 300 * DAY_MS)?.query, "city=Helsinki");
  assert.equal(keptDraft(365, 600 * DAY_MS)?.city, "Helsinki");
  assert.equal(keptDraft(365, 966 * DAY_MS), null);
  assert.equal(kept.size, 0, "what is too old is forgotten");
});

test("there is one, of a bounded length, and none after the poster is made", () => {
  keepDraft("Helsinki", "city=Helsinki", 0);
  keepDraft("Turku", "city=Turku", 1);
  keepDraft("Oulu", "x".repeat(5000), 2);
  keepDraft("", "city=", 3);
  assert.equal(keptDraft(365, 4)?.city, "Turku");
  assert.equal(kept.size, 1);
  forgetDraft();
  assert.equal(keptDraft(365, 5), null);
});

test("a clock that is set back loses no design and keeps none for longer", () => {
  keepDraft("Helsinki", "city=Helsinki", 1000 * DAY_MS);
  assert.equal(keptDraft(365, 0)?.city, "Helsinki");
  assert.equal(keptDraft(365, 366 * DAY_MS), null);
});

test("what somebody else wrote there, and a browser that keeps nothing, do no harm", () => {
  for (const text of ["", "no json", "[]", '{"query": 7}', "null"]) {
    kept.set("draft:", text);
    assert.equal(keptDraft(365, 0), null);
  }
  globalThis.localStorage = { getItem: () => { throw new Error("denied"); }, setItem: () => { throw new Error("full"); } };
  keepDraft("Helsinki", "city=Helsinki", 0);
  assert.equal(keptDraft(365, 0), null);
  forgetDraft();
});
