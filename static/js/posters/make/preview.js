// @ts-check
/** The live preview: the newest wish is drawn, older ones are given up, and the last picture stays until the next is there. */

import { need } from "../../web/dom.js";
import { ApiError, apiUrl, fetchOk } from "../../web/http.js";
import { gettext } from "../../web/language.js";

const PAUSE_MS = 60;
const WIDTHS = [400, 600, 800];
const OVERTAKEN = 409;

/**
 * Asks for a picture of a design.
 * @param {object} body as POST /preview.png takes it
 * @param {AbortSignal} signal
 */
async function draw(body, signal) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetchOk(apiUrl("/preview.png"), { method: "POST", body: JSON.stringify(body), headers, signal });
  return response.blob();
}

export class Preview {
  #asking = new AbortController();
  #timer = 0;
  #shown = "";

  /**
   * @param {HTMLElement} easel
   * @param {(refusal: unknown) => boolean} [tell] takes what was wrong with the newest design, null when it was drawn;
   *   says whether that is told elsewhere
   */
  constructor(easel, tell = () => false) {
    this.easel = easel;
    this.tell = tell;
    this.words = need("[data-easel-words]", easel);
    this.front = /** @type {HTMLImageElement} */ (need("[data-preview]", easel));
  }

  /**
   * Draws a design in a moment, unless another one follows.
   * @param {object} body the body of POST /posters
   * @param {string} words what the picture shows
   */
  show(body, words) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#draw(body, words), PAUSE_MS);
  }

  /**
   * Moves the picture under the hand until the new one is drawn.
   * @param {number} x
   * @param {number} y
   */
  shift(x, y) {
    this.front.style.translate = `${x}px ${y}px`;
  }

  /**
   * @param {object} body
   * @param {string} words
   */
  async #draw(body, words) {
    this.#asking.abort();
    const asking = (this.#asking = new AbortController());
    this.easel.classList.add("drawing");
    try {
      const wanted = this.easel.clientWidth * devicePixelRatio;
      const width = WIDTHS.find((offered) => offered >= wanted) ?? 800;
      await this.#hang(await draw({ ...body, width }, asking.signal), words);
      this.tell(null);
    } catch (error) {
      if (/** @type {Error} */ (error).name === "AbortError") return;
      if (error instanceof ApiError && error.status === OVERTAKEN) {
        // On its way an older wish can come in after a newer one: the newest is made again.
        if (asking === this.#asking) this.show(body, words);
        return;
      }
      this.#say(this.tell(error) ? "" : /** @type {Error} */ (error).message);
    }
    if (asking === this.#asking) this.easel.classList.remove("drawing");
  }

  /**
   * @param {Blob} picture
   * @param {string} words
   */
  async #hang(picture, words) {
    const next = new Image();
    next.src = URL.createObjectURL(picture);
    await next.decode();
    if (this.#shown) URL.revokeObjectURL(this.#shown);
    this.#shown = next.src;
    this.front.src = next.src;
    this.front.alt = gettext("Preview: %(picture)s", { picture: words });
    this.front.hidden = false;
    this.shift(0, 0);
    this.#say("");
  }

  /** @param {string} words */
  #say(words) {
    this.words.textContent = words;
    this.words.hidden = !words;
    this.words.classList.toggle("over", !this.front.hidden);
    if (words) this.shift(0, 0);
  }
}
