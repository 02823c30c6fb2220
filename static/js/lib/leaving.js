// @ts-check
/** Posters taken down whose time for regret runs: remembered by the tab, so that leaving the page does not spare them. */

import { api } from "./http.js";

const KEY = "leaving";

/** @returns {string[]} */
export function leaving() {
  return JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
}

/** @param {string[]} ids */
function remember(ids) {
  sessionStorage.setItem(KEY, JSON.stringify(ids));
}

/** @param {string} id */
export function beginLeaving(id) {
  remember([...leaving(), id]);
}

/** @param {string} id */
export function stopLeaving(id) {
  remember(leaving().filter((other) => other !== id));
}

/**
 * Deletes a poster for good.
 * @param {string} id
 */
export async function leave(id) {
  await api(`/posters/${id}`, { method: "DELETE", keepalive: true });
  stopLeaving(id);
}

/** Carries out what the page before this one had begun; a poster that is gone already is what was wanted. */
export function finishLeaving() {
  for (const id of leaving()) leave(id).catch((error) => error.status !== 0 && stopLeaving(id));
}
