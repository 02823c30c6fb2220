// @ts-check
/** The place search: a combobox over the offline index of places (WAI-ARIA pattern, list autocomplete). */

import { all, announce, make, need } from "../../web/dom.js";
import { api } from "../../web/http.js";
import { peopleWords } from "../../web/words.js";
import { gettext, ngettext } from "../../web/language.js";

/** @typedef {import("../../web/types.js").Place} Place */

const PAUSE_MS = 90;

/** @param {Place} place */
export function placeName(place) {
  return [place.city, place.country].filter(Boolean).join(", ");
}

/**
 * @param {Place} place
 * @param {string} id
 */
function option(place, id) {
  const item = make("li");
  item.id = id;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  const name = make("bdi", "place", place.city);
  const where = make("span", "where", [place.region, place.country].filter(Boolean).join(", "));
  const people = make("span", "people", place.population ? peopleWords(place.population) : "");
  item.append(name, where, people);
  return item;
}

class PlaceField {
  /** @type {Place[]} */
  #found = [];
  /** @type {Place | null} */
  #picked = null;
  #active = -1;
  #asking = new AbortController();

  /**
   * @param {HTMLElement} root
   * @param {(place: Place) => void} onPick
   */
  constructor(root, onPick) {
    this.input = /** @type {HTMLInputElement} */ (need("[role=combobox]", root));
    this.list = need("[role=listbox]", root);
    this.onPick = onPick;
    let timer = 0;
    this.input.addEventListener("input", () => {
      this.#picked = null;
      clearTimeout(timer);
      timer = setTimeout(() => this.#ask(), PAUSE_MS);
    });
    this.input.addEventListener("keydown", (event) => this.#onKey(event));
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("blur", () => this.#close());
    this.list.addEventListener("pointerdown", (event) => this.#onPointer(event));
  }

  /**
   * Shows a place that was chosen elsewhere.
   * @param {Place} place
   */
  show(place) {
    this.#picked = place;
    this.input.value = placeName(place);
  }

  clear() {
    this.#picked = null;
    this.input.value = "";
    this.#close();
  }

  /** The place that is meant; asks the visitor when that is not clear. */
  async chosen() {
    if (this.#picked) return this.#picked;
    await this.#ask();
    const typed = this.input.value.trim().toLocaleLowerCase();
    const same = this.#found.filter((place) => placeName(place).toLocaleLowerCase() === typed);
    const only = this.#found.length === 1 ? this.#found[0] : same.length === 1 ? same[0] : undefined;
    if (only) this.#pick(only);
    else this.input.focus();
    return only ?? null;
  }

  async #ask() {
    this.#asking.abort();
    this.#asking = new AbortController();
    const words = this.input.value.trim();
    if (!words) return this.#close();
    try {
      const answer = await api(`/geocode/suggest?q=${encodeURIComponent(words)}`, { signal: this.#asking.signal });
      this.#open(answer.suggestions.map((/** @type {any} */ { name, ...town }) => ({ city: name, ...town })));
    } catch (error) {
      const { name, message } = /** @type {Error} */ (error);
      if (name !== "AbortError") this.#say(message);
    }
  }

  /** @param {Place[]} places */
  #open(places) {
    this.#found = places;
    this.#active = -1;
    if (places.length === 0) return this.#say(gettext("No place of that name is known here."));
    this.list.replaceChildren(...places.map((place, index) => option(place, `${this.list.id}-${index}`)));
    this.#expand(true);
    announce(ngettext("%(number)s place. Choose with the arrow keys.", "%(number)s places. Choose with the arrow keys.", places.length));
  }

  /** @param {string} words */
  #say(words) {
    const item = make("li", "none", words);
    item.setAttribute("role", "option");
    item.setAttribute("aria-disabled", "true");
    item.setAttribute("aria-selected", "false");
    this.#found = [];
    this.list.replaceChildren(item);
    this.#expand(true);
    announce(words);
  }

  #close() {
    this.#asking.abort();
    this.#active = -1;
    this.#expand(false);
  }

  /** @param {boolean} open */
  #expand(open) {
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    if (!open) this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {number} index */
  #activate(index) {
    this.#active = (index + this.#found.length) % this.#found.length;
    for (const [at, item] of all("[role=option]", this.list).entries()) {
      item.setAttribute("aria-selected", String(at === this.#active));
      if (at !== this.#active) continue;
      this.input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    }
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key === "Escape") return this.#close();
    if (this.list.hidden || this.#found.length === 0) return;
    if (event.key === "ArrowDown") this.#activate(this.#active + 1);
    else if (event.key === "ArrowUp") this.#activate(Math.max(this.#active, 0) - 1);
    else if (event.key === "Enter") this.#pick(this.#found[Math.max(this.#active, 0)]);
    else return;
    event.preventDefault();
  }

  /** @param {PointerEvent} event */
  #onPointer(event) {
    event.preventDefault(); // keeps the focus in the field
    const item = /** @type {Element} */ (event.target).closest("[role=option]");
    const index = all("[role=option]", this.list).indexOf(/** @type {HTMLElement} */ (item));
    this.#pick(this.#found[index]);
  }

  /** @param {Place} [place] */
  #pick(place) {
    if (!place) return;
    this.show(place);
    this.#close();
    this.onPick(place);
  }
}

/**
 * @param {HTMLElement} root
 * @param {(place: Place) => void} [onPick]
 */
export function startPlaceField(root, onPick = () => {}) {
  return new PlaceField(root, onPick);
}
