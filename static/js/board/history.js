// @ts-check
/** The board as it was: a slider through its time, and a player that runs through it. */

import { need, showFault } from "../web/dom.js";
import { api } from "../web/http.js";
import { gettext, language } from "../web/language.js";
import { fetchBoard } from "./feed.js";

const STEPS = 240;
const STEP_MS = 90;
const day = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
const when = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

/** @typedef {import("./board.js").Shape & {epoch: number, since: string, until: string | null}} Season */

export class History {
  /** @type {Season[]} */
  #seasons = [];
  #fromMs = 0;
  /** @type {number | null} null for a season that goes on */
  #untilMs = null;
  #playing = false;
  #busy = false;
  /** @type {number | null} the step that was asked for while another one was on its way */
  #next = null;

  /**
   * @param {object} parts
   * @param {HTMLElement} parts.panel
   * @param {HTMLButtonElement} parts.opener
   * @param {(past: import("./board.js").Past | null) => void} parts.show null for the present
   * @param {() => number} parts.now the server's time
   */
  constructor({ panel, opener, show, now }) {
    this.panel = panel;
    this.opener = opener;
    this.show = show;
    this.now = now;
    this.slider = /** @type {HTMLInputElement} */ (need("[data-moment]", panel));
    this.chooser = /** @type {HTMLSelectElement} */ (need("[data-season]", panel));
    this.film = need("[data-film]", panel);
    this.player = need("[data-play]", panel);
    this.fault = need("[data-history-fault]", panel);
    this.slider.max = String(STEPS);
    this.slider.addEventListener("input", () => this.#seek());
    this.player.addEventListener("click", () => (this.#playing ? this.#pause() : this.#play()));
    this.chooser.addEventListener("change", () => this.#choose());
    need("[data-now]", panel).addEventListener("click", () => this.close());
    opener.addEventListener("click", () => (panel.hidden ? this.#open() : this.close()));
  }

  async #open() {
    this.panel.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    this.slider.value = String(STEPS);
    this.slider.disabled = true;
    await this.#try(async () => {
      this.#seasons = (await api("/canvas/seasons")).seasons;
      this.#offerSeasons();
      this.slider.disabled = false;
      this.slider.focus();
    });
  }

  /** Lets one choose among the seasons, the running one first; where there is but one there is no choice. */
  #offerSeasons() {
    const latest = this.#seasons.length - 1;
    const options = this.#seasons.map(({ since, until }, index) => {
      const [from, to] = [Date.parse(since), until ? Date.parse(until) : this.now()];
      const words = (day.format(from) === day.format(to) ? when : day).formatRange(from, to);
      return new Option(index === latest ? gettext("This board: %(dates)s", { dates: words }) : words, String(index));
    });
    this.chooser.replaceChildren(...options.reverse());
    need("[data-seasons]", this.panel).hidden = latest < 1;
    this.#begin(latest);
  }

  #choose() {
    this.#pause();
    this.#begin(Number(this.chooser.value));
    void this.#go(STEPS);
  }

  /** @param {number} index the season whose time the slider runs through */
  #begin(index) {
    const { since, until } = this.#seasons[index];
    this.#fromMs = Date.parse(since);
    this.#untilMs = until ? Date.parse(until) - 1 : null;
    this.film.hidden = until !== null;
    this.slider.value = String(STEPS);
    this.#tell(STEPS);
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

  #seek() {
    this.#pause();
    void this.#go(Number(this.slider.value));
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
    const { epoch, pixels } = await fetchBoard(at);
    const season = this.#seasons.find((known) => known.epoch === epoch);
    if (season && !this.panel.hidden) this.show({ ...season, pixels });
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
    return this.#fromMs + (((this.#untilMs ?? this.now()) - this.#fromMs) * step) / STEPS;
  }

  /** @param {number} step */
  #tell(step) {
    const words = when.format(this.#momentOf(step));
    need("[data-moment-words]", this.panel).textContent = words;
    this.slider.setAttribute("aria-valuetext", words);
  }
}
