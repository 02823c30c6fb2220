// @ts-check
/** How things stand: who is here, whether there is a connection, whether one may paint. */

import { find, need } from "../lib/dom.js";
import { gettext } from "../lib/language.js";
import { hereWords } from "../lib/words.js";

const CLOSED = gettext("The board is closed at the moment. Look around; painting goes on later.");
const BANNED = gettext("You may look at this board, but not paint on it.");
const AWAY = gettext("No connection. This is the board as it was; it catches up by itself.");

export class Standing {
  #facts = { away: false, closed: false, banned: false };

  /**
   * @param {HTMLElement} line
   * @param {HTMLElement} presence
   */
  constructor(line, presence) {
    this.line = line;
    this.presence = presence;
  }

  /** @param {Record<string, any>} told */
  joined({ read_only: closed, viewers }) {
    this.here(viewers);
    this.#set({ away: false, closed });
  }

  /** @param {number} viewers */
  here(viewers) {
    this.presence.hidden = false;
    need("[data-presence-words]", this.presence).textContent = hereWords(viewers);
  }

  away() {
    this.#set({ away: true });
  }

  /** @param {string} reason why a pixel was refused */
  refused(reason) {
    if (reason === "read_only") this.#set({ closed: true });
    if (reason === "banned") this.#set({ banned: true });
  }

  /** @param {Partial<{away: boolean, closed: boolean, banned: boolean}>} changes */
  #set(changes) {
    const { away, closed, banned } = Object.assign(this.#facts, changes);
    const words = away ? AWAY : banned ? BANNED : closed ? CLOSED : "";
    if (this.line.textContent !== words) this.line.textContent = words;
    this.line.hidden = !words;
    this.presence.classList.toggle("away", away);
    const place = find("[data-place]");
    place?.toggleAttribute("disabled", banned || closed);
  }
}
