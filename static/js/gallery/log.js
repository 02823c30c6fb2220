// @ts-check
/** Keeps the wall's events in their order: nothing missed, nothing twice, whatever the connection does. */

/** @typedef {import("../lib/types.js").WallEvent} WallEvent */

export class WallLog {
  /** @type {Map<number, WallEvent>} */
  #held = new Map();
  #holding = false;

  /**
   * @param {{epoch: string, seq: number}} position what the page shows
   * @param {(event: WallEvent) => void} apply
   */
  constructor({ epoch, seq }, apply) {
    this.epoch = epoch;
    this.seq = seq;
    this.apply = apply;
  }

  /** From here on events wait, because something older is still being asked for. */
  hold() {
    this.#holding = true;
  }

  /**
   * Takes an event; says false when one before it is missing.
   * @param {WallEvent} event
   */
  receive(event) {
    if (this.#holding) {
      // Held whatever its number: after a change of epoch the numbers begin anew.
      this.#held.set(event.seq, event);
      return true;
    }
    if (event.seq <= this.seq) return true;
    if (event.seq !== this.seq + 1) return false;
    this.seq = event.seq;
    this.apply(event);
    return true;
  }

  /**
   * Applies what was missed, then what waited; says false when a gap remains.
   * @param {WallEvent[]} missed
   */
  release(missed) {
    this.#holding = false;
    const waiting = [...missed, ...this.#held.values()].sort((a, b) => a.seq - b.seq);
    this.#held.clear();
    return waiting.every((event) => this.receive(event));
  }

  /**
   * Starts anew from a wall that was fetched whole; what waited and is part of it already is dropped.
   * @param {{epoch: string, seq: number}} position
   */
  restart({ epoch, seq }) {
    this.epoch = epoch;
    this.seq = seq;
    return this.release([]);
  }
}
