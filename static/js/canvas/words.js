// @ts-check
/** What the board has to say, in plain words. */

const REASONS = new Map([
  ["bad_color", "That paint is not on this board any more."],
  ["read_only", "The board is closed at the moment: look, but do not paint."],
  ["rate_limited", "Too many pixels come from your network. Wait a moment."],
  ["banned", "You may look at this board, but not paint on it."],
  ["protected", "This part of the board is protected."],
  ["painted_over", "Somebody has painted over your pixel."],
  ["too_late", "It is too late to take that back."],
  ["new_season", "A new board has just begun."],
]);

/** @param {number} waitMs */
export function waitWords(waitMs) {
  return `Your next pixel is ready in ${Math.max(1, Math.ceil(waitMs / 1000))} s.`;
}

export function beyondWords() {
  return "That is beyond the edge of the board.";
}

/**
 * Why a pixel was refused.
 * @param {Record<string, any> | undefined} ack none where no answer came
 * @param {number} nowMs the server's time
 */
export function reasonWords(ack, nowMs) {
  if (!ack) return "Your pixel did not arrive: there is no connection.";
  if (ack.reason === "cooldown") return waitWords(Date.parse(ack.available_at) - nowMs);
  if (ack.reason === "out_of_bounds") return beyondWords();
  return REASONS.get(ack.reason) ?? ack.message ?? "The board refused this pixel.";
}

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60]];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/**
 * How long ago something was.
 * @param {string} timestamp
 * @param {number} nowMs
 */
export function agoWords(timestamp, nowMs) {
  const seconds = Math.max(0, (nowMs - Date.parse(timestamp)) / 1000);
  if (seconds < 60) return "just now";
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
  if (!userId || !timestamp) return "Nobody has painted here yet.";
  const who = userId === ownId ? "you" : `visitor ${userId.slice(0, 4)}`;
  const times = history.length > 1 ? `, over ${history.length - 1} older` : "";
  return `By ${who}, ${agoWords(timestamp, nowMs)}${times}`;
}

/** @param {number} viewers */
export function hereWords(viewers) {
  return viewers === 1 ? "Only you are here" : `${viewers} people are here`;
}
