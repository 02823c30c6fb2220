// @ts-check
/** How long the script works for a frame, so that a slow board shows in numbers; a browser test prints them. */

const KEPT = 120;

export class FrameTimes {
  #times = new Float64Array(KEPT);
  #count = 0;

  /**
   * Takes the time of a frame; says the figures of the last frames once there are enough new ones.
   * @param {number} ms
   * @returns {string} such as "p50 0.4 p95 1.2 max 3.0", or ""
   */
  note(ms) {
    this.#times[this.#count++ % KEPT] = ms;
    if (this.#count % (KEPT / 4)) return "";
    const sorted = this.#times.slice(0, Math.min(this.#count, KEPT)).sort();
    const at = (/** @type {number} */ part) => sorted[Math.ceil(part * sorted.length) - 1].toFixed(1);
    return `p50 ${at(0.5)} p95 ${at(0.95)} max ${at(1)}`;
  }
}
