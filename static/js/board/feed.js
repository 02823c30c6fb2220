// @ts-check
/** What comes in from the server: the board as a whole, its frames of pixels, and catching up with what was missed. */

import { WallSync } from "../wall/sync.js";
import { Commands, Events } from "../web/events.js";
import { apiUrl, fetchOk } from "../web/http.js";
import { command, onEveryConnect, socket } from "../web/socket.js";
import { decodeFrame } from "./codec.js";

const AGAIN_MS = 2000;

/** @typedef {{epoch: number, seq: number, pixels: Uint8Array}} WholeBoard */

/**
 * Fetches a board: the present one as it is now, or one of the past, which is the same whenever it is asked for.
 * @param {string} [past] ISO time
 * @returns {Promise<WholeBoard>}
 */
export async function fetchBoard(past) {
  const path = past ? `/canvas/history?at=${encodeURIComponent(past)}` : "/canvas/board";
  const response = await fetchOk(apiUrl(path), { cache: past ? "default" : "no-cache" });
  const [epoch, seq] = ["X-Epoch", "X-Seq"].map((name) => Number(response.headers.get(name)));
  return { epoch, seq, pixels: new Uint8Array(await response.arrayBuffer()) };
}

/**
 * Keeps the page's copy of the board true from now on; gives what asks anew.
 * @param {object} parts
 * @param {import("../web/log.js").StreamLog<import("./codec.js").PixelFrame>} parts.log
 * @param {(whole: WholeBoard) => void} parts.replace
 * @param {(facts: Record<string, any>) => void} parts.onJoined
 */
export function startFeed({ log, replace, onJoined }) {
  /** @type {WallSync<WholeBoard>} */
  const sync = new WallSync({
    log,
    join: async (position) => {
      const ack = await command(Commands.CANVAS_JOIN, position.seq < 0 ? {} : position);
      return { ...ack, events: ack.pixels ? [decodeFrame(ack.pixels)] : [] };
    },
    fetchWall: () => fetchBoard(),
    replace,
    onJoined,
  });
  const catchUp = () => {
    if (socket().connected) sync.run().catch(() => setTimeout(catchUp, AGAIN_MS));
  };
  socket().on(Events.CANVAS_PIXELS, (bytes) => log.receive(decodeFrame(bytes)) || catchUp());
  socket().on(Events.CANVAS_RESYNC, catchUp);
  onEveryConnect(catchUp);
  return catchUp;
}
