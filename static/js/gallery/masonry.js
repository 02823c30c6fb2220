// @ts-check
/** Hangs posters of all shapes close together: each spans as many thin rows of the grid as it is high. */

/** The height of a row in posters.css: thin enough to fit, thick enough for browsers that count only 10,000 rows. */
const ROW_PX = 8;

/** @param {HTMLElement} wall */
export function startMasonry(wall) {
  const gapPx = parseFloat(getComputedStyle(wall).rowGap) || 0;
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const card = /** @type {HTMLElement} */ (target);
      card.style.gridRowEnd = `span ${Math.ceil((card.offsetHeight + gapPx) / ROW_PX)}`;
    }
  });
  const members = new MutationObserver((changes) => {
    for (const { addedNodes, removedNodes } of changes) {
      for (const node of removedNodes) if (node instanceof HTMLElement) sizes.unobserve(node);
      for (const node of addedNodes) if (node instanceof HTMLElement) sizes.observe(node);
    }
  });
  for (const card of wall.children) sizes.observe(card);
  members.observe(wall, { childList: true });
  wall.classList.add("masonry");
}
