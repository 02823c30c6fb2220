// @ts-check
/** Facts put into words, as routes/wording.py does for what the server writes. */

import { gettext, ngettext } from "./language.js";

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
  if (people < 1000) return ngettext("%(number)s person", "%(number)s people", people);
  if (people < 1_000_000) return gettext("%(number)s thousand", { number: Math.round(people / 1000) });
  return gettext("%(number)s million", { number: (people / 1_000_000).toFixed(1).replace(/\.0$/, "") });
}

/** @param {number} viewers the visitor among them */
export function hereWords(viewers) {
  return viewers === 1 ? gettext("Only you are here") : ngettext("%(number)s person is here", "%(number)s people are here", viewers);
}

/** @param {number} seconds */
export function remainingWords(seconds) {
  if (seconds < 5) return gettext("Any moment now.");
  if (seconds < 60) return gettext("About %(number)s seconds left.", { number: Math.ceil(seconds / 5) * 5 });
  const minutes = Math.round(seconds / 60);
  return ngettext("About %(number)s minute left.", "About %(number)s minutes left.", minutes);
}

/** @param {number} position from 1, the next one */
export function queueWords(position) {
  return position <= 1 ? gettext("It is the next one.") : gettext("%(number)s before it.", { number: position - 1 });
}
