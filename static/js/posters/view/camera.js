// @ts-check
/** Where one looks at a picture in tiles: how near, at which part, and which tiles that takes. */

const NEAREST = 2;

/** @typedef {{key: string, level: number, column: number, row: number, x: number, y: number, width: number, height: number}} Tile */
/** @typedef {{x: number, y: number}} Point */

export class Camera {
  /** CSS pixels a pixel of the poster takes. */
  scale = 1;
  /** Where the poster's corner lies in the pane. */
  x = 0;
  y = 0;

  /**
   * @param {import("./zoom.js").Tiles} tiles
   * @param {{width: number, height: number}} pane in CSS pixels
   */
  constructor(tiles, pane) {
    this.tiles = tiles;
    this.pane = pane;
    this.home();
  }

  /** The scale at which all of the picture is seen. */
  get #whole() {
    return Math.min(this.pane.width / this.tiles.width, this.pane.height / this.tiles.height);
  }

  /** Shows all of it. */
  home() {
    this.scale = this.#whole;
    this.x = 0;
    this.y = 0;
    this.#hold();
  }

  /** @param {{width: number, height: number}} pane */
  resize(pane) {
    const wasWhole = this.scale === this.#whole;
    this.pane = pane;
    if (wasWhole || this.scale < this.#whole) this.home();
    this.#hold();
  }

  /**
   * @param {number} x pixels to the right
   * @param {number} y pixels down
   */
  pan(x, y) {
    this.x += x;
    this.y += y;
    this.#hold();
  }

  /**
   * Comes nearer or goes back; what is at a point stays there.
   * @param {number} factor
   * @param {number} x
   * @param {number} y
   */
  zoom(factor, x, y) {
    const scale = Math.min(Math.max(NEAREST, this.#whole), Math.max(this.#whole, this.scale * factor));
    this.x = x - ((x - this.x) * scale) / this.scale;
    this.y = y - ((y - this.y) * scale) / this.scale;
    this.scale = scale;
    this.#hold();
  }

  /**
   * Follows one finger, or two that pinch.
   * @param {Point[]} before
   * @param {Point[]} after
   */
  follow(before, after) {
    const [from, to] = [middle(before), middle(after)];
    this.pan(to.x - from.x, to.y - from.y);
    if (after.length > 1) this.zoom(spread(after) / Math.max(1, spread(before)), to.x, to.y);
  }

  /**
   * The coarsest level that is fine enough.
   * @param {number} density device pixels per CSS pixel
   */
  level(density) {
    const level = this.tiles.max_level + Math.ceil(Math.log2(this.scale * density) - 0.01);
    return Math.min(this.tiles.max_level, Math.max(this.tiles.min_level, level));
  }

  /**
   * The tiles of a level that are in sight, and where they lie in the pane.
   * @param {number} level
   * @returns {Tile[]}
   */
  seen(level) {
    const { width, height, tile_size: side, overlap, max_level: finest } = this.tiles;
    const shrink = 2 ** (finest - level);
    const [wide, high] = [Math.ceil(width / shrink), Math.ceil(height / shrink)];
    const scale = this.scale * shrink;
    const tiles = [];
    for (const row of range(-this.y / scale, (this.pane.height - this.y) / scale, high, side)) {
      for (const column of range(-this.x / scale, (this.pane.width - this.x) / scale, wide, side)) {
        const [left, top] = [Math.max(0, column * side - overlap), Math.max(0, row * side - overlap)];
        const [right, bottom] = [Math.min(wide, (column + 1) * side + overlap), Math.min(high, (row + 1) * side + overlap)];
        tiles.push({
          key: `${level}/${column}_${row}`,
          ...{ level, column, row, x: this.x + left * scale, y: this.y + top * scale },
          ...{ width: (right - left) * scale, height: (bottom - top) * scale },
        });
      }
    }
    return tiles;
  }

  /** Keeps the picture in the pane: in its middle where it is smaller, without a gap at the edges where it is larger. */
  #hold() {
    this.x = held(this.x, this.tiles.width * this.scale, this.pane.width);
    this.y = held(this.y, this.tiles.height * this.scale, this.pane.height);
  }
}

/**
 * @param {number} offset
 * @param {number} picture
 * @param {number} pane
 */
function held(offset, picture, pane) {
  return picture <= pane ? (pane - picture) / 2 : Math.min(0, Math.max(pane - picture, offset));
}

/**
 * Numbers of the tiles that lie between two pixels of a level.
 * @param {number} from
 * @param {number} to
 * @param {number} length
 * @param {number} side
 */
function range(from, to, length, side) {
  const first = Math.max(0, Math.floor(from / side));
  const last = Math.min(Math.ceil(length / side) - 1, Math.floor(to / side));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_nothing, index) => first + index);
}

/** @param {Point[]} points @returns {Point} */
function middle(points) {
  const sum = points.reduce((total, { x, y }) => ({ x: total.x + x, y: total.y + y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}

/** @param {Point[]} points */
function spread([a, b]) {
  return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 1;
}
