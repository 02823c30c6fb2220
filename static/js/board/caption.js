// @ts-check
/** The label beside the board: the pixel one points at, its paint, and who placed it when. */

import { find, need, writeFields } from "../web/dom.js";
import { Commands } from "../web/events.js";
import { command, socket } from "../web/socket.js";
import { paintWords, placedWords } from "./words.js";

/** One has to rest on a pixel for a moment before the server is asked about it. */
const REST_MS = 320;

export class Caption {
  #timer = 0;
  #asked = 0;

  /**
   * @param {HTMLElement} label
   * @param {import("./board.js").Board} board
   * @param {() => number} now the server's time
   */
  constructor(label, board, now) {
    this.label = label;
    this.board = board;
    this.now = now;
    this.ownId = "";
  }

  /** @param {import("./camera.js").Point | null} pixel */
  show(pixel) {
    clearTimeout(this.#timer);
    this.#asked++;
    need("[data-pixel]", this.label).hidden = !pixel;
    need("[data-no-pixel]", this.label).hidden = Boolean(pixel);
    if (!pixel) return;
    const paint = this.board.palette[this.board.shown(pixel.y * this.board.width + pixel.x)];
    find("[data-swatch]", this.label)?.style.setProperty("--paint", paint.color);
    writeFields(this.label, { paint: paintWords(paint), where: `${pixel.x}, ${pixel.y}`, who: "" });
    if (!this.board.inPast) this.#timer = setTimeout(() => this.#inspect(pixel), REST_MS);
  }

  /** @param {import("./camera.js").Point} pixel */
  async #inspect({ x, y }) {
    if (!socket().connected) return;
    const asked = ++this.#asked;
    const answer = await command(Commands.CANVAS_INSPECT, { x, y }).catch(() => null);
    if (!answer || asked !== this.#asked) return;
    writeFields(this.label, { who: placedWords(/** @type {any} */ (answer), this.ownId, this.now()) });
  }
}
