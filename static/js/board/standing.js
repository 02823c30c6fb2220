// @ts-check
/** How things stand: who is here, whether there is a connection, whether one may paint. */

import { find, need } from "../web/dom.js";
import { gettext } from "../web/language.js";
import { hereWords } from "../web/words.js";

const CLOSED = gettext("The board is closed at the moment. Look around; painting goes on later.");
const BANNED = gettext("You may look at this board, but not paint on it.");
const RUSH = gettext("So much is painted at once that newcomers wait longer for their next pixel, for a while.");
const BRAKED = gettext("So much is painted at once that you wait longer for your next pixel, for a while.");
const AWAY = gettext("No connection. This is the board as it was; it catches up by itself.");

export class Standing {
  #facts = { away: false, closed: false, banned: false, rush: false, braked: false };

  /**
   * @param {HTMLElement} line
   * @param {HTMLElement} presence
   */
  constructor(line, presence) {
    this.line = line;
    this.presence = presence;
  }

  /** @param {Record<string, any>} told */
  joined({ read_only: closed, viewers, brakes, braked }) {
    this.here(viewers);
    this.#set({ away: false, closed });
    this.braked(brakes, braked);
  }

  /**
   * Somebody is braked, or not any more.
   * @param {{everybody: boolean, newcomers: boolean, networks: number}} brakes
   * @param {boolean} [me] not known where everybody is told the same
   */
  braked({ everybody, newcomers, networks }, me = this.#facts.braked) {
    const anybody = everybody || newcomers || networks > 0;
    this.#set({ rush: newcomers, braked: everybody || (me && anybody) });
  }

  /** @param {number} viewers */
  here(viewers) {
    this.presence.hidden = false;
    need("[data-presence-words]", this.presence).textContent = hereWords(viewers);
  }

  /** @param {boolean} braked whether one waits longer oneself, as the last answer had it */
  mine(braked) {
    this.#set({ braked });
  }

  away() {
    this.#set({ away: true });
  }

  /** @param {string} reason why a pixel was refused */
  refused(reason) {
    if (reason === "read_only") this.#set({ closed: true });
    if (reason === "banned") this.#set({ banned: true });
  }

  /** @param {Partial<{away: boolean, closed: boolean, banned: boolean, rush: boolean, braked: boolean}>} changes */
  #set(changes) {
    const { away, closed, banned, rush, braked } = Object.assign(this.#facts, changes);
    const words = away ? AWAY : banned ? BANNED : closed ? CLOSED : braked ? BRAKED : rush ? RUSH : "";
    if (this.line.textContent !== words) this.line.textContent = words;
    this.line.hidden = !words;
    this.presence.classList.toggle("away", away);
    const place = find("[data-place]");
    place?.toggleAttribute("disabled", banned || closed);
  }
}
