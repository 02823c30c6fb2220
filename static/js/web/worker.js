// @ts-check
/** Shows the offline page when the gallery cannot be reached; keeps nothing else, so nothing can be stale. */

const worker = /** @type {any} */ (self);
const CACHE = "offline-1";
const PAGE = new URL("offline", worker.registration.scope).href;

/** Keeps the offline page with what it needs to look like ours. */
async function keepOfflinePage() {
  const cache = await caches.open(CACHE);
  const response = await fetch(PAGE);
  const html = await response.clone().text();
  await cache.put(PAGE, response);
  const needed = [...html.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map((match) => match[1] ?? "");
  await cache.addAll(needed);
}

/** @param {Request} request */
async function fromNetworkOrCache(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request.mode === "navigate" ? PAGE : request);
    if (kept) return kept;
    throw error;
  }
}

worker.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(keepOfflinePage().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const styles = event.request.destination === "style" || event.request.destination === "font";
  if (event.request.mode === "navigate" || styles) event.respondWith(fromNetworkOrCache(event.request));
});
