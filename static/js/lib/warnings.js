// @ts-check
/** What the server has to say to everybody, and what went wrong with one's own posters. */

import { Events } from "./events.js";
import { notify } from "./notices.js";
import { socket } from "./socket.js";

const READING_S = 20;

/** Shows announcements, such as a restart that is coming. */
export function startAnnouncements() {
  socket().on(Events.SYSTEM_MAINTENANCE, ({ message }) => notify(message, { seconds: READING_S }));
}

/** Says why a poster of one's own, made from this page, did not work out. */
export function startFailures() {
  socket().on(Events.GENERATION_FAILED, ({ message }) => notify(message, { seconds: READING_S }));
}
