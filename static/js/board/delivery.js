// @ts-check
/** Requests that must not get lost: sent until they are answered, and carried out once, however often they arrive. */

/** What was on its way when the connection broke waits in the socket, and leaves with the next connect. */
const ATTEMPTS = 3;

/** @typedef {Record<string, any>} Ack */

/** An id that nobody else draws; crypto.randomUUID is missing where the site is not served over TLS. */
export function freshId() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");
}

/**
 * Sends a request, and again while no answer comes: to the same id the server gives the first answer.
 * @template {{request_id: string}} Request
 * @param {(request: Request) => Promise<Ack>} send throws an error with the `ack` of a refusal, or without one
 * @param {Request} request
 * @returns {Promise<Ack>}
 */
export async function deliver(send, request) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send(request);
    } catch (error) {
      if (/** @type {{ack?: Ack}} */ (error).ack || attempt === ATTEMPTS) throw error;
    }
  }
}
