// @ts-check
/** Gives back the memory of pictures far out of sight; their places stay, and they come again from the cache. */

import { find } from "../lib/dom.js";

const FAR = "4000px";

/** @param {HTMLElement} wall */
export function startLettingGo(wall) {
  const sight = new IntersectionObserver((entries) => entries.forEach(showOrLetGo), { rootMargin: FAR });
  const members = new MutationObserver((changes) => {
    for (const { addedNodes, removedNodes } of changes) {
      for (const node of removedNodes) if (node instanceof HTMLElement) sight.unobserve(node);
      for (const node of addedNodes) if (node instanceof HTMLElement) sight.observe(node);
    }
  });
  for (const card of wall.children) sight.observe(card);
  members.observe(wall, { childList: true });
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
