// @ts-check
/** Shows how a job ended: the server renders the end, so that it is the same page after a reload. */

import { need } from "../../web/dom.js";
import { fetchOk } from "../../web/http.js";

/**
 * Puts the job's present page in the place of the one that watched it.
 * @param {HTMLElement} article
 */
export async function showEnd(article) {
  const response = await fetchOk(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = need("[data-job]", page);
  document.title = page.title;
  article.replaceWith(fresh);
  fresh.classList.add("revealed");
  const heading = need("h1", fresh);
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  return fresh;
}
