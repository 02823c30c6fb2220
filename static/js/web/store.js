// @ts-check
/** A value that tells when it changes. */

/**
 * @template {object} T
 * @param {T} initial
 */
export function createStore(initial) {
  let value = initial;
  /** @type {Set<(value: T, before: T) => void>} */
  const listeners = new Set();
  return {
    get: () => value,
    /**
     * Takes over the changed parts and tells the listeners, unless nothing is different.
     * @param {Partial<T>} changes
     */
    set(changes) {
      const before = value;
      const keys = /** @type {(keyof T)[]} */ (Object.keys(changes));
      if (keys.every((key) => Object.is(changes[key], before[key]))) return;
      value = { ...before, ...changes };
      for (const listener of listeners) listener(value, before);
    },
    /** @param {(value: T, before: T) => void} listener */
    subscribe(listener) {
      listeners.add(listener);
    },
  };
}
