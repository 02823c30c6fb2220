// @ts-check
/** What the server has to say to everybody, and what went wrong with one's own posters. */

import { Events } from "./events.js";
import { pageUrl } from "./http.js";
import { gettext } from "./language.js";
import { notify } from "./notices.js";
import { socket } from "./socket.js";

const READING_S = 20;

/** Shows announcements, such as a restart that is coming. */
export function startAnnouncements() {
  socket().on(Events.SYSTEM_MAINTENANCE, ({ message }) => notify(message, { seconds: READING_S }));
}

/** Says that a poster of one's own, made from this page, did not work out; the page of its making says why. */
export function startFailures() {
  socket().on(Events.GENERATION_FAILED, ({ request_id: jobId }) => {
    const seeWhy = () => location.assign(pageUrl.job(jobId));
    notify(gettext("A poster of yours did not work out."), { action: gettext("See why"), onAction: seeWhy, seconds: READING_S });
  });
}
