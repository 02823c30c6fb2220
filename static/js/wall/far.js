// @ts-check
/** Gives back the memory of pictures far out of sight; their places stay, and they come again from the cache. */

import { find } from "../web/dom.js";
import { followCards } from "./follow.js";

const FAR = "4000px";

/** @param {HTMLElement} wall */
export function startLettingGo(wall) {
  const sight = new IntersectionObserver((entries) => entries.forEach(showOrLetGo), { rootMargin: FAR });
  followCards(wall, { hung: (card) => sight.observe(card), gone: (card) => sight.unobserve(card) });
}

/** @param {IntersectionObserverEntry} entry */
function showOrLetGo({ target, isIntersecting }) {
  const image = /** @type {HTMLImageElement | null} */ (find("img", target));
  if (!image) return;
  if (isIntersecting && image.dataset.far) {
    image.src = image.dataset.far;
    delete image.dataset.far;
  } else if (!isIntersecting && image.getAttribute("src")) {
    image.dataset.far = image.src;
    image.removeAttribute("src");
  }
}
