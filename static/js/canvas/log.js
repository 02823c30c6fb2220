// @ts-check
/** Keeps the frames of pixels in their order: nothing missed, nothing twice, whatever the connection does. */

/** @typedef {import("./codec.js").PixelFrame} PixelFrame */

export class PixelLog {
  /** @type {PixelFrame[]} */
  #held = [];
  #holding = false;

  /**
   * @param {{epoch: number, seq: number}} position what the page shows; seq -1 where it shows nothing yet
   * @param {(frame: PixelFrame, from: number) => void} apply takes the frame's pixels from the index `from` on
   */
  constructor({ epoch, seq }, apply) {
    this.epoch = epoch;
    this.seq = seq;
    this.apply = apply;
  }

  /** From here on frames wait, because something older is still being asked for. */
  hold() {
    this.#holding = true;
  }

  /**
   * Takes a frame; says false when one before it is missing.
   * @param {PixelFrame} frame
   */
  receive(frame) {
    if (this.#holding) {
      this.#held.push(frame);
      return true;
    }
    // A frame of the season before is late and done with; one of the next season means that we are.
    if (frame.epoch !== this.epoch) return frame.epoch < this.epoch;
    if (frame.lastSeq <= this.seq) return true;
    if (frame.firstSeq > this.seq + 1) return false;
    const from = this.seq + 1 - frame.firstSeq;
    this.seq = frame.lastSeq;
    this.apply(frame, from);
    return true;
  }

  /**
   * Applies what was missed, then what waited; says false when a gap remains.
   * @param {PixelFrame[]} missed
   */
  release(missed) {
    this.#holding = false;
    const waiting = [...missed, ...this.#held].sort((a, b) => a.epoch - b.epoch || a.firstSeq - b.firstSeq);
    this.#held = [];
    return waiting.every((frame) => this.receive(frame));
  }

  /**
   * Starts anew from a board that was fetched whole; what waited and is part of it already is dropped.
   * @param {{epoch: number, seq: number}} position
   */
  restart({ epoch, seq }) {
    this.epoch = epoch;
    this.seq = seq;
    return this.release([]);
  }
}
