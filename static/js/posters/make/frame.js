// @ts-check
/** Moves the page to the tracks on it, and again when less of them is to be seen. */

import { pageAround } from "./around.js";

/** @typedef {import("./design.js").Design} Design */
/** @typedef {{latitude: number | null, longitude: number | null, distance: number}} Page */

/** @typedef {import("./found.js").Point} Point */

/** The lettering with its usual lines takes this share of the height of a page of 12 x 16 in, and grows with a page's sides. */
const LETTERED = 0.22;
const MODEL_SHAPE = 0.75;

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
    const { tracks, markers, rotation, hide_ends_m: hiddenM } = this.get();
    const marks = markers.map(({ latitude, longitude }) => ({ label: "", points: [/** @type {Point} */ ([latitude, longitude])] }));
    const shape = this.shape();
    const lettered = LETTERED * Math.min(1, shape / MODEL_SHAPE);
    const { distance, ...middle } = pageAround(tracks.length ? [...tracks] : marks, shape, hiddenM, { lettered, rotation, leastM: least });
    const page = { ...middle, distance: Math.round(Math.min(most, distance)) };
    this.#fitted = nameOf(page);
    this.go(page);
  }

  /** Fits a page anew that nobody has moved since: one that still fits would tell how far the tracks go. */
  fitAgain() {
    if (this.get().tracks.length && this.#fitted === nameOf(this.get())) this.fit();
  }
}
