// @ts-check
/**
 * The board in memory: what the server has committed, what one has just asked for on top of it, and the colours of both
 * as a picture. The picture notes which part of it changed, so that a frame copies one rectangle and no more.
 */

/** @typedef {{name: string, color: string}} Paint */
/** @typedef {{width: number, height: number, palette: Paint[]}} Shape */
/** @typedef {Shape & {pixels: Uint8Array}} Past a board of the past, which may have had another size and other paints */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Rect right and bottom are not part of it */
/** @typedef {{cell: number, colour: number, seq: number | null}} Wish seq is known once it is committed */

const OPAQUE = 0xff000000;

/**
 * A colour as a little-endian machine, which every browser runs on, keeps it in a picture: red in the lowest byte.
 * @param {string} hex #rrggbb
 */
export function rgbaOf(hex) {
  const value = parseInt(hex.slice(1), 16);
  return (OPAQUE | ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
}

export class Board {
  /** @type {Map<string, Wish>} */
  #wishes = new Map();
  /** @type {Past | null} */
  #past = null;
  /** @type {Rect | null} */
  #dirty = null;
  /** @type {Shape} of the present board */
  #present = { width: 0, height: 0, palette: [] };
  /** @type {Uint8Array} what the server has committed, row by row */
  pixels = new Uint8Array();
  // The size, the paints and the picture of what one sees, be it the present or the past.
  width = 0;
  height = 0;
  /** @type {Paint[]} */
  palette = [];
  paints = new Uint32Array();
  picture = new Uint32Array();

  /** @param {Shape} shape */
  constructor(shape) {
    this.reshape(shape);
  }

  /**
   * Becomes a blank board of another size or with other paints.
   * @param {Shape} shape
   */
  reshape({ width, height, palette }) {
    this.#present = { width, height, palette };
    this.pixels = new Uint8Array(width * height);
    this.#wishes.clear();
    this.showPast(null);
  }

  /** @param {Shape} shape */
  hasShape({ width, height, palette }) {
    const here = this.#present;
    const same = (/** @type {Paint} */ paint, /** @type {number} */ i) => paint.color === here.palette[i]?.color;
    return width === here.width && height === here.height && palette.length === here.palette.length && palette.every(same);
  }

  /**
   * Takes over a board that was fetched whole.
   * @param {Uint8Array} pixels
   */
  replace(pixels) {
    if (pixels.length !== this.pixels.length) throw new Error("the board has another size than was told");
    this.pixels = pixels;
    this.#repaint();
  }

  /**
   * Takes over placed pixels, from the index `from` on.
   * @param {import("./codec.js").PixelFrame} frame
   * @param {number} from
   */
  apply({ cells, colours, lastSeq }, from) {
    for (let i = from; i < cells.length; i++) {
      this.pixels[cells[i]] = colours[i];
      this.#touch(cells[i]);
    }
    this.#settle(lastSeq);
  }

  /**
   * Shows a pixel that is asked for.
   * @param {string} id
   * @param {number} cell
   * @param {number} colour
   */
  wish(id, cell, colour) {
    this.#wishes.set(id, { cell, colour, seq: null });
    this.#touch(cell);
  }

  /**
   * The wish came true as this placement; it goes once the placement, and whatever came after it, is on the board.
   * @param {string} id
   * @param {number} seq
   * @param {number} seenSeq the last placement that is on the board
   */
  confirm(id, seq, seenSeq) {
    const wish = this.#wishes.get(id);
    if (wish) wish.seq = seq;
    this.#settle(seenSeq);
  }

  /**
   * Takes back what was shown too early.
   * @param {string} id
   */
  withdraw(id) {
    const wish = this.#wishes.get(id);
    this.#wishes.delete(id);
    if (wish) this.#touch(wish.cell);
  }

  /**
   * Shows a board of the past instead, or with null the present again; the present goes on beneath.
   * @param {Past | null} past
   * @returns {boolean} whether what one sees has another size now
   */
  showPast(past) {
    const { width, height, palette } = past ?? this.#present;
    const resized = width !== this.width || height !== this.height;
    this.#past = past;
    this.width = width;
    this.height = height;
    this.palette = palette;
    this.paints = Uint32Array.from(palette, ({ color }) => rgbaOf(color));
    if (resized) this.picture = new Uint32Array(width * height);
    this.#repaint();
    return resized;
  }

  get inPast() {
    return this.#past !== null;
  }

  /**
   * The palette index that one sees.
   * @param {number} cell
   */
  shown(cell) {
    if (this.#past) return this.#past.pixels[cell];
    let colour = this.pixels[cell];
    for (const wish of this.#wishes.values()) if (wish.cell === cell) colour = wish.colour;
    return colour;
  }

  /** The part of the picture that changed since the last call, or null. */
  takeDirty() {
    const dirty = this.#dirty;
    this.#dirty = null;
    return dirty;
  }

  /** @param {number} seenSeq */
  #settle(seenSeq) {
    for (const [id, wish] of this.#wishes) if (wish.seq !== null && wish.seq <= seenSeq) this.withdraw(id);
  }

  /** @param {number} cell */
  #touch(cell) {
    if (this.#past) return;
    this.picture[cell] = this.paints[this.shown(cell)];
    const x = cell % this.width;
    const y = (cell - x) / this.width;
    const dirty = (this.#dirty ??= { left: x, top: y, right: x + 1, bottom: y + 1 });
    if (x < dirty.left) dirty.left = x;
    if (x >= dirty.right) dirty.right = x + 1;
    if (y < dirty.top) dirty.top = y;
    if (y >= dirty.bottom) dirty.bottom = y + 1;
  }

  #repaint() {
    const { picture, paints } = this;
    const { pixels } = this.#past ?? this;
    for (let cell = 0; cell < pixels.length; cell++) picture[cell] = paints[pixels[cell]];
    if (!this.#past) for (const { cell, colour } of this.#wishes.values()) picture[cell] = paints[colour];
    this.#dirty = { left: 0, top: 0, right: this.width, bottom: this.height };
  }
}
