// @ts-check
/** The ring that fills until the next pixel is ready, with a dot for each that one has in hand. */

import { make, need } from "../web/dom.js";
import { gettext, ngettext } from "../web/language.js";

const STEP_MS = 100;

export class Ring {
  #timer = 0;

  /**
   * @param {HTMLElement} element
   * @param {HTMLElement} words
   * @param {import("./charges.js").Charges} charges
   * @param {() => void} onReady a pixel is ready again
   */
  constructor(element, words, charges, onReady) {
    this.element = element;
    this.words = words;
    this.charges = charges;
    this.onReady = onReady;
    this.empty = false;
  }

  /** Shows the charges, and goes on until all are back. */
  show() {
    clearTimeout(this.#timer);
    const { count, part, waitMs } = this.charges.state();
    this.element.style.setProperty("--part", part.toFixed(3));
    need("[data-count]", this.element).textContent = count ? String(count) : String(Math.ceil(waitMs / 1000));
    this.#showDots(count);
    if (this.empty && count) this.onReady();
    this.empty = count === 0;
    const words = count ? ngettext("A pixel is ready", "%(number)s pixels are ready", count) : gettext("The paint is drying");
    if (this.words.textContent !== words) this.words.textContent = words;
    if (part < 1) this.#timer = setTimeout(() => this.show(), STEP_MS);
  }

  /** @param {number} count */
  #showDots(count) {
    const dots = need("[data-dots]", this.element);
    const { stack } = this.charges;
    if (dots.children.length !== stack) dots.replaceChildren(...Array.from({ length: stack }, () => make("span")));
    for (const [index, dot] of [...dots.children].entries()) dot.classList.toggle("full", index < count);
    this.element.classList.toggle("empty", !count);
    dots.hidden = stack < 2 || stack > 12;
  }
}
