// @ts-check
/** Changes the appearance at once; the plain form would do the same by way of the server. */

import { all, find } from "./dom.js";
import { basePath } from "./http.js";

const YEAR_S = 365 * 24 * 3600;

/** @param {string} appearance */
function wear(appearance) {
  document.documentElement.dataset.appearance = appearance;
  document.cookie = `appearance=${appearance}; path=${basePath() || "/"}; max-age=${YEAR_S}; SameSite=Lax`;
  for (const button of all("[data-appearance-form] button")) {
    button.setAttribute("aria-pressed", String(button.getAttribute("value") === appearance));
  }
}

export function startAppearance() {
  find("[data-appearance-form]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = /** @type {SubmitEvent} */ (event).submitter;
    wear(button?.getAttribute("value") ?? "system");
  });
}
