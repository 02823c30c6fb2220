// @ts-check
/** What time it is at the server: the clock of the browser may be an hour wrong, or be set while the page is open. */

/** The server's time at which the page's stopwatch stood at zero. */
let zeroMs = performance.timeOrigin;

/** @param {string} serverTime as it is now */
export function learnTime(serverTime) {
  zeroMs = Date.parse(serverTime) - performance.now();
}

export function serverNow() {
  return zeroMs + performance.now();
}
