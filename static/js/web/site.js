// @ts-check
/** What every page does: appearance, and a word when the connection is lost. */

import { startAppearance } from "./appearance.js";
import { centreInRow, find, need } from "./dom.js";
import { basePath } from "./http.js";
import { startRegret } from "../posters/undo_delete.js";

function watchConnection() {
  const notice = need("[data-offline]");
  const show = () => (notice.hidden = navigator.onLine);
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}

/** On a phone the row of pages runs out of the window: it begins where the visitor is. */
function showWhereWeAre() {
  const here = find(".rail [aria-current]");
  const row = here?.closest("ul");
  if (here && row) centreInRow(here, row);
}

startAppearance();
showWhereWeAre();
watchConnection();
startRegret();
navigator.serviceWorker?.register(`${basePath()}/worker.js`).catch(() => {
  // Without it (an address without TLS, a private window) only the offline page is missing.
});
