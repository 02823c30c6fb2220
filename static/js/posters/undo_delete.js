// @ts-check
/** Second thoughts: a poster is taken down on the server at once, and for a while any page of the tab can hang it back. */

import { api } from "../web/http.js";
import { gettext } from "../web/language.js";
import { notify } from "../web/notices.js";

/** @typedef {{id: string, name: string, until: number}} TakenDown */

const KEY = "taken-down";
/** A little less than the server waits. */
const REGRET_MS = 28_000;

/**
 * What can still be hung back. After the clock was set back nobody is offered for longer what the server has forgotten.
 * @param {number} nowMs
 * @returns {TakenDown[]}
 */
export function remembered(nowMs = Date.now()) {
  /** @type {TakenDown[]} */
  const all = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
  const left = all.filter(({ until }) => until > nowMs).map((one) => ({ ...one, until: Math.min(one.until, nowMs + REGRET_MS) }));
  sessionStorage.setItem(KEY, JSON.stringify(left));
  return left;
}

/** @param {string} id */
function forget(id) {
  sessionStorage.setItem(KEY, JSON.stringify(remembered().filter((other) => other.id !== id)));
}

/**
 * Takes a poster down, and remembers that it can be hung back.
 * @param {string} id
 * @param {string} name
 */
export async function takeDown(id, name) {
  await api(`/posters/${id}`, { method: "DELETE" });
  const taken = { id, name, until: Date.now() + REGRET_MS };
  sessionStorage.setItem(KEY, JSON.stringify([...remembered(), taken]));
  return taken;
}

/**
 * Offers to hang a poster back for as long as that can be done.
 * @param {TakenDown} taken
 * @param {() => void} onBack when it hangs again
 */
export function offerBack({ id, name, until }, onBack) {
  const hangBack = async () => {
    try {
      await api(`/posters/${id}/restore`, { method: "POST" });
      forget(id);
      onBack();
    } catch (error) {
      notify(/** @type {Error} */ (error).message);
    }
  };
  const words = gettext("%(city)s is taken down.", { city: name });
  notify(words, { action: gettext("Hang it back"), seconds: (until - Date.now()) / 1000, onAction: hangBack });
}

/** Goes on offering what the page before this one took down. */
export function startUndoDelete() {
  for (const taken of remembered()) offerBack(taken, () => location.reload());
}
