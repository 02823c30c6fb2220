// @ts-check
/** A button that copies a link. */

import { gettext } from "./language.js";
import { notify } from "./notices.js";

const READING_S = 20;

/**
 * @param {HTMLElement} button
 * @param {() => {link: string, words?: string, seconds?: number}} share what to copy, what to say when that is done,
 *   and how long the link is shown where it cannot be copied
 */
export function startSharing(button, share) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const { link, words = gettext("The link is copied."), seconds = READING_S } = share();
    try {
      await navigator.clipboard.writeText(link);
      notify(words);
    } catch {
      // Without TLS, or without leave, there is no clipboard: then the link is there to be copied by hand.
      notify(link, { seconds });
    }
  });
}
