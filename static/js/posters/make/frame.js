// @ts-check
/** Moves the page to the tracks on it, and again when less of them is to be seen. */

import { pageAround } from "./tracks.js";

/** @typedef {import("./design.js").Design} Design */
/** @typedef {{latitude: number | null, longitude: number | null, distance: number}} Page */

/** @param {Page} page */
function nameOf({ latitude, longitude, distance }) {
  return [latitude, longitude, distance].join();
}

export class Frame {
  /** The page that was fitted last. */
  #fitted = "";

  /**
   * @param {object} workbench
   * @param {() => Design} workbench.get
   * @param {() => number} workbench.shape width divided by height of the paper
   * @param {[least: number, most: number]} workbench.distancesM
   * @param {(page: {latitude: number, longitude: number, distance: number}) => void} workbench.go
   */
  constructor({ get, shape, distancesM, go }) {
    this.get = get;
    this.shape = shape;
    this.distancesM = distancesM;
    this.go = go;
  }

  /** Brings all tracks into view. */
  fit() {
    const [least, most] = this.distancesM;
    const { tracks, hide_ends_m: hiddenM } = this.get();
    const { distance, ...middle } = pageAround([...tracks], this.shape(), hiddenM);
    const page = { ...middle, distance: Math.round(Math.max(least, Math.min(most, distance))) };
    this.#fitted = nameOf(page);
    this.go(page);
  }

  /** Fits a page anew that nobody has moved since: one that still fits would tell how far the tracks go. */
  fitAgain() {
    if (this.get().tracks.length && this.#fitted === nameOf(this.get())) this.fit();
  }
}
