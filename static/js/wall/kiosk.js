// @ts-check
/** A screen on a wall: one poster after the other, the newest as soon as it comes, and nobody to press reload. */

import { all, find, need } from "../web/dom.js";

const SHOWN_MS = 12_000;
const RELOAD_MS = 6 * 3600_000;
const KEPT = 60;
/** As long as one poster fades into the other. */
const FADE_MS = 1000;
/** 18 × 24 inches at 300 DPI: for a larger one a small computer behind a screen has not the memory. */
const FINE_MAX_PIXELS = 40_000_000;

/** @param {HTMLElement} card */
function pictureOf(card) {
  const image = /** @type {HTMLImageElement} */ (need("img", card));
  return { image, width: Number(image.getAttribute("width")), height: Number(image.getAttribute("height")) };
}

/** Shows the poster itself once it is there, where the screen is finer than the preview. @param {HTMLElement} card */
async function sharpen(card) {
  const { image, width, height } = pictureOf(card);
  const { file } = image.dataset;
  if (!file || width * height > FINE_MAX_PIXELS || image.clientWidth * devicePixelRatio <= image.naturalWidth) return;
  const poster = new Image();
  poster.src = file;
  await poster.decode();
  image.dataset.preview = image.src;
  image.src = file;
}

/** Gives the poster's memory back. @param {HTMLElement} card */
function soften(card) {
  const { image } = pictureOf(card);
  if (image.dataset.preview) image.src = image.dataset.preview;
}

class Kiosk {
  /** @type {HTMLElement | null} */
  #shown = null;
  #timer = 0;

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
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.next(), SHOWN_MS);
    const old = this.#shown;
    this.#shown = card;
    if (old === card) return;
    old?.classList.remove("shown");
    if (old) setTimeout(() => soften(old), FADE_MS);
    if (!card) return;
    const { width, height } = pictureOf(card);
    card.style.setProperty("--shape", String(width / height));
    card.classList.add("shown");
    sharpen(card).catch(() => {}); // the preview hangs already
  }
}

/** @param {HTMLElement} list */
export function startKiosk(list) {
  const kiosk = new Kiosk(list);
  new MutationObserver(() => kiosk.showNewest()).observe(list, { childList: true });
  kiosk.next();
  setInterval(() => navigator.onLine && location.reload(), RELOAD_MS);
}
