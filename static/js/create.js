// @ts-check
/** The workbench: controls on one side, the poster itself on the other, the state of both in the address. */

import { addressQuery, requestBody } from "./create/design.js";
import { scale } from "./create/distance.js";
import { paperShape, readControls } from "./create/form.js";
import { moved, startMover } from "./create/mover.js";
import { startPlaceField } from "./create/places.js";
import { Preview } from "./create/preview.js";
import { find, need, showFault } from "./lib/dom.js";
import { api, pageUrl } from "./lib/http.js";
import { createStore } from "./lib/store.js";
import { coordinateWords, distanceWords } from "./lib/words.js";

const LEAST_M = 500;
const ADDRESS_PAUSE_MS = 300;

const form = /** @type {HTMLFormElement} */ (need("[data-create]"));
const easel = need("[data-easel]");
const slider = /** @type {HTMLInputElement} */ (need("[data-distance]"));
const distances = scale(LEAST_M, Number(form.dataset.maxDistance));
const preview = new Preview(easel);

/** @param {string} name */
function hiddenValue(name) {
  return /** @type {HTMLInputElement} */ (need(`input[type=hidden][name=${name}]`, form)).value;
}

const design = createStore(
  /** @type {import("./create/design.js").Design} */ ({
    ...readControls(form),
    city: hiddenValue("city"),
    country: hiddenValue("country"),
    latitude: hiddenValue("latitude") ? Number(hiddenValue("latitude")) : null,
    longitude: hiddenValue("longitude") ? Number(hiddenValue("longitude")) : null,
    distance: Number(slider.value),
  }),
);

const places = startPlaceField(need("[data-places]", form), (place) => {
  const { city, country, latitude, longitude } = place;
  design.set({ city, country, latitude, longitude, distance: place.distance ?? design.get().distance });
});

function startSlider() {
  slider.removeAttribute("name");
  Object.assign(slider, { min: "0", max: String(distances.steps), step: "1" });
  slider.addEventListener("input", () => design.set({ distance: distances.metres(Number(slider.value)) }));
}

/** Shows a screen the way it stands, whatever was chosen for the paper before. */
function turnToSize() {
  const { width, height } = /** @type {HTMLOptionElement} */ (need("#size option:checked")).dataset;
  if (Number(width) === Number(height)) return;
  const way = Number(width) > Number(height) ? "landscape" : "portrait";
  /** @type {HTMLInputElement} */ (need(`[name=orientation][value=${way}]`, form)).checked = true;
}

/** @param {import("./create/design.js").Design} now */
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

/** @param {import("./create/design.js").Design} now */
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

/** @param {import("./create/design.js").Design} now */
function show(now) {
  const shape = paperShape(form, now.orientation);
  easel.style.setProperty("--shape", String(shape));
  showWords(now);
  showUsualLines(now);
  preview.show(now);
  clearTimeout(addressTimer);
  addressTimer = setTimeout(() => history.replaceState(null, "", `?${addressQuery(now)}`), ADDRESS_PAUSE_MS);
}

/** A design that came with a name only is put on the map before it can be moved. */
async function locate() {
  const { city, country, latitude } = design.get();
  if (!city || !country || latitude !== null) return;
  const query = new URLSearchParams({ city, country });
  const place = await api(`/geocode?${query}`).catch(() => null);
  if (place) design.set({ latitude: place.latitude, longitude: place.longitude });
}

/** @param {SubmitEvent} event */
async function submit(event) {
  event.preventDefault();
  const fault = need("[data-fault]", form);
  const button = /** @type {HTMLButtonElement} */ (need(".make .button", form));
  if (!(await places.chosen())) return showFault(fault, "Choose a place first.");
  button.disabled = true;
  showFault(fault, "");
  try {
    const answer = await api("/posters", { method: "POST", body: requestBody(design.get()) });
    location.assign(answer.result ? pageUrl.poster(answer.result.poster_id) : pageUrl.job(answer.job_id));
  } catch (error) {
    showFault(fault, /** @type {Error} */ (error).message);
    button.disabled = false;
  }
}

startSlider();
startMover(easel, {
  ready: () => design.get().latitude !== null,
  distanceM: () => design.get().distance,
  shift: (x, y) => preview.shift(x, y),
  move: (eastM, northM) => {
    const { latitude, longitude } = design.get();
    if (latitude !== null && longitude !== null) design.set(moved({ latitude, longitude }, eastM, northM));
  },
});
if (design.get().city) places.show(/** @type {import("./lib/types.js").Place} */ (design.get()));
need("#size").addEventListener("change", turnToSize);
form.addEventListener("input", () => design.set(readControls(form)));
form.addEventListener("change", () => design.set(readControls(form)));
form.addEventListener("submit", submit);
design.subscribe(show);
show(design.get());
void locate();

const picker = find("[data-picker]");
if (picker) import("./create/picker.js").then(({ startPicker }) => startPicker(picker, design));
