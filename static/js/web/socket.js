// @ts-check
/** The one socket of the page: commands are acknowledged or fail, and joining is repeated after every reconnect. */

import { io } from "../../vendor/socket.io.esm.min.js";
import { basePath } from "./http.js";
import { gettext } from "./language.js";

const ACK_MS = 8000;

/** @type {import("socket.io-client").Socket | undefined} */
let shared;

/** The socket, connected when it is first asked for. */
export function socket() {
  // Where something between here and the server does not let WebSockets through, plain requests carry everything.
  shared ??= io({
    path: `${basePath()}/socket.io`,
    reconnectionDelayMax: 4000,
    transports: ["websocket", "polling"],
    tryAllTransports: true,
  });
  return shared;
}

/** A command that the server refused. */
export class Refused extends Error {
  /** @param {Record<string, any>} ack */
  constructor(ack) {
    super(ack.message ?? ack.error ?? gettext("The gallery refused."));
    this.ack = ack;
  }
}

/**
 * Sends a command and waits for its acknowledgement; throws Refused, or an error when none comes.
 * @param {string} name
 * @param {object} [payload]
 * @returns {Promise<Record<string, any>>}
 */
export async function command(name, payload = {}) {
  const ack = await socket().timeout(ACK_MS).emitWithAck(name, payload);
  if (!ack.ok) throw new Refused(ack);
  return ack;
}

/**
 * Calls now if connected, and after every connect from then on.
 * @param {() => void} join
 */
export function onEveryConnect(join) {
  if (socket().connected) join();
  socket().on("connect", join);
}
