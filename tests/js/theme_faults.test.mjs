import assert from "node:assert/strict";
import { test } from "node:test";

import { faultWords } from "../../static/js/themes/theme_faults.js";

const nameOf = (/** @type {string} */ key) => ({ bg: "Paper", road_default: "Paths and the rest" })[key] ?? key;

test("colours are called as the page calls them", () => {
  assert.equal(
    faultWords("“road_default” and “bg” look too much alike.", nameOf),
    "“Paths and the rest” and “Paper” look too much alike.",
  );
  assert.equal(
    faultWords("The text is hard to read on “bg”: contrast 1.2, at least 4.5 is needed.", nameOf),
    "The text is hard to read on “Paper”: contrast 1.2, at least 4.5 is needed.",
  );
});

test("a sentence that is not known is said as it came", () => {
  assert.equal(faultWords("The moon is too bright.", nameOf), "The moon is too bright.");
});
