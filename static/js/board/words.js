// @ts-check
/** What the board has to say, in plain words. */

import { gettext, language, ngettext } from "../web/language.js";

const REASONS = new Map([
  ["bad_color", gettext("That paint is not on this board any more.")],
  ["read_only", gettext("The board is closed at the moment: look, but do not paint.")],
  ["rate_limited", gettext("Too many pixels come from your network. Wait a moment.")],
  ["banned", gettext("You may look at this board, but not paint on it.")],
  ["protected", gettext("This part of the board is protected.")],
  ["painted_over", gettext("Somebody has painted over your pixel.")],
  ["too_late", gettext("It is too late to take that back.")],
  ["new_season", gettext("A new board has just begun.")],
]);

/** @param {number} waitMs */
export function waitWords(waitMs) {
  return gettext("Your next pixel is ready in %(number)s s.", { number: Math.max(1, Math.ceil(waitMs / 1000)) });
}

/**
 * The name of a paint; those of the built-in palettes have one in every language.
 * @param {import("./board.js").Paint} paint
 */
export function paintWords({ name }) {
  return gettext(name);
}

export function beyondWords() {
  return gettext("That is beyond the edge of the board.");
}

/**
 * Why a pixel was refused.
 * @param {Record<string, any> | undefined} ack none where no answer came
 * @param {number} nowMs the server's time
 */
export function reasonWords(ack, nowMs) {
  if (!ack) return gettext("Your pixel did not arrive: there is no connection.");
  if (ack.reason === "cooldown") return waitWords(Date.parse(ack.available_at) - nowMs);
  if (ack.reason === "out_of_bounds") return beyondWords();
  return REASONS.get(ack.reason) ?? ack.message ?? gettext("The board refused this pixel.");
}

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60]];
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

/**
 * How long ago something was.
 * @param {string} timestamp
 * @param {number} nowMs
 */
export function agoWords(timestamp, nowMs) {
  const seconds = Math.max(0, (nowMs - Date.parse(timestamp)) / 1000);
  if (seconds < 60) return gettext("just now");
  const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? ["minute", 60];
  return relative.format(-Math.floor(seconds / length), unit);
}

/**
 * Who placed a pixel and when. Visitors have no names; the first letters of their number tell two of them apart.
 * @param {{user_id: string | null, timestamp: string | null, history: {kind: string}[]}} pixel
 * @param {string} ownId
 * @param {number} nowMs
 */
export function placedWords({ user_id: userId, timestamp, history }, ownId, nowMs) {
  if (!userId || !timestamp) return gettext("Nobody has painted here yet.");
  const when = agoWords(timestamp, nowMs);
  const visitor = userId.slice(0, 4);
  const placed = userId === ownId ? gettext("By you, %(when)s", { when }) : gettext("By visitor %(visitor)s, %(when)s", { visitor, when });
  const older = history.length - 1;
  return older > 0 ? ngettext("%(placed)s, over %(number)s older", "%(placed)s, over %(number)s older", older, { placed }) : placed;
}
