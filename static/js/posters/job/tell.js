// @ts-check
/** Tells somebody who looks elsewhere: the tab's title counts, and a notification comes if it was asked for. */

const title = document.title;

/** @param {number} progress in per cent */
export function titleProgress(progress) {
  document.title = `${progress} % · ${title}`;
}

/**
 * Offers to tell; the browser is asked for its permission only when the visitor wants that.
 * @param {HTMLElement} button
 */
export function startTelling(button) {
  if (!("Notification" in window) || Notification.permission !== "default") return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await Notification.requestPermission();
    button.hidden = true;
  });
}

/**
 * Tells that it is done, to who cannot see it.
 * @param {string} words
 */
export function tellDone(words) {
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  try {
    new Notification(words).addEventListener("click", () => window.focus());
  } catch {
    // Phones notify from a service worker only.
    navigator.serviceWorker?.ready.then((worker) => worker.showNotification(words));
  }
}
