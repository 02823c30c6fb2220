// @ts-check
/** A screen on a wall: one poster after the other, the newest as soon as it comes, and nobody to press reload. */

import { all, find } from "../lib/dom.js";

const SHOWN_MS = 12_000;
const RELOAD_MS = 6 * 3600_000;
const KEPT = 60;

/** @param {HTMLElement} list */
export function startKiosk(list) {
  /** @type {HTMLElement | null} */
  let shown = null;

  /** @param {HTMLElement | null} card */
  const show = (card) => {
    shown?.classList.remove("shown");
    card?.classList.add("shown");
    shown = card;
  };
  const next = () => {
    const cards = all("[data-poster]", list);
    const index = shown ? cards.indexOf(shown) : -1;
    show(cards[(index + 1) % Math.max(cards.length, 1)] ?? null);
    for (const old of cards.slice(KEPT)) if (old !== shown) old.remove();
  };

  new MutationObserver(() => {
    const newest = find("[data-poster].new", list);
    if (newest && newest !== shown) {
      newest.classList.remove("new");
      show(newest);
    }
  }).observe(list, { childList: true });
  next();
  setInterval(next, SHOWN_MS);
  setInterval(() => navigator.onLine && location.reload(), RELOAD_MS);
}
