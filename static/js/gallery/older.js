// @ts-check
/** Loads older posters as the reader comes near the end; the plain link does the same where this fails. */

import { need } from "../lib/dom.js";
import { api } from "../lib/http.js";

/**
 * @param {HTMLElement} more the paragraph with the link to older posters
 * @param {import("./wall.js").Wall} wall
 */
export function startOlder(more, wall) {
  const link = /** @type {HTMLAnchorElement} */ (need("a", more));
  let loading = false;

  /** @param {number | null} [before] the number of the last poster shown, nothing when there are no older ones */
  const goOnFrom = (before) => {
    link.dataset.nextBefore = String(before ?? "");
    more.hidden = !before;
  };
  const load = async () => {
    if (loading || more.hidden) return;
    loading = true;
    more.setAttribute("aria-busy", "true");
    try {
      const page = await api(`/gallery?limit=24&before=${link.dataset.nextBefore}`);
      wall.append(page.posters);
      goOnFrom(page.next_before);
    } catch {
      link.textContent = "Older posters did not come. Try again";
    } finally {
      loading = false;
      more.removeAttribute("aria-busy");
    }
  };

  link.addEventListener("click", (event) => {
    event.preventDefault();
    void load();
  });
  new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && void load(), {
    rootMargin: "800px",
  }).observe(more);
  return { goOnFrom };
}
