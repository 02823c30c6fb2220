// @ts-check
/** Holds changes back while somebody reads further down, and says how many posters are waiting. */

import { calm } from "../web/dom.js";
import { ngettext } from "../web/language.js";

const TOP_PX = 240;

export class Pill {
  /** @type {Map<unknown, () => void>} */
  #waiting = new Map();
  #posters = 0;

  /** @param {HTMLButtonElement} button */
  constructor(button) {
    this.button = button;
    button.addEventListener("click", () => this.#goUp());
    addEventListener("scroll", () => this.#atTop() && this.#release(), { passive: true });
  }

  /**
   * Makes a change now, or once the reader is back at the top.
   * @param {() => void} change
   * @param {{posters?: number, key?: unknown}} [options] how many posters it brings; of one key only the last change waits
   */
  change(change, { posters = 0, key = change } = {}) {
    if (this.#atTop()) {
      change();
      return;
    }
    this.#waiting.set(key, change);
    this.#posters += posters;
    this.#show();
  }

  #show() {
    this.button.hidden = this.#posters === 0;
    this.button.textContent = ngettext("%(number)s new", "%(number)s new ones", this.#posters);
  }

  #atTop() {
    return scrollY < TOP_PX;
  }

  #goUp() {
    scrollTo({ top: 0, behavior: calm() ? "instant" : "smooth" });
  }

  #release() {
    if (this.#waiting.size === 0) return;
    const changes = this.#waiting.values();
    this.#waiting = new Map();
    this.#posters = 0;
    this.#show();
    for (const change of changes) change();
  }
}
