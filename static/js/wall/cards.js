// @ts-check
/** Makes the cards of the wall out of the templates that the server rendered with the same partials as the page. */

import { cloneOf, find, need, writeFields } from "../web/dom.js";
import { api, pageUrl } from "../web/http.js";
import { wear } from "../themes/themes.js";

/** @typedef {import("../web/types.js").Poster} Poster */
/** @typedef {import("../web/types.js").Making} Making */

/** Formats that a browser can show as they are, without drawing them first. */
const RASTERS = new Set(["png", "jpeg", "webp"]);

/**
 * Writes what a theme is called; the quick form lists all but those that other visitors made.
 * @param {HTMLElement} card
 * @param {string} id
 */
async function writeThemeName(card, id) {
  const listed = find(`#quick-theme option[value="${CSS.escape(id)}"]`)?.textContent;
  // Its name is all that is missing where a theme is gone, or the connection.
  const name = listed ?? (await api(`/themes/${encodeURIComponent(id)}`).then((theme) => theme.name, () => ""));
  writeFields(card, { theme_name: name });
}

/** @param {Poster} poster */
export function posterCard(poster) {
  const card = cloneOf(need("template[data-poster-card]"));
  card.dataset.poster = poster.id;
  card.dataset.job = poster.job_id;
  writeFields(card, poster);
  const link = /** @type {HTMLAnchorElement} */ (need("a", card));
  link.href = pageUrl.poster(poster.id);
  wear(link, poster.theme);
  link.setAttribute("aria-label", `${poster.city}, ${poster.country}, ${poster.theme_name}`);
  const image = /** @type {HTMLImageElement} */ (need("img", card));
  image.width = poster.dimensions.width;
  image.height = poster.dimensions.height;
  if (RASTERS.has(poster.format)) image.dataset.file = poster.download_url;
  image.src = image.dataset.picture === "preview_url" ? poster.preview_url : poster.thumbnail_url;
  return card;
}

/** @param {Making} job */
export function makingCard(job) {
  const card = cloneOf(need("template[data-making-card]"));
  card.dataset.making = job.id;
  wear(need(".sheet", card), job.theme);
  writeFields(card, job);
  void writeThemeName(card, job.theme);
  showProgress(card, job.progress);
  return card;
}

/**
 * Fills the sheet of a poster being made.
 * @param {HTMLElement} card
 * @param {number} progress in per cent
 */
export function showProgress(card, progress) {
  card.style.setProperty("--done", String(progress / 100));
  writeFields(card, { progress });
}
