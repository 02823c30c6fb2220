// @ts-check
/**
 * How many pixels one may place now, and when the next one is ready, in the server's time. As on the server, all that
 * is kept is the moment at which every charge is back.
 */

/** @typedef {{charges: number, available_at: string}} Allowance */

/** Nobody waits for longer, or for more than so many times what a charge takes: those who are braked wait four times. */
const LONGEST_MS = 60_000;
const LONGEST_WAITS = 4;

export class Charges {
  #fullAtMs = 0;
  /** The server's time at which the page's stopwatch stood at zero: unlike the clock, nobody sets that meanwhile. */
  #zeroMs = performance.timeOrigin;
  intervalMs = 0;
  stack = 1;

  /** @param {{cooldown: number, stack: number}} rule seconds to a charge, and how many may be saved up */
  constructor(rule) {
    this.setRule(rule);
  }

  /** @param {{cooldown: number, stack: number}} rule */
  setRule({ cooldown, stack }) {
    this.intervalMs = cooldown * 1000;
    this.stack = stack;
  }

  /**
   * Learns the server's time.
   * @param {string} serverTime as it is now
   */
  setClock(serverTime) {
    this.#zeroMs = Date.parse(serverTime) - performance.now();
  }

  /** The server's time. */
  now() {
    return this.#zeroMs + performance.now();
  }

  /**
   * Takes over what the server says. Where charges are left it tells how many, not when the next one comes; what was
   * known of that is kept as far as it agrees.
   * @param {Allowance} allowance
   * @param {number} [nowMs] the server's time
   */
  adopt({ charges, available_at: availableAt }, nowMs = this.now()) {
    if (charges === 0) {
      // The server's clock may have been put on since it told its time: it refuses those who come too early anyway.
      const next = Math.min(Date.parse(availableAt), nowMs + Math.max(LONGEST_MS, LONGEST_WAITS * this.intervalMs));
      this.#fullAtMs = next + (this.stack - 1) * this.intervalMs;
      return;
    }
    const missing = this.stack - charges;
    const least = Math.max(0, (missing - 1) * this.intervalMs + 1);
    this.#fullAtMs = nowMs + Math.min(missing * this.intervalMs, Math.max(least, this.#fullAtMs - nowMs));
    if (missing === 0) this.#fullAtMs = 0;
  }

  /**
   * Uses one, before the server has said so.
   * @param {number} [nowMs]
   */
  take(nowMs = this.now()) {
    this.#fullAtMs = Math.max(this.#fullAtMs, nowMs) + this.intervalMs;
  }

  /** Gives one back, because nothing came of it. */
  giveBack() {
    this.#fullAtMs -= this.intervalMs;
  }

  /**
   * What one has now: how many, what part of the next one, and how long until there is one at all.
   * @param {number} [nowMs]
   * @returns {{count: number, part: number, waitMs: number}}
   */
  state(nowMs = this.now()) {
    if (!this.intervalMs) return { count: this.stack, part: 1, waitMs: 0 };
    const missing = Math.max(0, this.#fullAtMs - nowMs) / this.intervalMs;
    const whole = Math.max(0, this.stack - missing);
    const count = Math.floor(whole + 1e-6);
    const part = count >= this.stack ? 1 : Math.max(0, whole - count);
    return { count, part, waitMs: Math.max(0, (missing - this.stack + 1) * this.intervalMs) };
  }
}
