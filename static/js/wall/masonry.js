// @ts-check
/**
 * Hangs posters of all shapes close together in columns. A card stays in its column and is moved by `translate`: one
 * that arrives pushes down the column it joins, and everything beside it stays where it is being looked at.
 */

import { calm, find } from "../web/dom.js";
import { followCards } from "./follow.js";

const MOVE_MS = 180;

class Masonry {
  /** @type {WeakMap<Element, number>} the column of each card */
  #columns = new WeakMap();
  #count = 0;

  /** @param {HTMLElement} wall */
  constructor(wall) {
    this.wall = wall;
    // A window that changes its width takes the cards along at once; only what comes and goes is seen to move.
    this.sizes = new ResizeObserver(() => this.#arrange());
    wall.classList.add("masonry");
    followCards(wall, {
      hung: (card, old) => this.#hold(card, old),
      gone: (card) => this.sizes.unobserve(card),
      settled: () => this.#arrange(calm() ? 0 : MOVE_MS),
    });
    this.#arrange();
  }

  /**
   * Follows a card's size. A small copy differs from its poster by part of a pixel, which many cards would add up above
   * what somebody looks at: the poster's own shape holds, whether its picture has come or has been let go.
   * @param {HTMLElement} card
   * @param {HTMLElement} [old] the sheet in whose place a finished poster hangs, and whose column it takes
   */
  #hold(card, old) {
    const image = find("img", card);
    if (image) image.style.aspectRatio = `${image.getAttribute("width")} / ${image.getAttribute("height")}`;
    const column = old && this.#columns.get(old);
    if (column !== undefined) this.#columns.set(card, column);
    this.sizes.observe(card);
  }

  /**
   * Moves every card to where it belongs now: those without a column join the shortest one.
   * @param {number} [moveMs] how long they are seen to move
   */
  #arrange(moveMs = 0) {
    const style = getComputedStyle(this.wall);
    const count = style.gridTemplateColumns.split(" ").length;
    if (count !== this.#count) this.#columns = new WeakMap();
    this.#count = count;
    const gapPx = parseFloat(style.rowGap) || 0;
    const cards = /** @type {HTMLElement[]} */ ([...this.wall.children]);
    // A card that is hidden takes no room, and no gap either.
    const heightsPx = cards.map((card) => card.offsetHeight && card.offsetHeight + gapPx);
    const columns = this.#assign(cards, heightsPx);
    const tops = new Array(count).fill(0);
    cards.forEach((card, index) => {
      move(card, columns[index], tops[columns[index]], moveMs);
      tops[columns[index]] += heightsPx[index];
    });
    this.wall.style.height = `${Math.max(0, Math.max(...tops) - gapPx)}px`;
  }

  /**
   * @param {HTMLElement[]} cards
   * @param {number[]} heightsPx
   * @returns {number[]} the column of each card
   */
  #assign(cards, heightsPx) {
    const totals = new Array(this.#count).fill(0);
    cards.forEach((card, index) => {
      const column = this.#columns.get(card);
      if (column !== undefined) totals[column] += heightsPx[index];
    });
    return cards.map((card, index) => {
      const known = this.#columns.get(card);
      if (known !== undefined) return known;
      const shortest = totals.indexOf(Math.min(...totals));
      totals[shortest] += heightsPx[index];
      this.#columns.set(card, shortest);
      return shortest;
    });
  }
}

/**
 * @param {HTMLElement} card
 * @param {number} column from 0
 * @param {number} topPx
 * @param {number} moveMs
 */
function move(card, column, topPx, moveMs) {
  const from = card.style.translate;
  const to = `0px ${topPx}px`;
  if (from === to && card.style.gridColumnStart === String(column + 1)) return;
  // Both lines are named: where one is left out, a card that is out of the flow reaches to the end of the wall.
  card.style.gridColumn = `${column + 1} / ${column + 2}`;
  card.style.translate = to;
  const inSight = topPx < scrollY + innerHeight;
  if (from && moveMs && inSight) card.animate([{ translate: from }, { translate: to }], { duration: moveMs, easing: "ease-out" });
}

/** @param {HTMLElement} wall */
export function startMasonry(wall) {
  return new Masonry(wall);
}
