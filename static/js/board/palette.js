// @ts-check
/** The paints to choose from. */

import { all, cloneOf, find, need } from "../web/dom.js";
import { gettext } from "../web/language.js";
import { signOf } from "./keys.js";
import { paintWords } from "./words.js";

export class Palette {
  /** @type {number | null} */
  #chosen = null;

  /**
   * @param {HTMLElement} tray
   * @param {HTMLTemplateElement} template of one paint
   * @param {(colour: number | null) => void} onChoose
   */
  constructor(tray, template, onChoose) {
    this.tray = tray;
    this.template = template;
    tray.addEventListener("change", ({ target }) => onChoose(Number(/** @type {HTMLInputElement} */ (target).value)));
    tray.addEventListener("click", ({ target }) => {
      // Choosing the paint in hand again puts the brush down.
      if (target instanceof HTMLInputElement && Number(target.value) === this.#chosen) onChoose(null);
    });
  }

  /** @param {import("./board.js").Paint[]} paints */
  show(paints) {
    this.tray.replaceChildren(...paints.map((paint, index) => this.#dab(paint, index)));
  }

  /**
   * @param {import("./board.js").Paint} paint
   * @param {number} index
   */
  #dab(paint, index) {
    const label = cloneOf(this.template);
    const input = /** @type {HTMLInputElement} */ (need("input", label));
    const name = paintWords(paint);
    const key = signOf(index);
    input.value = String(index);
    input.setAttribute("aria-label", name);
    label.title = key ? gettext("%(paint)s (key %(key)s)", { paint: name, key }) : name;
    label.style.setProperty("--paint", paint.color);
    return label;
  }

  /** @param {number | null} colour */
  choose(colour) {
    this.#chosen = colour;
    for (const input of /** @type {HTMLInputElement[]} */ (all("input", this.tray))) input.checked = Number(input.value) === colour;
    find("input:checked", this.tray)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}
