// @ts-check
/** Undo and redo: the designs gone through; what follows quickly upon a change, as on a slider, belongs to it. */

const ONE_CHANGE_MS = 700;
const KEPT = 100;

/** @template T */
export class History {
  /** @type {T[]} */
  #past = [];
  /** @type {T[]} */
  #future = [];
  #changedAt = -Infinity;

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /**
   * Remembers what there was before a change.
   * @param {T} before
   * @param {number} nowMs
   */
  changed(before, nowMs) {
    if (nowMs - this.#changedAt > ONE_CHANGE_MS || !this.canUndo) {
      this.#past = [...this.#past, before].slice(-KEPT);
    }
    this.#changedAt = nowMs;
    this.#future = [];
  }

  /**
   * Gives what there was before, if anything.
   * @param {T} now
   */
  undo(now) {
    return this.#step(this.#past, this.#future, now);
  }

  /**
   * Gives what was undone last, if anything.
   * @param {T} now
   */
  redo(now) {
    return this.#step(this.#future, this.#past, now);
  }

  /**
   * @param {T[]} from
   * @param {T[]} to
   * @param {T} now
   */
  #step(from, to, now) {
    const found = from.pop();
    if (found !== undefined) to.push(now);
    this.#changedAt = -Infinity;
    return found;
  }
}
