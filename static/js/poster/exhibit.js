// @ts-check
/** What can be done with a finished poster: look closer, share its link, take it down. */

import { find, need, showFault } from "../lib/dom.js";
import { basePath } from "../lib/http.js";
import { gettext } from "../lib/language.js";
import { notify } from "../lib/notices.js";
import { takeDown } from "../lib/regret.js";
import { lookCloser } from "./zoom.js";

/** @param {HTMLElement} button */
function startSharing(button) {
  const url = button.dataset.share ?? "";
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(url);
      notify(gettext("The link is copied."));
    } catch {
      notify(url, { seconds: 20 });
    }
  });
}

/**
 * @param {HTMLElement} form leads to a page that asks, where there is no script
 * @param {HTMLDialogElement} dialog
 */
function startTakingDown(form, dialog) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
  dialog.addEventListener("submit", async (event) => {
    const choice = /** @type {SubmitEvent} */ (event).submitter?.getAttribute("value");
    if (choice !== "delete") return;
    event.preventDefault();
    try {
      await takeDown(form.dataset.delete ?? "", form.dataset.name ?? "");
      location.assign(`${basePath()}/gallery`);
    } catch (error) {
      showFault(need("[data-fault]", dialog), /** @type {Error} */ (error).message);
    }
  });
}

/** @param {HTMLElement} button */
function startLookingCloser(button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    lookCloser(button.dataset.closer ?? "", button.dataset.name ?? "").catch((error) => notify(error.message));
  });
}

/** @param {HTMLElement} article */
export function startExhibit(article) {
  const share = find("[data-share]", article);
  if (share) startSharing(share);
  const closer = find("[data-closer]", article);
  if (closer) startLookingCloser(closer);
  const remove = find("[data-delete]", article);
  const dialog = /** @type {HTMLDialogElement | null} */ (find("[data-delete-dialog]", article));
  if (remove && dialog) startTakingDown(remove, dialog);
}
