// @ts-check
/** My posters: each can be taken down, after a question and with half a minute to think better of it. */

import { all, find, need } from "../web/dom.js";
import { notify } from "../web/notices.js";
import { offerBack, takeDown } from "./undo_delete.js";

/** @param {HTMLElement} card */
async function take(card) {
  const name = need(".place", card).textContent ?? "";
  card.hidden = true;
  try {
    offerBack(await takeDown(card.dataset.poster ?? "", name), () => (card.hidden = false));
  } catch (error) {
    card.hidden = false;
    notify(/** @type {Error} */ (error).message);
  }
}

/** @param {HTMLDialogElement} dialog @param {HTMLElement} card */
function ask(dialog, card) {
  need("[data-delete-name]", dialog).textContent = need(".place", card).textContent;
  dialog.returnValue = "";
  dialog.showModal();
  dialog.addEventListener("close", () => dialog.returnValue === "delete" && take(card), { once: true });
}

const dialog = /** @type {HTMLDialogElement | null} */ (find("[data-delete-dialog]"));
for (const card of dialog ? all("[data-mine] [data-poster]") : []) {
  need("form.take-down", card).addEventListener("submit", (event) => {
    event.preventDefault();
    if (dialog) ask(dialog, card);
  });
}
