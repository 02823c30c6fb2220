// @ts-check
/** The board as it was: a slider through its time, and a player that runs through it. */

import { need, showFault } from "../lib/dom.js";
import { api } from "../lib/http.js";
import { gettext, language } from "../lib/language.js";
import { fetchBoard } from "./feed.js";

const STEPS = 240;
const STEP_MS = 90;
const when = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

export class History {
  #fromMs = 0;
  #playing = false;
  #busy = false;
  /** @type {number | null} the step that was asked for while another one was on its way */
  #next = null;

  /**
   * @param {object} parts
   * @param {HTMLElement} parts.panel
   * @param {HTMLButtonElement} parts.opener
   * @param {(past: Uint8Array | null) => void} parts.show null for the present
   * @param {() => number} parts.now the server's time
   */
  constructor({ panel, opener, show, now }) {
    this.panel = panel;
    this.opener = opener;
    this.show = show;
    this.now = now;
    this.slider = /** @type {HTMLInputElement} */ (need("[data-moment]", panel));
    this.player = need("[data-play]", panel);
    this.fault = need("[data-history-fault]", panel);
    this.slider.max = String(STEPS);
    this.slider.addEventListener("input", () => this.#pause() ?? this.#go(Number(this.slider.value)));
    this.player.addEventListener("click", () => (this.#playing ? this.#pause() : this.#play()));
    need("[data-now]", panel).addEventListener("click", () => this.close());
    opener.addEventListener("click", () => (panel.hidden ? this.#open() : this.close()));
  }

  async #open() {
    this.panel.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    this.slider.value = String(STEPS);
    this.slider.disabled = true;
    await this.#try(async () => {
      this.#fromMs = Date.parse((await api("/canvas/stats")).since);
      this.slider.disabled = false;
      this.slider.focus();
      this.#tell(STEPS);
    });
  }

  /** Comes back to the present. */
  close() {
    this.#pause();
    this.#next = null;
    this.panel.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
    this.opener.focus();
    this.show(null);
  }

  async #play() {
    this.#playing = true;
    this.player.textContent = gettext("Pause");
    const start = Number(this.slider.value) >= STEPS ? 0 : Number(this.slider.value);
    for (let step = start; step <= STEPS && this.#playing; step++) {
      this.slider.value = String(step);
      await Promise.all([this.#go(step), new Promise((resolve) => setTimeout(resolve, STEP_MS))]);
    }
    this.#pause();
  }

  #pause() {
    this.#playing = false;
    this.player.textContent = gettext("Play");
  }

  /**
   * Shows a step; while one is on its way only the last one asked for follows.
   * @param {number} step
   */
  async #go(step) {
    this.#tell(step);
    this.#next = step;
    if (this.#busy) return;
    this.#busy = true;
    await this.#try(async () => {
      while (this.#next !== null) await this.#fetch(this.#next);
    });
    this.#busy = false;
  }

  /** @param {number} step */
  async #fetch(step) {
    this.#next = null;
    const at = new Date(this.#momentOf(step)).toISOString();
    const { pixels } = await fetchBoard(at);
    if (!this.panel.hidden) this.show(pixels);
  }

  /** @param {() => Promise<void>} act */
  async #try(act) {
    try {
      await act();
      showFault(this.fault, "");
    } catch (error) {
      this.#pause();
      showFault(this.fault, /** @type {Error} */ (error).message);
    }
  }

  /** @param {number} step */
  #momentOf(step) {
    return this.#fromMs + ((this.now() - this.#fromMs) * step) / STEPS;
  }

  /** @param {number} step */
  #tell(step) {
    const words = when.format(this.#momentOf(step));
    need("[data-moment-words]", this.panel).textContent = words;
    this.slider.setAttribute("aria-valuetext", words);
  }
}
