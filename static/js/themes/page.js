// @ts-check
/** Finds themes by name or mood, and by kind, as one types and chooses. */

import { all, find, need } from "../web/dom.js";

const tools = need("[data-theme-search]");
const input = /** @type {HTMLInputElement} */ (need("input[type=search]", tools));
const nothing = need("[data-no-theme]");

function show() {
  const words = input.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const kind = find("[name=kind]:checked", tools)?.getAttribute("value") ?? "";
  const cards = all("[data-words]");
  for (const card of cards) {
    const kinds = card.dataset.kinds?.split(" ") ?? [];
    card.hidden = !words.every((word) => card.dataset.words?.includes(word)) || (kind !== "" && !kinds.includes(kind));
  }
  nothing.hidden = cards.some((card) => !card.hidden);
}

tools.hidden = false;
tools.addEventListener("input", show);
show();
