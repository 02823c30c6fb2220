// @ts-check
/** What the poster points out: the rows of marks and tracks, and the tool that sets a mark on the poster. */

import { all, announce, cloneOf, find, need, showFault } from "../../web/dom.js";
import { gettext, ngettext } from "../../web/language.js";
import { markerWords } from "./design.js";
import { TRACKS_MAX } from "./found.js";
import { readTracks } from "./tracks.js";

/** @typedef {import("./design.js").Design} Design */
/** @typedef {import("./design.js").Marker} Marker */
/** @typedef {import("./found.js").Track} Track */

const MARKERS_MAX = 100;

/** @param {import("./found.js").Spot} spot @returns {Marker} */
function markerAt({ at: [latitude, longitude], label }) {
  return { latitude, longitude, shape: "pin", label };
}

/** @param {HTMLElement} row @returns {Marker} */
function markerOf(row) {
  return {
    latitude: Number(row.dataset.latitude),
    longitude: Number(row.dataset.longitude),
    shape: /** @type {HTMLSelectElement} */ (need("[data-marker-shape]", row)).value,
    label: /** @type {HTMLInputElement} */ (need("[data-marker-label]", row)).value,
  };
}

/** @param {HTMLElement} row @param {Marker} marker */
function writeMarker(row, marker) {
  row.dataset.latitude = String(marker.latitude);
  row.dataset.longitude = String(marker.longitude);
  /** @type {HTMLSelectElement} */ (need("[data-marker-shape]", row)).value = marker.shape;
  write(need("[data-marker-label]", row), marker.label);
  /** @type {HTMLInputElement} */ (need("[name=marker]", row)).value = markerWords(marker);
}

/** @param {HTMLElement} row @param {Track} track */
function writeTrack(row, { label, points }) {
  write(need("[data-track-label]", row), label);
  need("[data-track-points]", row).textContent = ngettext("%(number)s point", "%(number)s points", points.length);
}

/**
 * Writes into a field, unless the visitor has just written the same there.
 * @param {HTMLElement} field
 * @param {string} words
 */
function write(field, words) {
  const input = /** @type {HTMLInputElement} */ (field);
  if (input.value !== words) input.value = words;
}

/**
 * Brings rows abreast of what they show, each of the rows that stay keeping its focus.
 * @template T
 * @param {HTMLElement} list
 * @param {HTMLTemplateElement} template
 * @param {readonly T[]} things
 * @param {(row: HTMLElement, thing: T) => void} writeRow
 */
function showRows(list, template, things, writeRow) {
  const rows = /** @type {HTMLElement[]} */ ([...list.children]);
  for (const row of rows.slice(things.length)) row.remove();
  for (const [index, thing] of things.entries()) {
    const row = rows[index] ?? cloneOf(template);
    if (!row.isConnected) list.append(row);
    writeRow(row, thing);
  }
}

export class Marks {
  /**
   * @param {HTMLFormElement} form
   * @param {{get: () => Design, set: (changes: Partial<Design>) => void}} design
   * @param {() => void} showTracks brings tracks that were just added into view
   */
  constructor(form, design, showTracks) {
    this.design = design;
    this.showTracks = showTracks;
    this.easel = need("[data-easel]", form);
    this.rows = need("[data-markers]", form);
    this.tracks = need("[data-tracks]", form);
    this.templates = {
      marker: /** @type {HTMLTemplateElement} */ (need("template[data-marker-row]", form)),
      track: /** @type {HTMLTemplateElement} */ (need("template[data-track-row]", form)),
    };
    this.tool = need("[data-mark]", form);
    this.hint = need("[data-mark-hint]", form);
    this.fault = need("[data-track-fault]", form);
    need("[data-marks]", form).hidden = false;
    this.tool.addEventListener("click", () => this.#hold(!this.holding));
    this.rows.addEventListener("input", () => this.#takeMarkers());
    this.tracks.addEventListener("input", () => this.#takeNames());
    form.addEventListener("click", (event) => this.#remove(/** @type {HTMLElement} */ (event.target)));
    this.#startFiles(form);
  }

  /** Whether the next click on the poster sets a mark. */
  get holding() {
    return this.tool.getAttribute("aria-pressed") === "true";
  }

  /** The marks that the rows show. */
  read() {
    return all("[data-marker]", this.rows).map(markerOf);
  }

  /**
   * Sets a mark and lets the visitor name it.
   * @param {{latitude: number, longitude: number}} point
   */
  add(point) {
    const markers = this.design.get().markers;
    if (markers.length >= MARKERS_MAX) return;
    this.design.set({ markers: [...markers, { ...point, shape: "pin", label: "" }] });
    this.#hold(false);
    announce(gettext("A mark is set."));
    find("[data-marker]:last-child [data-marker-label]", this.rows)?.focus({ preventScroll: true });
  }

  /**
   * Shows the marks and tracks of a design.
   * @param {Design} design
   */
  show({ markers, tracks }) {
    showRows(this.rows, this.templates.marker, markers, writeMarker);
    showRows(this.tracks, this.templates.track, tracks, writeTrack);
  }

  /** @param {boolean} on */
  #hold(on) {
    this.tool.setAttribute("aria-pressed", String(on));
    this.hint.hidden = !on;
    this.easel.classList.toggle("marking", on);
  }

  #takeMarkers() {
    this.design.set({ markers: this.read() });
  }

  #takeNames() {
    const names = all("[data-track-label]", this.tracks).map((field) => /** @type {HTMLInputElement} */ (field).value);
    const tracks = this.design.get().tracks.map((track, index) => ({ ...track, label: names[index] ?? "" }));
    this.design.set({ tracks });
  }

  /** @param {HTMLElement} target */
  #remove(target) {
    const row = target.closest("[data-remove]") && target.closest("li");
    if (!row) return;
    const index = [...(row.parentElement?.children ?? [])].indexOf(row);
    const list = row.parentElement === this.rows ? "markers" : "tracks";
    this.design.set({ [list]: this.design.get()[list].filter((_thing, at) => at !== index) });
    this.tool.focus();
  }

  /** @param {HTMLFormElement} form */
  #startFiles(form) {
    const input = /** @type {HTMLInputElement} */ (need("[data-track-files]", form));
    input.addEventListener("change", async () => {
      await this.#takeFiles([...(input.files ?? [])]);
      input.value = "";
    });
    form.addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      form.classList.add("taking");
    });
    for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("taking"));
    form.addEventListener("drop", (event) => {
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      void this.#takeFiles([...event.dataTransfer.files]);
    });
  }

  /** @param {File[]} files */
  async #takeFiles(files) {
    const read = await Promise.allSettled(files.map(readTracks));
    const taken = read.flatMap((file) => (file.status === "fulfilled" ? [file.value] : []));
    const said = read.flatMap((file, index) => {
      const words = file.status === "fulfilled" ? file.value.notes : [/** @type {Error} */ (file.reason).message];
      return words.map((sentence) => (files.length > 1 ? `${files[index]?.name ?? ""}: ${sentence}` : sentence));
    });
    const { tracks, markers } = this.design.get();
    const added = taken.flatMap((file) => file.tracks);
    const marks = taken.flatMap((file) => file.marks).map(markerAt);
    if (tracks.length + added.length > TRACKS_MAX) said.push(gettext("A poster takes %(number)s tracks: the last ones are left out.", { number: TRACKS_MAX }));
    if (markers.length + marks.length > MARKERS_MAX) said.push(gettext("A poster takes %(number)s marks: the last ones are left out.", { number: MARKERS_MAX }));
    showFault(this.fault, said.join(" "));
    if (added.length + marks.length === 0) return;
    this.design.set({ tracks: [...tracks, ...added].slice(0, TRACKS_MAX), markers: [...markers, ...marks].slice(0, MARKERS_MAX) });
    this.showTracks();
    announce(added.length ? gettext("The track is on the poster.") : gettext("A mark is set."));
  }
}
