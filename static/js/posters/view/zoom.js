// @ts-check
/** Looking closer: the poster in tiles (docs/tiles.md), dragged, pinched, wheeled or moved with the keys. */

import { make } from "../../web/dom.js";
import { api } from "../../web/http.js";
import { gettext } from "../../web/language.js";
import { Camera } from "./camera.js";

/**
 * @typedef {object} Tiles
 * @property {number} width
 * @property {number} height
 * @property {number} tile_size
 * @property {number} overlap
 * @property {number} min_level
 * @property {number} max_level
 * @property {string} tile_url
 */

const KEY_STEP_PX = 120;
const KEY_ZOOM = 1.4;
const WHEEL_ZOOM = 1.0015;
const KEYS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
});

class Viewer {
  /** @type {Map<string, HTMLImageElement>} */
  #shown = new Map();
  #frame = 0;

  /**
   * @param {HTMLElement} pane
   * @param {Tiles} tiles
   */
  constructor(pane, tiles) {
    this.pane = pane;
    this.tiles = tiles;
    this.camera = new Camera(tiles, { width: pane.clientWidth, height: pane.clientHeight });
    new ResizeObserver(() => {
      this.camera.resize({ width: pane.clientWidth, height: pane.clientHeight });
      this.draw();
    }).observe(pane);
  }

  draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    // The coarsest level lies beneath, so that nothing is blank while finer tiles come.
    const wanted = [this.tiles.min_level, this.camera.level(devicePixelRatio)].flatMap((level) => this.camera.seen(level));
    const keys = new Set(wanted.map(({ key }) => key));
    for (const [key, image] of this.#shown) {
      if (keys.has(key)) continue;
      image.remove();
      this.#shown.delete(key);
    }
    for (const tile of wanted) this.#place(tile);
  }

  /** @param {import("./camera.js").Tile} tile */
  #place({ key, level, column, row, x, y, width, height }) {
    let image = this.#shown.get(key);
    if (!image) {
      image = new Image();
      image.alt = "";
      image.draggable = false;
      const { tile_url: url } = this.tiles;
      image.src = url.replace("{level}", String(level)).replace("{column}", String(column)).replace("{row}", String(row));
      image.style.zIndex = String(level);
      this.#shown.set(key, image);
      this.pane.append(image);
    }
    image.style.transform = `translate(${x}px, ${y}px)`;
    image.style.width = `${width}px`;
    image.style.height = `${height}px`;
  }

  startPointers() {
    /** @type {Map<number, {x: number, y: number}>} */
    const fingers = new Map();
    this.pane.addEventListener("pointerdown", (event) => {
      this.pane.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    });
    this.pane.addEventListener("pointermove", (event) => {
      if (!fingers.has(event.pointerId)) return;
      const before = [...fingers.values()];
      fingers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
      this.camera.follow(before, [...fingers.values()]);
      this.draw();
    });
    for (const name of ["pointerup", "pointercancel"]) {
      this.pane.addEventListener(name, (event) => fingers.delete(/** @type {PointerEvent} */ (event).pointerId));
    }
    this.pane.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.camera.zoom(WHEEL_ZOOM ** -event.deltaY, event.offsetX, event.offsetY);
      this.draw();
    });
  }

  startKeys() {
    this.pane.addEventListener("keydown", (event) => {
      const way = KEYS[event.key];
      const [x, y] = [this.pane.clientWidth / 2, this.pane.clientHeight / 2];
      if (way) this.camera.pan(way[0] * KEY_STEP_PX, way[1] * KEY_STEP_PX);
      else if (event.key === "+" || event.key === "=") this.camera.zoom(KEY_ZOOM, x, y);
      else if (event.key === "-") this.camera.zoom(1 / KEY_ZOOM, x, y);
      else if (event.key === "0") this.camera.home();
      else return;
      event.preventDefault();
      this.draw();
    });
  }
}

/**
 * Shows a poster in tiles over the whole screen, until Escape or the button closes it.
 * @param {string} posterId
 * @param {string} name what is seen, for those who cannot see it
 */
export async function lookCloser(posterId, name) {
  const tiles = /** @type {any} */ (await api(`/posters/${encodeURIComponent(posterId)}/tiles`));
  const dialog = /** @type {HTMLDialogElement} */ (make("dialog", "closer"));
  const pane = make("div", "closer-pane");
  pane.tabIndex = 0;
  pane.setAttribute("role", "application");
  pane.setAttribute("aria-label", gettext("%(picture)s. Arrow keys move it, plus and minus bring it nearer and farther.", { picture: name }));
  const close = make("button", "button", gettext("Step back"));
  close.addEventListener("click", () => dialog.close());
  dialog.setAttribute("aria-label", gettext("The poster, close"));
  dialog.append(pane, close);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  const viewer = new Viewer(pane, tiles);
  viewer.startPointers();
  viewer.startKeys();
  viewer.draw();
  pane.focus();
}
