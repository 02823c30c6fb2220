// @ts-check
/** The workbench: controls on one side, the poster itself on the other, the state of both in the address. */

import { addressQuery, linkWords, requestBody, without } from "./design.js";
import { scale } from "./distance.js";
import { forgetDraft, keepDraft, offerDraft } from "./draft.js";
import { followSize, paperShape, readControls, showSeenBy, startSeenBy, writeControls } from "./form.js";
import { Frame } from "./frame.js";
import { History } from "./history.js";
import { Marks } from "./marks.js";
import { apartM, moved, startMover } from "./mover.js";
import { startPlaceField } from "./places.js";
import { Preview } from "./preview.js";
import { centreInRow, find, need, showFault } from "../../web/dom.js";
import { ApiError, api, pageUrl } from "../../web/http.js";
import { gettext } from "../../web/language.js";
import { startSharing } from "../../web/share.js";
import { createStore } from "../../web/store.js";
import { coordinateWords, distanceWords } from "../../web/words.js";

/** @typedef {import("./design.js").Design} Design */

const LEAST_M = 500;
const ADDRESS_PAUSE_MS = 300;
/** A number is typed digit by digit: the 3 of 30 is no size that anybody wants. */
const TYPING_PAUSE_MS = 400;
/** Distances by which the page is moved over the map before it belongs to another town. */
const FAR = 3;

const form = /** @type {HTMLFormElement} */ (need("[data-create]"));
const easel = need("[data-easel]");
const slider = /** @type {HTMLInputElement} */ (need("[data-distance]"));
const tracksField = /** @type {HTMLInputElement} */ (need("[data-tracks-field]", form));
/** What the maker says of the poster: not drawn, and not handed on with the design. @type {string[]} */
const remarks = JSON.parse(form.dataset.remarks ?? "[]");
const maxDistanceM = Number(form.dataset.maxDistance);
const distances = scale(LEAST_M, maxDistanceM);
const preview = new Preview(easel, tellOfSize);
/** @type {History<Design>} */
const past = new History();

/** @param {string} name */
function hiddenValue(name) {
  return /** @type {HTMLInputElement} */ (need(`input[type=hidden][name=${name}]`, form)).value;
}

const design = createStore(
  /** @type {Design} */ ({
    ...readControls(form),
    city: hiddenValue("city"),
    country: hiddenValue("country"),
    latitude: hiddenValue("latitude") ? Number(hiddenValue("latitude")) : null,
    longitude: hiddenValue("longitude") ? Number(hiddenValue("longitude")) : null,
    distance: Number(slider.value),
    markers: [],
    // The address has no room for tracks: the entry in the browser's history keeps them over a reload.
    tracks: tracksField.value ? JSON.parse(tracksField.value) : (history.state?.tracks ?? []),
  }),
);

const places = startPlaceField(need("[data-places]", form), (place) => {
  const { city, country, latitude, longitude } = place;
  change({ city, country, latitude, longitude, distance: place.distance ?? design.get().distance });
});

const frame = new Frame({
  get: design.get,
  shape: () => paperShape(form, design.get()),
  distancesM: [LEAST_M, maxDistanceM],
  go: (page) => void goAway(page),
});

const marks = new Marks(form, { get: design.get, set: change }, () => frame.fit());

/** Changes the design so that it can be undone. @param {Partial<Design>} changes */
function change(changes) {
  const before = design.get();
  if (JSON.stringify({ ...before, ...changes }) === JSON.stringify(before)) return;
  design.set(changes);
  past.changed(before, performance.now());
  showHistory();
}

let typing = 0;

/** Takes what the controls say, a number when it is typed. @param {Event} event */
function takeControls({ type, target }) {
  clearTimeout(typing);
  const take = () => change(readControls(form));
  if (type === "input" && /** @type {HTMLInputElement} */ (target).type === "number") typing = setTimeout(take, TYPING_PAUSE_MS);
  else take();
}

/** Goes to a design that was there before. @param {Design | undefined} found */
function goTo(found) {
  if (!found) return;
  writeControls(form, found);
  places.show(/** @type {import("../../web/types.js").Place} */ (found));
  design.set(found);
  showHistory();
}

function showHistory() {
  /** @type {HTMLButtonElement} */ (need("[data-undo]", form)).disabled = !past.canUndo;
  /** @type {HTMLButtonElement} */ (need("[data-redo]", form)).disabled = !past.canRedo;
}

function startHistory() {
  const undo = () => goTo(past.undo(design.get()));
  const redo = () => goTo(past.redo(design.get()));
  need("[data-tools]", form).hidden = false;
  need("[data-undo]", form).addEventListener("click", undo);
  need("[data-redo]", form).addEventListener("click", redo);
  addEventListener("keydown", (event) => {
    const writes = /** @type {Element} */ (event.target).matches("input:not([type=range],[type=radio],[type=checkbox]), textarea");
    if (!(event.ctrlKey || event.metaKey) || writes) return;
    const key = event.key.toLowerCase();
    const step = key === "y" || (key === "z" && event.shiftKey) ? redo : key === "z" ? undo : null;
    if (step) event.preventDefault();
    step?.();
  });
}

function startSlider() {
  slider.removeAttribute("name");
  Object.assign(slider, { min: "0", max: String(distances.steps), step: "1" });
  slider.addEventListener("input", () => change({ distance: distances.metres(Number(slider.value)) }));
}

/** Tells beside the size why there is no such paper, if that is what was wrong. @param {unknown} refusal */
function tellOfSize(refusal) {
  const wrong = refusal instanceof ApiError && refusal.body.field === "size";
  showFault(need("[data-size-fault]", form), wrong ? refusal.message : "");
  for (const side of ["#width", "#height"]) need(side, form).setAttribute("aria-invalid", String(wrong));
  return wrong;
}

/** Shows a screen the way it stands; paper keeps the way that was chosen for it. */
function turnToSize() {
  followSize(form, design.get());
  const { width, height, unit } = /** @type {HTMLOptionElement} */ (need("#size option:checked")).dataset;
  if (unit !== "px") return;
  const way = Number(width) > Number(height) ? "landscape" : "portrait";
  /** @type {HTMLInputElement} */ (need(`[name=orientation][value=${way}]`, form)).checked = true;
}

/** @param {Design} now */
function showWords(now) {
  const located = now.latitude !== null && now.longitude !== null;
  need("[data-distance-words]").textContent = distanceWords(now.distance);
  need("[data-rotation-words]").textContent = `${now.rotation}°`;
  need("[data-bleed]").hidden = now.format !== "pdf";
  need("[data-theme-name]").textContent = find("[name=theme]:checked", form)?.dataset.name ?? "";
  need("[data-coordinates]").textContent =
    now.latitude !== null && now.longitude !== null ? coordinateWords(now.latitude, now.longitude) : "";
  need("[data-hint]").hidden = !located;
  easel.classList.toggle("movable", located);
  easel.tabIndex = located ? 0 : -1;
  slider.value = String(distances.position(now.distance));
  slider.setAttribute("aria-valuetext", distanceWords(now.distance));
}

/** @param {Design} now */
function showUsualLines(now) {
  const usual = {
    title: now.city,
    subtitle: now.country,
    coordinates: need("[data-coordinates]").textContent,
  };
  for (const [line, words] of Object.entries(usual)) {
    /** @type {HTMLInputElement} */ (need(`#${line}`, form)).placeholder = words || "";
  }
}

let addressTimer = 0;

/** @param {Design} now */
function remember(now) {
  const newTheme = /** @type {HTMLAnchorElement} */ (need("[data-new-theme]", form));
  newTheme.search = `?${new URLSearchParams({ start: now.theme })}`;
  tracksField.value = now.tracks.length ? JSON.stringify(now.tracks) : "";
  clearTimeout(addressTimer);
  addressTimer = setTimeout(() => {
    history.replaceState({ tracks: now.tracks }, "", `?${addressQuery(now)}`);
    if (past.canUndo) keepDraft(now.city, String(addressQuery(now)));
  }, ADDRESS_PAUSE_MS);
}

/** @param {Design} now */
function show(now) {
  easel.style.setProperty("--shape", String(paperShape(form, now)));
  followSize(form, now);
  showWords(now);
  showUsualLines(now);
  marks.show(now);
  showSeenBy(form, now);
  if (now.city && now.country) {
    const theme = need("[data-theme-name]").textContent ?? "";
    preview.show(requestBody(without(now, remarks)), gettext("%(city)s in the theme %(theme)s", { city: now.city, theme }));
  }
  remember(now);
}

/** A design that came with a name only is put on the map before it can be moved. */
async function locate() {
  const { city, country, latitude } = design.get();
  if (!city || !country || latitude !== null) return;
  const query = new URLSearchParams({ city, country });
  const place = await api(`/geocode?${query}`).catch(() => null);
  if (place) design.set({ latitude: place.latitude, longitude: place.longitude });
}

/**
 * Goes to another place, and names the poster after the town that is there.
 * @param {{latitude: number, longitude: number, distance?: number}} place
 */
async function goAway(place) {
  const town = await api(`/geocode/reverse?lat=${place.latitude}&lon=${place.longitude}`).catch(() => null);
  change({ ...place, ...(town ? { city: town.city, country: town.country } : {}) });
  places.show(/** @type {import("../../web/types.js").Place} */ (design.get()));
}

/** @param {SubmitEvent} event */
async function submit(event) {
  event.preventDefault();
  const fault = need("[data-fault]", form);
  const button = /** @type {HTMLButtonElement} */ (need(".make .button", form));
  if (!(await places.chosen())) return showFault(fault, gettext("Choose a place first."));
  button.disabled = true;
  showFault(fault, "");
  try {
    const answer = await api("/posters", { method: "POST", body: requestBody(design.get()) });
    clearTimeout(addressTimer);
    forgetDraft();
    location.assign(answer.result ? pageUrl.poster(answer.result.poster_id) : pageUrl.job(answer.job_id));
  } catch (error) {
    showFault(fault, /** @type {Error} */ (error).message);
    button.disabled = false;
  }
}

/** Calls with the point that lies so many metres east and north of the middle. @param {(point: {latitude: number, longitude: number}) => void} use */
function fromMiddle(use) {
  return (/** @type {number} */ eastM, /** @type {number} */ northM) => {
    const { latitude, longitude } = design.get();
    if (latitude !== null && longitude !== null) use(moved({ latitude, longitude }, eastM, northM));
  };
}

/** Unfolds the map to pick from, where there is one; what draws it is loaded only then. */
function startMap() {
  const map = /** @type {HTMLDetailsElement | null} */ (find("[data-map]", form));
  if (!map) return;
  const workbench = {
    ...design,
    shape: () => paperShape(form, design.get()),
    /** @param {{latitude: number, longitude: number}} point */
    move: (point) => {
      const { city, latitude, longitude, distance } = design.get();
      const near = latitude !== null && longitude !== null && apartM({ latitude, longitude }, point) < FAR * distance;
      if (city && near) change(point);
      else void goAway(point);
    },
    /** @param {number} rotation degrees clockwise */
    turn: (rotation) => {
      change({ rotation });
      writeControls(form, design.get());
    },
  };
  const unfold = async () => {
    const { startPicker } = await import("./picker.js");
    startPicker(need("[data-picker]", map), workbench);
  };
  map.hidden = false;
  map.addEventListener("toggle", unfold, { once: true });
}

if (!location.search) offerDraft(need("[data-draft-days]", form));
startSlider();
startSeenBy(form);
startHistory();
startSharing(need("[data-share]", form), () => {
  return { link: new URL(`?${addressQuery(without(design.get(), remarks))}`, location.href).href, words: linkWords(design.get()) };
});
startMover(easel, {
  ready: () => design.get().latitude !== null,
  distanceM: () => design.get().distance,
  rotation: () => design.get().rotation,
  shift: (x, y) => preview.shift(x, y),
  marking: () => marks.holding,
  move: fromMiddle((point) => change(point)),
  mark: fromMiddle((point) => marks.add(point)),
});
if (design.get().city) places.show(/** @type {import("../../web/types.js").Place} */ (design.get()));
design.set({ markers: marks.read() });
need("#size").addEventListener("change", turnToSize);
for (const name of ["input", "change"]) form.addEventListener(name, takeControls);
need("#hide-ends").addEventListener("change", () => setTimeout(() => frame.fitAgain()));
form.addEventListener("submit", submit);
design.subscribe(show);
show(design.get());
void locate();

startMap();
const chosen = find("[name=theme]:checked", form);
if (chosen) centreInRow(chosen, need(".chips", form));
