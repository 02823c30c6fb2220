// @ts-check
/**
 * The board. Entrances bring things in (feed: the server; pointer, keys, address: the visitor), internals know and
 * decide (board, log, camera, charges, painter), exits show (stage and layers, palette, ring, caption, minimap, history).
 * Only this file knows them all.
 */

import { hashOf, startAddress } from "./address.js";
import { Board } from "./board.js";
import { Camera } from "./camera.js";
import { Caption } from "./caption.js";
import { Charges } from "./charges.js";
import { spanOf } from "./codec.js";
import { deliver, freshId } from "./delivery.js";
import { fetchBoard, startFeed } from "./feed.js";
import { startHand } from "./hand.js";
import { History } from "./history.js";
import { Glows, cursorLayer, gridLayer, hatchLayer, sheetLayer } from "./layers.js";
import { Minimap } from "./minimap.js";
import { Painter } from "./painter.js";
import { Palette } from "./palette.js";
import { Ring } from "./ring.js";
import { Heat, Template } from "./sheets.js";
import { Stage } from "./stage.js";
import { Standing } from "./standing.js";
import { paintWords, reasonWords } from "./words.js";
import { all, announce, need } from "../web/dom.js";
import { Commands, Events } from "../web/events.js";
import { gettext } from "../web/language.js";
import { StreamLog } from "../web/log.js";
import { notify } from "../web/notices.js";
import { startSharing } from "../web/share.js";
import { createStore } from "../web/store.js";
import { command, socket } from "../web/socket.js";
import { startAnnouncements } from "../web/warnings.js";

const UNDO_MS = 5000;

const room = need("[data-canvas]");
const facts = JSON.parse(room.dataset.facts ?? "{}");
const canvas = /** @type {HTMLCanvasElement} */ (need("[data-stage]"));

/** @type {import("./hand.js").Hand} */
const hand = createStore({ cursor: /** @type {any} */ (null), colour: /** @type {any} */ (null) });
export const board = new Board(facts);
const charges = new Charges(facts);
const camera = new Camera(board, moved);
const stage = new Stage({ canvas, hung: need("[data-hung]"), board, camera });
const minimap = new Minimap({ canvas: /** @type {any} */ (need("[data-minimap]")), frame: need("[data-minimap-frame]"), stage, camera });
const caption = new Caption(need("[data-caption]"), board, () => charges.now());
const standing = new Standing(need("[data-standing]"), need("[data-presence]"));
const glows = new Glows(board, () => accent);
const palette = new Palette(need("[data-tray]"), need("template[data-paint]"), (colour) => hand.set({ colour }));
const ring = new Ring(need("[data-ring]"), need("[data-ring-words]"), charges, () => announce(gettext("A pixel is ready.")));
const heat = new Heat(/** @type {any} */ (need("[data-heat]")), board, () => stage.invalidate());
const template = new Template(need("[data-template]"), camera, () => stage.invalidate());
const undo = /** @type {HTMLButtonElement} */ (need("[data-undo]"));
const grid = /** @type {HTMLInputElement} */ (need("[data-grid]"));

let accent = "";
/** @type {import("./layers.js").Side[]} */
let closedOff = [];
let undoTimer = 0;
/** @type {(() => void) | undefined} */
let writeAddress;
/** @type {(() => void) | undefined} */
let catchUp;

export const log = new StreamLog({ epoch: 0, seq: -1 }, spanOf, (frame, from) => {
  board.apply(frame, from);
  glows.add(frame, from);
  changed();
});

const painter = new Painter({
  board,
  charges,
  send: (request) => ask(Commands.CANVAS_PLACE, request),
  seenSeq: () => log.seq,
  onChange: changed,
  onPlaced: (x, y, colour) => {
    announce(gettext("%(paint)s placed at %(x)s, %(y)s.", { paint: paintWords(board.palette[colour]), x, y }));
    offerUndo();
  },
  onRefused: (words, reason) => {
    standing.refused(reason);
    if (reason === "protected") catchUp?.();
    notify(words, { seconds: 5 });
  },
});

/**
 * Asks for a change of the board.
 * @param {string} name
 * @param {object} request
 */
async function ask(name, request) {
  const ack = await command(name, request);
  standing.mine(ack.braked);
  return ack;
}

function moved() {
  stage.invalidate();
  minimap.moved();
  writeAddress?.();
}

function changed() {
  stage.invalidate();
  minimap.changed();
  ring.show();
  caption.show(hand.get().cursor);
}

/** @param {import("./feed.js").WholeBoard} whole */
function replace(whole) {
  board.replace(whole.pixels);
  changed();
}

/** What one sees has another size. */
function resized() {
  stage.refit();
  hand.set({ cursor: null });
  camera.fit();
}

/**
 * The server has told how the board is; a new season may have another size and other paints.
 * @param {Record<string, any>} told
 */
function onJoined(told) {
  if (!board.hasShape(/** @type {any} */ (told))) {
    board.reshape(/** @type {any} */ (told));
    palette.show(board.palette);
    hand.set({ colour: null });
    resized();
  }
  closedOff = told.protected;
  charges.setRule(/** @type {any} */ (told));
  charges.adopt(/** @type {any} */ (told));
  standing.joined(told);
  changed();
}

/** For a few seconds one's last pixel can be taken back. */
function offerUndo() {
  undo.disabled = false;
  clearTimeout(undoTimer);
  undoTimer = setTimeout(() => (undo.disabled = true), UNDO_MS);
}

async function takeBack() {
  if (undo.disabled) return;
  undo.disabled = true;
  try {
    await deliver((request) => ask(Commands.CANVAS_UNDO, request), { request_id: freshId() });
    announce(gettext("Taken back."));
  } catch (error) {
    const { ack } = /** @type {{ack?: Record<string, any>}} */ (error);
    notify(ack ? reasonWords(ack, charges.now()) : gettext("There is no connection to the gallery."), { seconds: 5 });
  }
}

/** @param {number | null} colour */
function showPaint(colour) {
  palette.choose(colour);
  const place = need("[data-place]");
  place.textContent = colour === null ? gettext("Choose a paint") : gettext("Place %(paint)s", { paint: paintWords(board.palette[colour]) });
  place.setAttribute("aria-disabled", String(colour === null));
}

/** On a phone the paintbox shows what one needs to paint; its handle shows the rest, and the past needs the room. */
function startHandle() {
  const handle = need("[data-handle]");
  const paintbox = need("[data-paintbox]");
  const open = (/** @type {boolean} */ wanted) => {
    paintbox.classList.toggle("open", wanted);
    handle.setAttribute("aria-expanded", String(wanted));
  };
  handle.addEventListener("click", () => open(!paintbox.classList.contains("open")));
  need("[data-history-opener]").addEventListener("click", () => open(false));
}

/** Follows the appearance: a glow has its accent. */
function watchAppearance() {
  const read = () => (accent = getComputedStyle(room).getPropertyValue("color"));
  new MutationObserver(read).observe(document.documentElement, { attributes: true });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", read);
  read();
}

function listen() {
  socket().on(Events.CONNECTION_ESTABLISHED, ({ user_id: userId, server_time: serverTime }) => {
    caption.ownId = userId;
    charges.setClock(serverTime);
  });
  socket().on(Events.PRESENCE_CHANGED, ({ viewers }) => standing.here(viewers));
  socket().on(Events.CANVAS_BRAKES, (brakes) => standing.braked(brakes));
  socket().on("disconnect", () => standing.away());
  socket().on("connect_error", () => standing.away());
}

/** Shows the board as it is now, while the socket connects, and follows it; without an answer joining fetches it. */
async function begin() {
  const whole = await fetchBoard().catch(() => null);
  if (whole && whole.pixels.length === board.pixels.length) {
    replace(whole);
    log.restart(whole);
  }
  catchUp = startFeed({ log, replace, onJoined });
}

stage.layers = [
  sheetLayer(() => heat.sheet()),
  sheetLayer(() => template.sheet()),
  gridLayer(board, () => grid.checked),
  hatchLayer(board, () => closedOff),
  glows.draw,
  cursorLayer(board, hand.get),
];
startHand({ canvas, camera, board, hand, painter, takeBack, fit: () => camera.fit(), placeButton: need("[data-place]") });
hand.subscribe(({ cursor, colour }, before) => {
  stage.invalidate();
  if (cursor !== before.cursor) caption.show(cursor);
  if (colour !== before.colour) showPaint(colour);
});
new History({
  panel: need("[data-history]"),
  opener: /** @type {any} */ (need("[data-history-opener]")),
  now: () => charges.now(),
  show: (past) => {
    if (board.showPast(past)) resized();
    changed();
  },
});
palette.show(board.palette);
grid.addEventListener("change", () => stage.invalidate());
undo.addEventListener("click", takeBack);
for (const button of all("[data-zoom]")) button.addEventListener("click", () => camera.zoom(Number(button.dataset.zoom)));
need("[data-fit]").addEventListener("click", () => camera.fit());
startHandle();
startSharing(need("[data-share]"), () => ({
  link: new URL(hashOf(camera), location.href).href,
  words: gettext("The link to this place is copied."),
  seconds: 30,
}));
watchAppearance();
void stage.measured.then(() => {
  camera.fit();
  writeAddress = startAddress(camera);
});
startAnnouncements();
listen();
void begin();
