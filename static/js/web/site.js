// @ts-check
/** What every page does: appearance, and a word when the connection is lost. */

import { startAppearance } from "./appearance.js";
import { need } from "./dom.js";
import { basePath } from "./http.js";
import { startUndoDelete } from "../posters/undo_delete.js";

function watchConnection() {
  const notice = need("[data-offline]");
  const show = () => (notice.hidden = navigator.onLine);
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}

startAppearance();
watchConnection();
startUndoDelete();
navigator.serviceWorker?.register(`${basePath()}/worker.js`).catch(() => {
  // Without it (an address without TLS, a private window) only the offline page is missing.
});
