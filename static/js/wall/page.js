// @ts-check
/** The wall: its live copy, the sentence that makes a poster, and the kiosk. */

import { startLettingGo } from "./far.js";
import { startKiosk } from "./kiosk.js";
import { Older } from "./older.js";
import { Pill } from "./pill.js";
import { startQuickCreate } from "./quick.js";
import { WallSync } from "./sync.js";
import { Wall } from "./wall.js";
import { need } from "../web/dom.js";
import { Commands, Events } from "../web/events.js";
import { api } from "../web/http.js";
import { StreamLog } from "../web/log.js";
import { command, onEveryConnect, socket } from "../web/socket.js";
import { startAnnouncements, startFailures } from "../web/warnings.js";
import { hereWords } from "../web/words.js";

const LONG_HIDDEN_MS = 30_000;
const FETCHED = 100;

const list = need("[data-wall]");
const empty = need("[data-empty]");
const more = need("[data-more]");
const wall = new Wall(list);
const pill = new Pill(need("[data-pill]"));
const kiosk = document.documentElement.classList.contains("kiosk");
const older = kiosk ? null : new Older(more, wall);

/** @param {number} viewers */
function showPresence(viewers) {
  const here = need("[data-presence]");
  here.classList.toggle("away", !socket().connected);
  need("[data-presence-words]").textContent = hereWords(viewers);
}

/** @param {import("../web/types.js").WallEvent} event */
function apply({ event, payload }) {
  if (event === Events.GALLERY_POSTER_ADDED) pill.change(() => wall.hang(payload.poster), { posters: 1 });
  if (event === Events.GALLERY_POSTER_REMOVED) pill.change(() => wall.takeDown(payload.id));
}

/** @param {import("../web/types.js").Making[]} jobs */
function showMaking(jobs) {
  pill.change(() => wall.showMaking(jobs), { key: "making" });
}

/** @param {import("../web/types.js").WallPage} page */
function replace(page) {
  if (wall.replace(page.posters)) older?.goOnFrom(page.next_before);
}

const shown = { epoch: list.dataset.epoch ?? "", seq: Number(list.dataset.seq) };
const log = new StreamLog(shown, ({ seq }) => ({ first: seq, last: seq }), apply);

const sync = new WallSync({
  log,
  join: (position) => command(Commands.GALLERY_JOIN, position),
  fetchWall: async () => /** @type {import("../web/types.js").WallPage} */ (await api(`/gallery?limit=${FETCHED}`)),
  replace: (page) => pill.change(() => replace(page), { posters: page.posters.filter(({ id }) => !wall.has(id)).length }),
  onJoined: (ack) => {
    showPresence(ack.viewers);
    showMaking(ack.making);
  },
});

/** Catches up; a connection lost on the way is caught up with when it is back. */
function catchUp() {
  if (socket().connected) sync.run().catch(() => setTimeout(catchUp, 2000));
}

function listen() {
  for (const name of [Events.GALLERY_POSTER_ADDED, Events.GALLERY_POSTER_REMOVED]) {
    socket().on(name, (payload) => log.receive({ seq: payload.seq, event: name, payload }) || catchUp());
  }
  socket().on(Events.GALLERY_MAKING, ({ jobs }) => showMaking(jobs));
  socket().on(Events.PRESENCE_CHANGED, ({ viewers }) => showPresence(viewers));
  socket().on("disconnect", () => need("[data-presence]").classList.add("away"));
  onEveryConnect(catchUp);
}

function catchUpAfterLongAbsence() {
  let hiddenAt = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (Math.abs(Date.now() - hiddenAt) > LONG_HIDDEN_MS) catchUp(); // either way: the clock may be set meanwhile
  });
}

new MutationObserver(() => (empty.hidden = list.children.length > 0)).observe(list, { childList: true });
listen();
catchUpAfterLongAbsence();
if (kiosk) {
  startKiosk(list);
} else {
  startAnnouncements();
  startFailures();
  startLettingGo(list);
  startQuickCreate(need("[data-quick-create]"));
}
