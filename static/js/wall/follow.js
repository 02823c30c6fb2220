// @ts-check
/** Follows the cards of a wall: those that hang, and those that come and go. */

/**
 * @typedef {object} Follower
 * @property {(card: HTMLElement, old?: HTMLElement) => void} hung a card hangs, in the place of an old one if there is one
 * @property {(card: HTMLElement) => void} gone a card was taken down
 * @property {() => void} [settled] all that came and went at once has been told
 */

/** @param {NodeList | HTMLCollection} nodes */
function cardsOf(nodes) {
  return [...nodes].filter((node) => node instanceof HTMLElement);
}

/**
 * @param {HTMLElement} wall
 * @param {Follower} follower
 */
export function followCards(wall, { hung, gone, settled }) {
  for (const card of cardsOf(wall.children)) hung(card);
  const comings = new MutationObserver((changes) => {
    for (const { addedNodes, removedNodes } of changes) {
      const old = cardsOf(removedNodes);
      old.forEach(gone);
      cardsOf(addedNodes).forEach((card, index) => hung(card, old[index]));
    }
    settled?.();
  });
  comings.observe(wall, { childList: true });
}
