// @ts-check
/** The map to pick from, where the installation has a tile server: the page lies on it, to be dragged and turned. */

import * as leaflet from "../../../vendor/leaflet/leaflet.js";
import { moved } from "./mover.js";
import { corners, pointOf, turned } from "./outline.js";

/** @typedef {import("./design.js").Design} Design */
/** @typedef {import("./outline.js").Page} Page */

/**
 * @typedef {object} Workbench
 * @property {() => Design} get
 * @property {(point: {latitude: number, longitude: number}) => void} move
 * @property {(rotation: number) => void} turn
 * @property {(listener: (now: Design) => void) => void} subscribe
 * @property {() => number} shape of the paper, width divided by height
 */

/** Where the handle that turns the page stands: a little above its upper edge, in half heights. */
const HANDLE_UP = 1.2;

class Picker {
  /** Metres for which the map was fitted last. */
  #fittedM = 0;

  /**
   * @param {HTMLElement} element
   * @param {Workbench} workbench
   */
  constructor(element, workbench) {
    this.workbench = workbench;
    this.map = leaflet.map(element).setView([20, 0], 1);
    this.map.attributionControl.setPrefix(false);
    const attribution = '© <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a> contributors';
    leaflet.tileLayer(element.dataset.tileUrl ?? "", { attribution }).addTo(this.map);
    this.page = leaflet.polygon([], { className: "picker-page" }).addTo(this.map);
    const icon = leaflet.divIcon({ className: "picker-handle", iconSize: [24, 24] });
    const title = element.dataset.turn ?? "";
    this.handle = leaflet.marker([0, 0], { icon, title, draggable: true, keyboard: false }).addTo(this.map);
    this.map.on("click", ({ latlng }) => this.#move(latlng));
    this.handle.on("drag", () => this.#turn((rotation, page) => this.#draw({ ...page, rotation })));
    this.handle.on("dragend", () => this.#turn((rotation) => this.workbench.turn(rotation)));
    const outline = /** @type {HTMLElement} */ (/** @type {unknown} */ (this.page.getElement()));
    leaflet.DomEvent.disableClickPropagation(outline); // else the map would move along
    outline.addEventListener("pointerdown", (event) => this.#drag(outline, event));
    workbench.subscribe(() => this.show());
    this.show();
  }

  /** @returns {Page | null} the page, once it is known where it lies */
  #page() {
    const { latitude, longitude, distance, rotation } = this.workbench.get();
    return latitude === null || longitude === null ? null : { latitude, longitude, distance, rotation };
  }

  /** Shows the page, and as much of the map as it takes. */
  show() {
    const page = this.#page();
    if (!page) return;
    this.#draw(page);
    const bounds = this.page.getBounds();
    if (page.distance === this.#fittedM && this.map.getBounds().contains(bounds)) return;
    this.#fittedM = page.distance;
    this.map.fitBounds(bounds.pad(0.2), { animate: false });
  }

  /** @param {Page} page */
  #draw(page) {
    const shape = this.workbench.shape();
    this.page.setLatLngs(corners(page, shape));
    this.handle.setLatLng(pointOf(page, shape, 0, HANDLE_UP));
  }

  /** @param {leaflet.LatLng} centre */
  #move(centre) {
    const { lat: latitude, lng: longitude } = centre.wrap();
    this.workbench.move(moved({ latitude, longitude }, 0, 0));
  }

  /** @param {(rotation: number, page: Page) => void} use takes how far the handle has turned the page */
  #turn(use) {
    const page = this.#page();
    const { lat: latitude, lng: longitude } = this.handle.getLatLng();
    if (page) use(turned(page, { latitude, longitude }), page);
  }

  /**
   * Follows one drag of the page from its start to its end.
   * @param {HTMLElement} outline
   * @param {PointerEvent} start
   */
  #drag(outline, start) {
    const page = this.#page();
    if (!page || start.button !== 0) return;
    const middle = this.map.latLngToContainerPoint([page.latitude, page.longitude]);
    /** @param {PointerEvent} event */
    const centre = ({ clientX, clientY }) => this.map.containerPointToLatLng(middle.add([clientX - start.clientX, clientY - start.clientY]));
    /** @param {PointerEvent} event */
    const follow = (event) => {
      const { lat: latitude, lng: longitude } = centre(event);
      this.#draw({ ...page, latitude, longitude });
    };
    outline.setPointerCapture(start.pointerId);
    outline.addEventListener("pointermove", follow);
    outline.addEventListener(
      "pointerup",
      (end) => {
        outline.removeEventListener("pointermove", follow);
        this.#move(centre(end));
      },
      { once: true },
    );
  }
}

/**
 * @param {HTMLElement} element
 * @param {Workbench} workbench
 */
export function startPicker(element, workbench) {
  return new Picker(element, workbench);
}
