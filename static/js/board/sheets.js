// @ts-check
/** What can be laid over the board: a template of one's own, which stays on this machine, and the heat of the board. */

import { need } from "../web/dom.js";
import { apiUrl, fetchOk } from "../web/http.js";
import { gettext } from "../web/language.js";
import { notify } from "../web/notices.js";

const HEAT_OPACITY = 0.75;

/** @typedef {{picture: ImageBitmap, opacity: number, x: number, y: number, width: number, height: number}} Sheet */

/** @param {ParentNode} root @param {string} name */
const field = (root, name) => /** @type {HTMLInputElement} */ (need(`[name="${name}"]`, root));

export class Template {
  /** @type {ImageBitmap | null} */
  #picture = null;

  /**
   * @param {HTMLElement} panel
   * @param {import("./camera.js").Camera} camera
   * @param {() => void} onChange
   */
  constructor(panel, camera, onChange) {
    this.panel = panel;
    this.camera = camera;
    this.onChange = onChange;
    panel.addEventListener("input", ({ target }) => {
      if (target === field(panel, "template-file")) this.#load();
      else onChange();
    });
    need("[data-template-away]", panel).addEventListener("click", () => this.#lay(null));
  }

  async #load() {
    const file = field(this.panel, "template-file").files?.[0];
    if (!file) return;
    const picture = await createImageBitmap(file).catch(() => null);
    if (picture) this.#lay(picture);
    else notify(gettext("This file is no picture that the browser can read."));
  }

  /**
   * Lays a picture in the middle of the view, a pixel on a pixel, or smaller where the board is.
   * @param {ImageBitmap | null} picture
   */
  #lay(picture) {
    this.#picture = picture;
    need("[data-template-set]", this.panel).hidden = !picture;
    if (picture) {
      const { board, x, y } = this.camera;
      const width = Math.min(picture.width, board.width, Math.floor((board.height * picture.width) / picture.height));
      const height = (width * picture.height) / picture.width;
      field(this.panel, "template-width").value = String(width);
      field(this.panel, "template-x").value = String(Math.max(0, Math.round(x - width / 2)));
      field(this.panel, "template-y").value = String(Math.max(0, Math.round(y - height / 2)));
    } else {
      field(this.panel, "template-file").value = "";
    }
    this.onChange();
  }

  /** @returns {Sheet | null} */
  sheet() {
    const picture = this.#picture;
    if (!picture) return null;
    const number = (/** @type {string} */ name) => Number(field(this.panel, name).value);
    const width = Math.max(1, number("template-width"));
    const height = Math.max(1, Math.round((width * picture.height) / picture.width));
    return { picture, opacity: number("template-opacity") / 100, x: number("template-x"), y: number("template-y"), width, height };
  }
}

export class Heat {
  /** @type {ImageBitmap | null} */
  #picture = null;

  /**
   * @param {HTMLInputElement} tick
   * @param {import("./board.js").Board} board
   * @param {() => void} onChange
   */
  constructor(tick, board, onChange) {
    this.tick = tick;
    this.board = board;
    this.onChange = onChange;
    tick.addEventListener("change", () => this.#toggle());
  }

  async #toggle() {
    this.#picture = null;
    this.onChange();
    if (!this.tick.checked) return;
    try {
      const response = await fetchOk(apiUrl("/canvas/heatmap.png"), { cache: "no-cache" });
      const picture = await createImageBitmap(await response.blob());
      if (this.tick.checked) this.#picture = picture;
    } catch {
      this.tick.checked = false;
      notify(gettext("Where it is busy cannot be shown at the moment."));
    }
    this.onChange();
  }

  /** @returns {Sheet | null} */
  sheet() {
    const { width, height } = this.board;
    return this.#picture && { picture: this.#picture, opacity: HEAT_OPACITY, x: 0, y: 0, width, height };
  }
}
