// @ts-check
/** Mouse, pen and fingers on the board: point, tap, double-tap, drag, pinch, wheel. */

const SLACK_PX = 6;
const DOUBLE_MS = 320;
const DOUBLE_REACH_PX = 24;
const WHEEL = 0.0016;
const LINE_PX = 32;

/** @typedef {import("./camera.js").Point} Point */

export class Pointer {
  /** @type {Map<number, Point>} */
  #down = new Map();
  /** @type {Point | null} where a touch began that may still become a tap */
  #tap = null;
  /** @type {{at: Point, time: number} | null} */
  #lastTap = null;

  /**
   * @param {object} parts
   * @param {HTMLElement} parts.element
   * @param {import("./camera.js").Camera} parts.camera
   * @param {(at: Point) => void} parts.onPoint the mouse rests over a place of the view
   * @param {(at: Point, touch: boolean) => void} parts.onTap
   * @param {() => void} parts.onLeave
   */
  constructor({ element, camera, onPoint, onTap, onLeave }) {
    this.element = element;
    this.camera = camera;
    this.onPoint = onPoint;
    this.onTap = onTap;
    element.addEventListener("pointerdown", (event) => this.#press(event));
    element.addEventListener("pointermove", (event) => this.#move(event));
    element.addEventListener("pointerup", (event) => this.#lift(event));
    element.addEventListener("pointercancel", (event) => this.#forget(event));
    element.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && onLeave());
    element.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  /**
   * @param {MouseEvent} event
   * @returns {Point}
   */
  #at({ clientX, clientY }) {
    const { left, top } = this.element.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button > 0 && event.pointerType === "mouse" && event.button !== 1) return;
    this.element.setPointerCapture(event.pointerId);
    const at = this.#at(event);
    this.#down.set(event.pointerId, at);
    this.#tap = this.#down.size === 1 && event.button === 0 ? at : null;
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const at = this.#at(event);
    const before = this.#down.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse") this.onPoint(at);
      return;
    }
    if (this.#tap && Math.hypot(at.x - this.#tap.x, at.y - this.#tap.y) < SLACK_PX) return;
    this.#tap = null;
    this.element.classList.add("moving");
    this.#down.set(event.pointerId, at);
    if (this.#down.size === 1) this.camera.drag(at.x - before.x, at.y - before.y);
    else this.#pinch(event.pointerId, before, at);
  }

  /**
   * One of two fingers went from here to there: the board goes along with their middle and grows with their distance.
   * @param {number} id
   * @param {Point} before
   * @param {Point} now
   */
  #pinch(id, before, now) {
    const other = [...this.#down].find(([otherId]) => otherId !== id)?.[1];
    if (!other) return;
    const spread = (/** @type {Point} */ { x, y }) => Math.max(8, Math.hypot(x - other.x, y - other.y));
    this.camera.drag((now.x - before.x) / 2, (now.y - before.y) / 2);
    this.camera.zoom(spread(now) / spread(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
  }

  /** @param {PointerEvent} event */
  #lift(event) {
    const tapped = this.#tap;
    this.#forget(event);
    if (!tapped) return;
    const touch = event.pointerType !== "mouse";
    if (touch && this.#isSecond(tapped, event.timeStamp)) this.camera.zoom(2.5, tapped);
    else this.onTap(tapped, touch);
  }

  /**
   * @param {Point} at
   * @param {number} time
   */
  #isSecond(at, time) {
    const last = this.#lastTap;
    const second = last !== null && time - last.time < DOUBLE_MS && Math.hypot(at.x - last.at.x, at.y - last.at.y) < DOUBLE_REACH_PX;
    this.#lastTap = second ? null : { at, time };
    return second;
  }

  /** @param {PointerEvent} event */
  #forget({ pointerId }) {
    this.#down.delete(pointerId);
    this.#tap = null;
    if (!this.#down.size) this.element.classList.remove("moving");
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const distance = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * LINE_PX : event.deltaY;
    // What a touchpad sends for a pinch is a wheel with the control key, in small steps.
    this.camera.zoom(Math.exp(-distance * (event.ctrlKey ? WHEEL * 6 : WHEEL)), this.#at(event));
  }
}
