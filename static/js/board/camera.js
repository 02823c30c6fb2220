// @ts-check
/** Where one stands before the board: which point is in the middle of the view, and how large a pixel is seen. */

const MAX_SCALE = 64;
/** How much of the view the board takes when all of it is seen; the rest is wall. */
const HANGING = 0.86;

/** @typedef {{x: number, y: number}} Point */
/** @typedef {{width: number, height: number}} Size */

export class Camera {
  /** @type {Size} */
  #view = { width: 1, height: 1 };
  x = 0;
  y = 0;
  scale = 1;

  /**
   * @param {Size} board in pixels of the board
   * @param {() => void} onMove
   */
  constructor(board, onMove) {
    this.board = board;
    this.onMove = onMove;
  }

  get view() {
    return this.#view;
  }

  /**
   * The view has another size, in CSS pixels; its middle stays, and a board that was seen whole is seen whole.
   * @param {Size} size
   */
  resize({ width, height }) {
    const whole = this.scale === this.fitting && this.x === this.board.width / 2 && this.y === this.board.height / 2;
    this.#view = { width: Math.max(1, width), height: Math.max(1, height) };
    if (whole) this.fit();
    else this.stand(this.x, this.y, this.scale);
  }

  /** The scale at which the whole board is seen. */
  get fitting() {
    const room = Math.min(this.#view.width / this.board.width, this.#view.height / this.board.height) * HANGING;
    return Math.min(MAX_SCALE, room > 1 ? Math.floor(room * 4) / 4 : room);
  }

  /** Steps back until the whole board is seen. */
  fit() {
    this.stand(this.board.width / 2, this.board.height / 2, this.fitting);
  }

  /**
   * Looks at a point of the board from a distance.
   * @param {number} x
   * @param {number} y
   * @param {number} [scale] CSS pixels to a pixel of the board
   */
  stand(x, y, scale = this.scale) {
    this.scale = Math.min(MAX_SCALE, Math.max(Math.min(this.fitting, 1) / 2, scale));
    this.x = Math.min(this.board.width, Math.max(0, x));
    this.y = Math.min(this.board.height, Math.max(0, y));
    this.onMove();
  }

  /**
   * Drags the board along, by CSS pixels.
   * @param {number} dx
   * @param {number} dy
   */
  drag(dx, dy) {
    this.stand(this.x - dx / this.scale, this.y - dy / this.scale);
  }

  /**
   * Goes nearer or further away; the point of the board at this place of the view stays there.
   * @param {number} factor
   * @param {Point} [at] CSS pixels from the view's corner; its middle if none is given
   */
  zoom(factor, at = { x: this.#view.width / 2, y: this.#view.height / 2 }) {
    const before = this.toBoard(at);
    this.stand(this.x, this.y, this.scale * factor);
    const after = this.toBoard(at);
    this.stand(this.x + before.x - after.x, this.y + before.y - after.y);
  }

  /**
   * The point of the board at a place of the view.
   * @param {Point} at
   * @returns {Point}
   */
  toBoard({ x, y }) {
    return { x: this.x + (x - this.#view.width / 2) / this.scale, y: this.y + (y - this.#view.height / 2) / this.scale };
  }

  /**
   * The place of the view where a point of the board is seen.
   * @param {Point} point
   * @returns {Point}
   */
  toView({ x, y }) {
    return { x: (x - this.x) * this.scale + this.#view.width / 2, y: (y - this.y) * this.scale + this.#view.height / 2 };
  }

  /**
   * Moves no more than needed for a pixel to be seen with some room around it.
   * @param {Point} pixel
   */
  reveal({ x, y }) {
    const roomX = Math.max(0, this.#view.width / 2 / this.scale - 2);
    const roomY = Math.max(0, this.#view.height / 2 / this.scale - 2);
    const nearest = (/** @type {number} */ now, /** @type {number} */ wanted, /** @type {number} */ room) =>
      Math.min(wanted + room, Math.max(wanted - room, now));
    this.stand(nearest(this.x, x + 0.5, roomX), nearest(this.y, y + 0.5, roomY));
  }
}
