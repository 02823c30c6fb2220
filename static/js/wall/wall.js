// @ts-check
/** What hangs on the page: new posters, posters being made, posters taken down. */

import { all, announce, find } from "../web/dom.js";
import { makingCard, posterCard, showProgress } from "./cards.js";
import { difference } from "./sync.js";
import { gettext } from "../web/language.js";

/** @typedef {import("../web/types.js").Poster} Poster */
/** @typedef {import("../web/types.js").Making} Making */

/** A job may leave the list a moment before its poster comes; its card waits for it that long, just as it is. */
const FAREWELL_MS = 3000;

export class Wall {
  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
    for (const card of all("[data-making]", list)) showProgress(card, Number(card.dataset.progress));
  }

  /** Ids of the posters, newest first. */
  ids() {
    return all("[data-poster]", this.list).map((card) => card.dataset.poster ?? "");
  }

  /** @param {string} id */
  has(id) {
    return this.#card("poster", id) !== null;
  }

  /**
   * Hangs a new poster first, or in the place where it was being made.
   * @param {Poster} poster
   */
  hang(poster) {
    if (this.has(poster.id)) return;
    const card = posterCard(poster);
    const sheet = this.#card("making", poster.job_id);
    card.classList.add("new", sheet ? "revealed" : "arriving");
    if (sheet) sheet.replaceWith(card);
    else this.list.insertBefore(card, find("[data-poster]", this.list));
    announce(gettext("New on the wall: %(city)s, %(theme)s.", { city: poster.city, theme: poster.theme_name }));
  }

  /**
   * Hangs older posters last.
   * @param {Poster[]} posters
   */
  append(posters) {
    this.list.append(...posters.filter((poster) => !this.has(poster.id)).map(posterCard));
  }

  /** @param {string} id */
  takeDown(id) {
    this.#card("poster", id)?.remove();
  }

  /**
   * Shows the wall as it was fetched, changing only what is different; says whether nothing of the old one is left.
   * @param {Poster[]} posters
   */
  replace(posters) {
    const ids = posters.map((poster) => poster.id);
    const { add, remove, reset } = difference(this.ids(), ids);
    for (const id of remove) this.takeDown(id);
    const fresh = new Set(add);
    for (const poster of posters.toReversed()) if (fresh.has(poster.id)) this.hang(poster);
    return reset;
  }

  /**
   * Shows which posters are being made and how far they are.
   * @param {Making[]} jobs
   */
  showMaking(jobs) {
    const listed = new Set(jobs.map((job) => job.id));
    for (const card of all("[data-making]", this.list)) {
      if (!listed.has(card.dataset.making ?? "")) this.#partWith(card);
    }
    for (const job of jobs) {
      const card = this.#card("making", job.id);
      if (card) showProgress(card, job.progress);
      else if (!find(`[data-job="${CSS.escape(job.id)}"]`, this.list)) this.list.prepend(makingCard(job));
    }
  }

  /** @param {HTMLElement} card */
  #partWith(card) {
    if (card.dataset.parting) return;
    card.dataset.parting = "yes";
    setTimeout(() => card.remove(), FAREWELL_MS);
  }

  /**
   * @param {"poster" | "making"} kind
   * @param {string} id
   */
  #card(kind, id) {
    return find(`[data-${kind}="${CSS.escape(id)}"]`, this.list);
  }
}
