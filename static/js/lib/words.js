// @ts-check
/** Facts put into words, as routes/wording.py does for what the server writes. */

/** @param {number} metres */
export function distanceWords(metres) {
  if (metres < 1000) return `${Math.round(metres)} m`;
  return `${(metres / 1000).toFixed(1).replace(/\.0$/, "")} km`;
}

/**
 * @param {number} latitude
 * @param {number} longitude
 */
export function coordinateWords(latitude, longitude) {
  const north = `${Math.abs(latitude).toFixed(3)}° ${latitude >= 0 ? "N" : "S"}`;
  return `${north} ${Math.abs(longitude).toFixed(3)}° ${longitude >= 0 ? "E" : "W"}`;
}

/** @param {number} people */
export function peopleWords(people) {
  if (people < 1000) return `${people} people`;
  if (people < 1_000_000) return `${Math.round(people / 1000)} thousand`;
  return `${(people / 1_000_000).toFixed(1).replace(/\.0$/, "")} million`;
}

/** @param {number} seconds */
export function remainingWords(seconds) {
  if (seconds < 5) return "Any moment now.";
  if (seconds < 60) return `About ${Math.ceil(seconds / 5) * 5} seconds left.`;
  const minutes = Math.round(seconds / 60);
  return `About ${minutes} minute${minutes === 1 ? "" : "s"} left.`;
}

/** @param {number} position from 1, the next one */
export function queueWords(position) {
  return position <= 1 ? "It is the next one." : `${position - 1} before it.`;
}
