// @ts-check
/** Short notices at the foot of the page, with one thing one can do about them. */

import { make, need } from "./dom.js";

/**
 * Shows a notice until its time is over or its button is pressed.
 * @param {string} words
 * @param {{action?: string, onAction?: () => void, onTimeout?: () => void, seconds?: number}} [options]
 */
export function notify(words, { action, onAction, onTimeout, seconds = 8 } = {}) {
  const notice = make("div", "notice");
  notice.setAttribute("role", "status");
  notice.append(make("span", "", words));
  const timer = setTimeout(() => {
    notice.remove();
    onTimeout?.();
  }, seconds * 1000);
  if (action) {
    const button = make("button", "", action);
    button.addEventListener("click", () => {
      clearTimeout(timer);
      notice.remove();
      onAction?.();
    });
    notice.append(button);
  }
  need("[data-notices]").append(notice);
}
