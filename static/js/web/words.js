// @ts-check
/** Facts put into words, as routes/web/wording.py does for what the server writes. */

import { gettext, ngettext, numberWords } from "./language.js";

/** @param {number} metres */
export function distanceWords(metres) {
  if (Math.round(metres) < 1000) return numberWords(Math.round(metres), { style: "unit", unit: "meter" });
  return numberWords(metres / 1000, { style: "unit", unit: "kilometer", maximumFractionDigits: 1 });
}

/**
 * @param {number} latitude
 * @param {number} longitude
 */
export function coordinateWords(latitude, longitude) {
  const [north, east] = [latitude, longitude].map((degrees) => ({
    degrees: numberWords(Math.abs(degrees), { minimumFractionDigits: 3, maximumFractionDigits: 3 }),
  }));
  const vertical = latitude >= 0 ? gettext("%(degrees)s° N", north) : gettext("%(degrees)s° S", north);
  const horizontal = longitude >= 0 ? gettext("%(degrees)s° E", east) : gettext("%(degrees)s° W", east);
  return `${vertical} ${horizontal}`;
}

/** @param {number} people */
export function peopleWords(people) {
  if (people < 1000) return ngettext("%(number)s person", "%(number)s people", people);
  if (people < 1_000_000) return gettext("%(number)s thousand", { number: numberWords(Math.round(people / 1000)) });
  return gettext("%(number)s million", { number: numberWords(people / 1_000_000, { maximumFractionDigits: 1 }) });
}

/** @param {number} viewers the visitor among them */
export function hereWords(viewers) {
  return viewers === 1 ? gettext("Only you are here") : ngettext("%(number)s person is here", "%(number)s people are here", viewers);
}

/** @param {number} seconds */
export function remainingWords(seconds) {
  if (seconds < 5) return gettext("Any moment now.");
  if (seconds < 60) return gettext("About %(number)s seconds left.", { number: numberWords(Math.ceil(seconds / 5) * 5) });
  const minutes = Math.round(seconds / 60);
  return ngettext("About %(number)s minute left.", "About %(number)s minutes left.", minutes);
}

/** @param {number} position from 1, the next one */
export function queueWords(position) {
  return position <= 1 ? gettext("It is the next one.") : gettext("%(number)s before it.", { number: numberWords(position - 1) });
}
