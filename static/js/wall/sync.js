// @ts-check
/** Brings the page's copy of the wall, or of the board, up to date: at the start, after every reconnect, after a gap. */

/**
 * @typedef {object} Log
 * @property {string | number} epoch
 * @property {number} seq
 * @property {() => void} hold
 * @property {(missed: any[]) => boolean} release
 * @property {(whole: any) => boolean} restart takes what was fetched whole
 */

/** @template Whole what is fetched where a replay is not enough */
export class WallSync {
  #running = false;
  #again = false;

  /**
   * @param {object} parts
   * @param {Log} parts.log
   * @param {(position: {epoch: any, seq: number}) => Promise<Record<string, any>>} parts.join asks where the wall stands
   * @param {() => Promise<Whole>} parts.fetchWall
   * @param {(page: Whole) => void} parts.replace shows a wall that was fetched whole
   * @param {(ack: Record<string, any>) => void} [parts.onJoined]
   */
  constructor({ log, join, fetchWall, replace, onJoined }) {
    this.log = log;
    this.join = join;
    this.fetchWall = fetchWall;
    this.replace = replace;
    this.onJoined = onJoined;
  }

  /** Runs one catch-up at a time; one asked for meanwhile follows it. */
  async run() {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    try {
      do {
        this.#again = false;
        if (!(await this.#catchUp())) this.#again = true;
      } while (this.#again);
    } finally {
      this.#running = false;
    }
  }

  /** @returns {Promise<boolean>} whether nothing is missing now */
  async #catchUp() {
    this.log.hold();
    const ack = await this.join({ epoch: this.log.epoch, seq: this.log.seq });
    this.onJoined?.(ack);
    if (ack.outcome !== "refetch") return this.log.release(ack.events ?? []);
    const page = await this.fetchWall();
    this.replace(page);
    return this.log.restart(page);
  }
}

/**
 * Compares what hangs with what was fetched. Older posters, loaded by scrolling, stay if the two overlap.
 * @param {string[]} shown ids on the page, newest first
 * @param {string[]} fetched ids on the server, newest first
 */
export function difference(shown, fetched) {
  const wanted = new Set(fetched);
  const overlap = shown.findLastIndex((id) => wanted.has(id));
  const have = new Set(shown);
  return {
    reset: overlap < 0,
    add: fetched.filter((id) => !have.has(id)),
    remove: overlap < 0 ? shown : shown.slice(0, overlap).filter((id) => !wanted.has(id)),
  };
}
