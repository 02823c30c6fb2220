// @ts-check
/** My posters: each can be taken down, after a question and with a few seconds to think better of it. */

import { all, find, make, need } from "./lib/dom.js";
import { beginLeaving, leave, leaving, stopLeaving } from "./lib/leaving.js";
import { notify } from "./lib/notices.js";

const REGRET_S = 7;

/** @param {HTMLElement} card */
function takeDown(card) {
  const id = card.dataset.poster ?? "";
  card.hidden = true;
  beginLeaving(id);
  const hangBack = () => {
    stopLeaving(id);
    card.hidden = false;
  };
  notify(`${need(".place", card).textContent} is taken down.`, {
    action: "Hang it back",
    seconds: REGRET_S,
    onAction: hangBack,
    onTimeout: () => {
      leave(id).catch((error) => {
        hangBack();
        notify(error.message);
      });
    },
  });
}

/** @param {HTMLDialogElement} dialog @param {HTMLElement} card */
function ask(dialog, card) {
  need("[data-delete-name]", dialog).textContent = need(".place", card).textContent;
  dialog.returnValue = "";
  dialog.showModal();
  dialog.addEventListener("close", () => dialog.returnValue === "delete" && takeDown(card), { once: true });
}

const dialog = /** @type {HTMLDialogElement | null} */ (find("[data-delete-dialog]"));
for (const card of dialog ? all("[data-mine] [data-poster]") : []) {
  const button = make("button", "quiet take-down", "Take down");
  button.setAttribute("aria-label", `Take down ${need(".place", card).textContent}`);
  button.addEventListener("click", () => dialog && ask(dialog, card));
  card.append(button);
}
addEventListener("pagehide", () => {
  // May not get through while the page goes; the next page makes sure of it.
  for (const id of leaving()) leave(id).catch(() => undefined);
});
