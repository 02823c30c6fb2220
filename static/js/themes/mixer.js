// @ts-check
/** The theme maker: every change of a colour is drawn on a real map and checked, and the theme is kept when it is named. */

import { Preview } from "../posters/make/preview.js";
import { all, find, make, need, showFault } from "../web/dom.js";
import { api, basePath } from "../web/http.js";
import { gettext } from "../web/language.js";
import { faultWords } from "./theme_faults.js";

const CHECK_PAUSE_MS = 150;

const form = /** @type {HTMLFormElement} */ (need("[data-mixer]"));
const preview = new Preview(need("[data-easel]"));
const inputs = /** @type {HTMLInputElement[]} */ (all("input[type=color]", form));
const choices = /** @type {HTMLSelectElement[]} */ (all("[data-choice]", form));
/** Colours that follow from others until somebody sets them. */
const optional = new Set(all("details input", form).map((input) => /** @type {HTMLInputElement} */ (input).name));
/** @type {Set<string>} */
const touched = new Set();

/** The theme as the controls say. */
function mixed() {
  const data = new FormData(form);
  const name = String(data.get("name")).trim();
  const colours = inputs.filter(({ name: key }) => !optional.has(key) || touched.has(key));
  return {
    name: name || gettext("Unnamed"),
    description: String(data.get("description")).trim() || name || gettext("Unnamed"),
    ...Object.fromEntries([...colours, ...choices].map(({ name: key, value }) => [key, value])),
  };
}

/** Where it is shown. */
function place() {
  const { city, country, latitude, longitude, distance } =
    /** @type {HTMLSelectElement} */ (need("[data-place]", form)).selectedOptions[0]?.dataset ?? {};
  return { city, country, latitude: Number(latitude), longitude: Number(longitude), distance: Number(distance) };
}

/** Shows all colours, those that follow from others too. @param {Record<string, string>} colours */
function showColours(colours) {
  for (const input of inputs) {
    input.value = colours[input.name] ?? input.value;
    need(`[data-code="${input.name}"]`, form).textContent = input.value;
  }
}

let checkTimer = 0;
/** @type {object} the draft that was sent last */
let latest = {};

function show() {
  const draft = mixed();
  if (place().city) preview.show({ ...place(), theme: form.dataset.theme, draft_theme: draft }, draft.name);
  clearTimeout(checkTimer);
  checkTimer = setTimeout(() => check(draft).catch(() => undefined), CHECK_PAUSE_MS);
}

/** What a colour is called on this page. @param {string} key */
function nameOf(key) {
  return find(`label[for="${CSS.escape(key)}"]`, form)?.textContent ?? key;
}

/** @param {object} draft */
async function check(draft) {
  latest = draft;
  const { colors, faults } = await api("/themes/check", { method: "POST", body: draft });
  if (draft !== latest) return; // what is set meanwhile stays set
  showColours(colors);
  const list = need("[data-faults]", form);
  list.replaceChildren(...faults.map((/** @type {string} */ fault) => make("li", "", faultWords(fault, nameOf))));
  need("[data-no-faults]", form).hidden = faults.length > 0;
}

/** @param {string} id */
async function beginWith(id) {
  const theme = await api(`/themes/${encodeURIComponent(id)}`);
  touched.clear();
  showColours(theme.colors);
  for (const choice of choices) choice.value = theme[choice.name];
  show();
}

/** @param {SubmitEvent} event */
async function keep(event) {
  event.preventDefault();
  const own = form.dataset.own;
  try {
    const path = own ? `/themes/${encodeURIComponent(own)}` : "/themes";
    const theme = await api(path, { method: own ? "PUT" : "POST", body: mixed() });
    location.assign(`${basePath()}/themes#${theme.id}`);
  } catch (error) {
    showFault(need("[data-fault]", form), /** @type {Error} */ (error).message);
  }
}

async function remove() {
  try {
    await api(`/themes/${encodeURIComponent(form.dataset.own ?? "")}`, { method: "DELETE" });
    location.assign(`${basePath()}/themes`);
  } catch (error) {
    showFault(need("[data-fault]", form), /** @type {Error} */ (error).message);
  }
}

// Where there is room for all colours, all are in sight.
/** @type {HTMLDetailsElement} */ (need("details", form)).open = matchMedia("(min-width: 1500px) and (min-height: 1000px)").matches;
// The colours of a theme that is changed stay as they were set.
if (form.dataset.own) for (const name of optional) touched.add(name);
form.addEventListener("input", ({ target }) => {
  if (target instanceof HTMLInputElement && target.type === "color") touched.add(target.name);
  if (!(target instanceof HTMLSelectElement)) show();
});
for (const select of [need("[data-place]", form), ...choices]) select.addEventListener("change", show);
need("[data-start]", form).addEventListener("change", ({ target }) => {
  void beginWith(/** @type {HTMLSelectElement} */ (target).value);
});
form.addEventListener("submit", keep);
find("[data-delete-theme]", form)?.addEventListener("click", remove);
show();
