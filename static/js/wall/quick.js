// @ts-check
/** The sentence above the wall: a place, a theme, and a poster is on its way. */

import { startPlaceField } from "../posters/make/places.js";
import { need, showFault } from "../web/dom.js";
import { api, pageUrl } from "../web/http.js";
import { notify } from "../web/notices.js";
import { gettext } from "../web/language.js";

/** @param {Record<string, any>} answer @param {string} city */
function tell(answer, city) {
  if (answer.result) {
    const { poster_id: id } = answer.result;
    notify(gettext("%(city)s in that theme hangs already.", { city }), { action: gettext("See it"), onAction: () => location.assign(pageUrl.poster(id)) });
  } else {
    const watch = () => location.assign(pageUrl.job(answer.job_id));
    notify(gettext("%(city)s is on its way to the wall.", { city }), { action: gettext("Watch it"), onAction: watch });
  }
}

/**
 * Asks for a poster of a place in the theme that is chosen.
 * @param {HTMLFormElement} form
 * @param {import("../web/types.js").Place} place
 */
async function ask(form, { city, country, latitude, longitude, distance }) {
  const theme = /** @type {HTMLSelectElement} */ (need("select", form)).value;
  const body = { city, country, latitude, longitude, distance, theme };
  tell(await api("/posters", { method: "POST", body }), city);
}

/** @param {HTMLFormElement} form */
export function startQuickCreate(form) {
  const places = startPlaceField(need("[data-places]", form));
  const fault = need("[data-fault]", form);
  const button = /** @type {HTMLButtonElement} */ (need("button.main", form));

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const place = await places.chosen();
    if (!place) return;
    button.disabled = true;
    showFault(fault, "");
    try {
      await ask(form, place);
      places.clear();
    } catch (error) {
      showFault(fault, /** @type {Error} */ (error).message);
    } finally {
      button.disabled = false;
    }
  });
}
