// @ts-check
/** The board under the keys: arrows move the cursor, Enter places, plus and minus zoom, other signs choose a paint. */

const SIGNS = "1234567890abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const STRIDE = 10;
const NEARER = 1.5;

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * The key that chooses a paint; "" where there are more paints than keys.
 * @param {number} colour
 */
export function signOf(colour) {
  return SIGNS[colour] ?? "";
}

/**
 * @typedef {object} Acts
 * @property {(dx: number, dy: number) => void} step
 * @property {() => void} place
 * @property {() => void} undo
 * @property {(factor: number) => void} zoom
 * @property {() => void} fit
 * @property {(colour: number | null) => void} choose null for none
 */

/**
 * Finds what a key does.
 * @param {{key: string, shiftKey: boolean, ctrlKey: boolean, metaKey: boolean, altKey: boolean}} pressed
 * @param {Acts} acts
 * @returns {(() => void) | null}
 */
export function actOf({ key, shiftKey, ctrlKey, metaKey, altKey }, acts) {
  if (altKey) return null;
  if (ctrlKey || metaKey) return key === "z" ? acts.undo : null;
  const arrow = ARROWS[key];
  const stride = shiftKey ? STRIDE : 1;
  if (arrow) return () => acts.step(arrow[0] * stride, arrow[1] * stride);
  if (key === "Enter" || key === " ") return acts.place;
  if (key === "+" || key === "=") return () => acts.zoom(NEARER);
  if (key === "-") return () => acts.zoom(1 / NEARER);
  if (key === "Home") return acts.fit;
  if (key === "Escape") return () => acts.choose(null);
  const colour = key.length === 1 ? SIGNS.indexOf(key) : -1;
  return colour >= 0 ? () => acts.choose(colour) : null;
}

/**
 * @param {HTMLElement} element
 * @param {Acts} acts
 */
export function startKeys(element, acts) {
  element.addEventListener("keydown", (event) => {
    const act = actOf(event, acts);
    if (!act) return;
    event.preventDefault();
    act();
  });
}
