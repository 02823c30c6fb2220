// @ts-check
/** A screen on a wall: one poster after the other, the newest as soon as it comes, and nobody to press reload. */

import { all, find } from "../lib/dom.js";

const SHOWN_MS = 12_000;
const RELOAD_MS = 6 * 3600_000;
const KEPT = 60;

class Kiosk {
  /** @type {HTMLElement | null} */
  #shown = null;

  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
  }

  /** Goes on to the next poster, and lets go of those that hang too far back. */
  next() {
    const cards = all("[data-poster]", this.list);
    const index = this.#shown ? cards.indexOf(this.#shown) : -1;
    this.#show(cards[(index + 1) % Math.max(cards.length, 1)] ?? null);
    for (const old of cards.slice(KEPT)) if (old !== this.#shown) old.remove();
  }

  /** Shows a poster that was hung just now. */
  showNewest() {
    const newest = find("[data-poster].new", this.list);
    if (!newest || newest === this.#shown) return;
    newest.classList.remove("new");
    this.#show(newest);
  }

  /** @param {HTMLElement | null} card */
  #show(card) {
    this.#shown?.classList.remove("shown");
    card?.classList.add("shown");
    this.#shown = card;
  }
}

/** @param {HTMLElement} list */
export function startKiosk(list) {
  const kiosk = new Kiosk(list);
  new MutationObserver(() => kiosk.showNewest()).observe(list, { childList: true });
  kiosk.next();
  setInterval(() => kiosk.next(), SHOWN_MS);
  setInterval(() => navigator.onLine && location.reload(), RELOAD_MS);
}
