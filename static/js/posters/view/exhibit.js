// @ts-check
/** What can be done with a finished poster: look closer, share its link, take it down. */

import { find, need, showFault } from "../../web/dom.js";
import { basePath } from "../../web/http.js";
import { notify } from "../../web/notices.js";
import { takeDown } from "../undo_delete.js";
import { startSharing } from "../../web/share.js";
import { lookCloser } from "./zoom.js";

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
  if (share) startSharing(share, () => ({ link: new URL(share.dataset.share ?? "", location.href).href }));
  const closer = find("[data-closer]", article);
  if (closer) startLookingCloser(closer);
  const remove = find("[data-delete]", article);
  const dialog = /** @type {HTMLDialogElement | null} */ (find("[data-delete-dialog]", article));
  if (remove && dialog) startTakingDown(remove, dialog);
}
