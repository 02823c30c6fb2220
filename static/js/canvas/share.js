// @ts-check
/** Gives a link to the place one looks at. */

import { gettext } from "../lib/language.js";
import { notify } from "../lib/notices.js";
import { hashOf } from "./address.js";

/**
 * @param {HTMLElement} button
 * @param {import("./camera.js").Camera} camera
 */
export function startShare(button, camera) {
  button.addEventListener("click", async () => {
    const link = new URL(hashOf(camera), location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      notify(gettext("The link to this place is copied."));
    } catch {
      // Without TLS, or without leave, there is no clipboard: then the link is there to be copied by hand.
      notify(link, { seconds: 30 });
    }
  });
}
