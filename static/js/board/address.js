// @ts-check
/** The place on the board in the page's address: `#x=..&y=..&z=..`, z the size of a pixel. */

const QUIET_MS = 300;

/**
 * Reads a place; null where the address names none.
 * @param {string} hash
 * @returns {{x: number, y: number, z: number} | null}
 */
export function placeOf(hash) {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  const [x, y, z] = ["x", "y", "z"].map((name) => Number(values.get(name) ?? NaN));
  if (!Number.isFinite(x) || !Number.isFinite(y)) return null;
  return { x, y, z: Number.isFinite(z) && z > 0 ? z : 8 };
}

/**
 * Writes a place, as short as it stays true.
 * @param {{x: number, y: number, scale: number}} camera
 */
export function hashOf({ x, y, scale }) {
  return `#x=${Math.floor(x)}&y=${Math.floor(y)}&z=${Number(scale.toPrecision(3))}`;
}

/**
 * Keeps the address and the camera together; goes where the address leads.
 * @param {import("./camera.js").Camera} camera
 * @returns {() => void} to be called when the camera has moved
 */
export function startAddress(camera) {
  let timer = 0;
  const go = () => {
    const place = placeOf(location.hash);
    if (place && location.hash !== hashOf(camera)) camera.stand(place.x + 0.5, place.y + 0.5, place.z);
  };
  addEventListener("hashchange", go);
  go();
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => history.replaceState(null, "", hashOf(camera)), QUIET_MS);
  };
}
