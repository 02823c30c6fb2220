// @ts-check
/** Small helpers for the document. */

/**
 * The element that must be there.
 * @template {Element} [T=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {T}
 */
export function need(selector, root = document) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`the page lacks ${selector}`);
  return /** @type {T} */ (found);
}

/**
 * The element if it is there.
 * @template {Element} [T=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {T | null}
 */
export function find(selector, root = document) {
  return /** @type {T | null} */ (root.querySelector(selector));
}

/**
 * @template {Element} [T=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {T[]}
 */
export function all(selector, root = document) {
  return /** @type {T[]} */ ([...root.querySelectorAll(selector)]);
}

/**
 * Clones the first element of a <template>.
 * @param {HTMLTemplateElement} template
 * @returns {HTMLElement}
 */
export function cloneOf(template) {
  const first = template.content.firstElementChild;
  if (!first) throw new Error("the template is empty");
  return /** @type {HTMLElement} */ (first.cloneNode(true));
}

/**
 * Writes values into the elements whose data-field names them; always as text, never as markup.
 * @param {ParentNode} root
 * @param {Record<string, unknown>} values
 */
export function writeFields(root, values) {
  for (const element of all("[data-field]", root)) {
    const value = values[element.dataset.field ?? ""];
    if (value !== undefined) element.textContent = String(value);
  }
}

/**
 * Makes an element with a class and text.
 * @param {string} tag
 * @param {string} [className]
 * @param {string} [text]
 */
export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}

/**
 * Says something to those who cannot see it happen.
 * @param {string} words
 */
export function announce(words) {
  need("[data-announcer]").textContent = words;
}

/**
 * Shows a sentence about what went wrong, or hides it when there is none.
 * @param {HTMLElement} element
 * @param {string} words
 */
export function showFault(element, words) {
  element.textContent = words;
  element.hidden = !words;
}

/** Whether the visitor asked for less motion. */
export function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * Draws a row that runs out of the window along until an element is in its middle.
 * @param {Element} element
 * @param {Element} row
 */
export function centreInRow(element, row) {
  const [place, frame] = [element.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollBy({ left: place.left + place.width / 2 - (frame.left + frame.width / 2), behavior: "instant" });
}
