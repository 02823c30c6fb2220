// @ts-check
/** Places pixels: shown at once, taken back with a reason where the server refuses. */

import { gettext } from "../web/language.js";
import { deliver, freshId } from "./delivery.js";
import { beyondWords, paintWords, reasonWords, waitWords } from "./words.js";

/** @typedef {import("./delivery.js").Ack} Ack */
/** @typedef {{x: number, y: number, color: number, request_id: string}} Request */

export class Painter {
  /**
   * @param {object} parts
   * @param {import("./board.js").Board} parts.board
   * @param {import("./charges.js").Charges} parts.charges
   * @param {(request: Request) => Promise<Ack>} parts.send throws an error with the `ack` of a refusal, or without one
   * @param {() => number} parts.seenSeq the last placement that is on the board
   * @param {() => void} parts.onChange the board or the charges are others
   * @param {(x: number, y: number, colour: number) => void} parts.onPlaced
   * @param {(words: string, reason: string) => void} parts.onRefused
   */
  constructor({ board, charges, send, seenSeq, onChange, onPlaced, onRefused }) {
    this.board = board;
    this.charges = charges;
    this.send = send;
    this.seenSeq = seenSeq;
    this.onChange = onChange;
    this.onPlaced = onPlaced;
    this.onRefused = onRefused;
  }

  /**
   * Says what stands against a pixel as far as the page can know; "" where nothing does.
   * @param {number} x
   * @param {number} y
   * @param {number} colour
   */
  #objection(x, y, colour) {
    const { board } = this;
    if (board.inPast) return gettext("You are looking at the past. Come back to now to paint.");
    if (x < 0 || y < 0 || x >= board.width || y >= board.height) return beyondWords();
    if (board.shown(y * board.width + x) === colour) return gettext("It is %(paint)s already.", { paint: paintWords(board.palette[colour]) });
    const { count, waitMs } = this.charges.state();
    return count < 1 ? waitWords(waitMs) : "";
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} colour
   */
  async place(x, y, colour) {
    const objection = this.#objection(x, y, colour);
    if (objection) return this.onRefused(objection, "");
    const id = freshId();
    this.board.wish(id, y * this.board.width + x, colour);
    this.charges.take();
    this.onChange();
    try {
      const ack = await deliver(this.send, { x, y, color: colour, request_id: id });
      this.board.confirm(id, ack.seq, this.seenSeq());
      this.charges.adopt(/** @type {import("./charges.js").Allowance} */ (ack));
      this.onPlaced(x, y, colour);
    } catch (error) {
      this.#takeBack(id, /** @type {{ack?: Ack}} */ (error).ack);
    }
    this.onChange();
  }

  /**
   * @param {string} id
   * @param {Ack | undefined} ack
   */
  #takeBack(id, ack) {
    this.board.withdraw(id);
    if (ack?.available_at) this.charges.adopt({ charges: 0, available_at: ack.available_at });
    else this.charges.giveBack();
    this.onRefused(reasonWords(ack, this.charges.now()), ack?.reason ?? "");
  }
}
