// @ts-check
/** The map to pick from, where the installation has a tile server; the square shows what the page covers at least. */

import * as leaflet from "../../vendor/leaflet/leaflet.js";
import { moved } from "./mover.js";

/** @typedef {import("./design.js").Design} Design */

/**
 * South-west and north-east corners of what the poster's shorter side covers.
 * @param {{latitude: number, longitude: number, distance: number}} design
 * @returns {[[number, number], [number, number]]}
 */
function corners({ distance, ...centre }) {
  const low = moved(centre, -distance, -distance);
  const high = moved(centre, distance, distance);
  return [[low.latitude, low.longitude], [high.latitude, high.longitude]];
}

/**
 * @param {HTMLElement} element
 * @param {{get: () => Design, set: (changes: Partial<Design>) => void, subscribe: (listener: (now: Design) => void) => void}} design
 */
export function startPicker(element, design) {
  element.hidden = false;
  const map = leaflet.map(element, { attributionControl: true });
  const attribution = '© <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a> contributors';
  leaflet.tileLayer(element.dataset.tileUrl ?? "", { attribution }).addTo(map);
  const square = leaflet.rectangle([[0, 0], [0, 0]], { weight: 1 }).addTo(map);
  const pin = leaflet.circleMarker([0, 0], { radius: 5 }).addTo(map);

  /** @param {Design} now */
  const show = ({ latitude, longitude, distance }) => {
    if (latitude === null || longitude === null) return void map.setView([20, 0], 1);
    square.setBounds(leaflet.latLngBounds(corners({ latitude, longitude, distance })));
    pin.setLatLng([latitude, longitude]);
    map.fitBounds(square.getBounds(), { animate: false });
  };
  map.on("click", ({ latlng }) => design.get().city && design.set({ latitude: latlng.lat, longitude: latlng.wrap().lng }));
  design.subscribe(show);
  show(design.get());
}
