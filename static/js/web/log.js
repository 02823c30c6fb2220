// @ts-check
/** Keeps a stream from the server in its order: nothing missed, nothing twice, whatever the connection does. */

/**
 * Which numbers of the stream a message has, and of which epoch they are if it says so.
 * @typedef {{first: number, last: number, epoch?: number}} Span
 */

/** @template Message */
export class StreamLog {
  /** @type {Message[]} */
  #held = [];
  #holding = false;

  /**
   * @param {{epoch: string | number, seq: number}} position what the page shows; seq -1 where it shows nothing yet
   * @param {(message: Message) => Span} spanOf
   * @param {(message: Message, from: number) => void} apply takes what the message holds from the index `from` on
   */
  constructor({ epoch, seq }, spanOf, apply) {
    this.epoch = epoch;
    this.seq = seq;
    this.spanOf = spanOf;
    this.apply = apply;
  }

  /** From here on messages wait, because something older is still being asked for. */
  hold() {
    this.#holding = true;
  }

  /**
   * Takes a message; says false when one before it is missing.
   * @param {Message} message
   */
  receive(message) {
    if (this.#holding) {
      // Held whatever its number: after a change of epoch the numbers begin anew.
      this.#held.push(message);
      return true;
    }
    const { first, last, epoch = this.epoch } = this.spanOf(message);
    // What is of an epoch before is late and done with; what is of the next one means that we are.
    if (epoch !== this.epoch) return epoch < this.epoch;
    if (last <= this.seq) return true;
    if (first > this.seq + 1) return false;
    const from = this.seq + 1 - first;
    this.seq = last;
    this.apply(message, from);
    return true;
  }

  /**
   * Applies what was missed, then what waited; says false when a gap remains.
   * @param {Message[]} missed
   */
  release(missed) {
    this.#holding = false;
    const waiting = [...missed, ...this.#held].map((message) => ({ message, ...this.spanOf(message) }));
    waiting.sort((a, b) => (a.epoch ?? 0) - (b.epoch ?? 0) || a.first - b.first);
    this.#held = [];
    return waiting.every(({ message }) => this.receive(message));
  }

  /**
   * Starts anew from what was fetched whole; what waited and is part of it already is dropped.
   * @param {{epoch: string | number, seq: number}} position
   */
  restart({ epoch, seq }) {
    this.epoch = epoch;
    this.seq = seq;
    return this.release([]);
  }
}
