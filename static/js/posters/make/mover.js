// @ts-check
/** Moving the place by dragging the preview or with the arrow keys, and pointing at places by a click or Enter. */

const METRES_PER_DEGREE = 111_320;
const KEY_SHARE = 0.1;
/** A hand that moves less means a click. */
const CLICK_PX = 3;
const KEYS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
});

/**
 * The point so many metres east and north of another.
 * @param {{latitude: number, longitude: number}} from degrees
 * @param {number} eastM
 * @param {number} northM
 */
export function moved({ latitude, longitude }, eastM, northM) {
  const north = Math.max(-85, Math.min(85, latitude + northM / METRES_PER_DEGREE));
  const east = longitude + eastM / (METRES_PER_DEGREE * Math.cos((latitude * Math.PI) / 180));
  return { latitude: rounded(north), longitude: rounded(((((east + 180) % 360) + 360) % 360) - 180) };
}

/**
 * About how far two points are apart, in metres.
 * @param {{latitude: number, longitude: number}} one degrees
 * @param {{latitude: number, longitude: number}} other degrees
 */
export function apartM(one, other) {
  const east = ((other.longitude - one.longitude + 540) % 360) - 180;
  return METRES_PER_DEGREE * Math.hypot(other.latitude - one.latitude, east * Math.cos((one.latitude * Math.PI) / 180));
}

/** Five decimals are about a metre. @param {number} degrees */
function rounded(degrees) {
  return Math.round(degrees * 1e5) / 1e5;
}

/**
 * @typedef {object} Movable the map under the hand
 * @property {() => boolean} ready
 * @property {() => number} distanceM from the centre to the nearer edges
 * @property {(eastM: number, northM: number) => void} move
 * @property {(x: number, y: number) => void} shift shows the move in pixels before it is drawn
 * @property {() => number} rotation degrees clockwise
 * @property {() => boolean} marking whether a click points at a place
 * @property {(eastM: number, northM: number) => void} mark
 */

/**
 * Metres east and north that so many metres to the right and upwards are on a map that is turned.
 * @param {number} rightM
 * @param {number} upM
 * @param {number} rotation degrees clockwise
 * @returns {[eastM: number, northM: number]}
 */
export function onGround(rightM, upM, rotation) {
  const turn = (rotation * Math.PI) / 180;
  return [rightM * Math.cos(turn) - upM * Math.sin(turn), rightM * Math.sin(turn) + upM * Math.cos(turn)];
}

/**
 * Follows one drag from its start to its end.
 * @param {HTMLElement} easel
 * @param {Movable} map
 * @param {PointerEvent} start
 */
function followDrag(easel, map, start) {
  const metresPerPixel = (2 * map.distanceM()) / Math.min(easel.clientWidth, easel.clientHeight);
  /** @param {number} x @param {number} y pixels to the right and down */
  const ground = (x, y) => onGround(x * metresPerPixel, -y * metresPerPixel, map.rotation());
  /** @param {PointerEvent} event */
  const drag = (event) => map.shift(event.clientX - start.clientX, event.clientY - start.clientY);
  /** @param {PointerEvent} end */
  const drop = (end) => {
    easel.removeEventListener("pointermove", drag);
    easel.classList.remove("moving");
    const [x, y] = [end.clientX - start.clientX, end.clientY - start.clientY];
    if (Math.hypot(x, y) > CLICK_PX) return map.move(...ground(-x, -y));
    map.shift(0, 0);
    const box = easel.getBoundingClientRect();
    if (map.marking()) map.mark(...ground(end.clientX - box.x - box.width / 2, end.clientY - box.y - box.height / 2));
  };
  easel.setPointerCapture(start.pointerId);
  easel.classList.add("moving");
  easel.addEventListener("pointermove", drag);
  easel.addEventListener("pointerup", drop, { once: true });
}

/**
 * @param {HTMLElement} easel
 * @param {Movable} map
 */
export function startMover(easel, map) {
  easel.addEventListener("pointerdown", (start) => {
    if (map.ready() && start.button === 0) followDrag(easel, map, start);
  });
  easel.addEventListener("keydown", (event) => {
    const direction = KEYS[event.key];
    const marks = event.key === "Enter" && map.marking();
    if (!map.ready() || !(direction || marks)) return;
    event.preventDefault();
    const step = KEY_SHARE * map.distanceM();
    if (direction) map.move(...onGround(direction[0] * step, direction[1] * step, map.rotation()));
    else map.mark(0, 0);
  });
}
