// @ts-check
/**
 * The design that was worked on last, kept in this browser so that it is there after a day away: one, as an address,
 * for as many days after the last visit as visitors are known. Tracks are left out, for others may use the browser.
 */

import { basePath } from "../../web/http.js";

/** @typedef {{city: string, query: string, at: number}} Draft */

const DAY_MS = 24 * 3600 * 1000;
/** Longer addresses are no use to anybody. */
const LONGEST = 4000;

function key() {
  return `draft:${basePath()}`;
}

/**
 * @param {string} city
 * @param {string} query as in the address of the workbench
 * @param {number} [nowMs]
 */
export function keepDraft(city, query, nowMs = Date.now()) {
  if (!city || query.length > LONGEST) return;
  try {
    localStorage.setItem(key(), JSON.stringify({ city, query, at: nowMs }));
  } catch {
    // A browser that keeps nothing for us, or has no room, goes without.
  }
}

export function forgetDraft() {
  try {
    localStorage.removeItem(key());
  } catch {
    // as above
  }
}

/**
 * The kept design, if there is one that is not too old; looking at it renews it.
 * @param {number} days
 * @param {number} [nowMs]
 * @returns {Draft | null}
 */
export function keptDraft(days, nowMs = Date.now()) {
  try {
    const draft = /** @type {Draft | null} */ (JSON.parse(localStorage.getItem(key()) ?? "null"));
    if (!draft || typeof draft.query !== "string" || typeof draft.city !== "string") return null;
    if (nowMs - draft.at > days * DAY_MS) {
      forgetDraft();
      return null;
    }
    keepDraft(draft.city, draft.query, nowMs);
    return draft;
  } catch {
    return null;
  }
}

/**
 * Offers to go on with the design that was worked on last.
 * @param {HTMLElement} offer
 */
export function offerDraft(offer) {
  const draft = keptDraft(Number(offer.dataset.draftDays));
  const link = offer.querySelector("a");
  if (!draft || !link) return;
  link.search = `?${draft.query}`;
  link.textContent = draft.city;
  offer.hidden = false;
}
