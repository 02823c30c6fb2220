// @ts-check
/** The colours of themes: the page has those of all that ship and of one's own; a stranger's comes when it is met. */

import { make } from "../web/dom.js";
import { basePath } from "../web/http.js";

const OWN = /^own_/;
/** @type {Set<string>} */
const fetched = new Set();

/**
 * Gives an element the colours of a theme.
 * @param {Element} element
 * @param {string} id
 */
export function wear(element, id) {
  element.classList.add(`theme-${id}`);
  if (!OWN.test(id) || fetched.has(id)) return;
  fetched.add(id);
  const sheet = /** @type {HTMLLinkElement} */ (make("link"));
  sheet.rel = "stylesheet";
  sheet.href = `${basePath()}/themes/${encodeURIComponent(id)}.css`;
  document.head.append(sheet);
}
