// @ts-check
/** Loads older posters as the reader comes near the end; the plain link does the same where this fails. */

import { need } from "../web/dom.js";
import { api } from "../web/http.js";
import { gettext } from "../web/language.js";

const AHEAD = "800px";
const PAGE = 24;

export class Older {
  #loading = false;

  /**
   * @param {HTMLElement} more the paragraph with the link to older posters
   * @param {import("./wall.js").Wall} wall
   */
  constructor(more, wall) {
    this.more = more;
    this.wall = wall;
    this.link = /** @type {HTMLAnchorElement} */ (need("a", more));
    this.words = this.link.textContent;
    this.link.addEventListener("click", (event) => {
      event.preventDefault();
      void this.#load();
    });
    const near = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && this.#load(), {
      rootMargin: AHEAD,
    });
    near.observe(more);
  }

  /** @param {number | null} [before] the number of the last poster shown, nothing when there are no older ones */
  goOnFrom(before) {
    this.link.dataset.nextBefore = String(before ?? "");
    this.more.hidden = !before;
  }

  async #load() {
    if (this.#loading || this.more.hidden) return;
    this.#loading = true;
    this.more.setAttribute("aria-busy", "true");
    this.link.textContent = this.words;
    try {
      const page = await api(`/gallery?limit=${PAGE}&before=${this.link.dataset.nextBefore}`);
      this.wall.append(page.posters);
      this.goOnFrom(page.next_before);
    } catch {
      this.link.textContent = gettext("Older posters did not come. Try again");
    } finally {
      this.#loading = false;
      this.more.removeAttribute("aria-busy");
    }
  }
}
