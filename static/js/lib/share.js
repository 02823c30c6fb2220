// @ts-check
/** A button that copies a link. */

import { gettext } from "./language.js";
import { notify } from "./notices.js";

const READING_S = 20;

/**
 * @param {HTMLElement} button
 * @param {() => {link: string, words?: string}} share what to copy, and what to say when that is done
 */
export function startSharing(button, share) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const { link, words = gettext("The link is copied.") } = share();
    try {
      await navigator.clipboard.writeText(link);
      notify(words);
    } catch {
      // Without TLS, or without leave, there is no clipboard: then the link is there to be copied by hand.
      notify(link, { seconds: READING_S });
    }
  });
}
