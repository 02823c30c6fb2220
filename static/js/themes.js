// @ts-check
/** Finds themes by name or mood as one types. */

import { all, need } from "./lib/dom.js";

const field = need("[data-theme-search]");
const input = /** @type {HTMLInputElement} */ (need("input", field));
const nothing = need("[data-no-theme]");

field.hidden = false;
input.addEventListener("input", () => {
  const words = input.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const cards = all("[data-words]");
  for (const card of cards) card.hidden = !words.every((word) => card.dataset.words?.includes(word));
  nothing.hidden = cards.some((card) => !card.hidden);
});
