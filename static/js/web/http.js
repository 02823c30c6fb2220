// @ts-check
/** The REST interface: addresses under whatever prefix the site lives, JSON in and out, refusals as errors. */

import { gettext } from "./language.js";

/** An answer that says no; `body` has the sentence and the facts. */
export class ApiError extends Error {
  /**
   * @param {number} status 0 when there was no answer at all
   * @param {Record<string, any>} body
   */
  constructor(status, body) {
    super(body.message ?? gettext("The gallery did not answer as expected. Try again in a moment."));
    this.status = status;
    this.body = body;
  }
}

/** The URL prefix of the site, "" or like "/mural". */
export function basePath() {
  return document.querySelector('meta[name="base-path"]')?.getAttribute("content") ?? "";
}

/** @param {string} path below the API, such as "/gallery?limit=24" */
export function apiUrl(path) {
  return `${basePath()}/api/v1${path}`;
}

export const pageUrl = {
  /** @param {string} id */
  poster: (id) => `${basePath()}/posters/${encodeURIComponent(id)}`,
  /** @param {string} id */
  job: (id) => `${basePath()}/generate/${encodeURIComponent(id)}`,
};

/**
 * Reads an answer, or as much of it as there is, into an error.
 * @param {Response} response
 */
export async function refusalOf(response) {
  const body = await response.json().catch(() => ({}));
  return new ApiError(response.status, body);
}

/**
 * Fetches; throws ApiError for a refusal and for a missing connection.
 * @param {string} url
 * @param {RequestInit} [init]
 */
export async function fetchOk(url, init) {
  const response = await fetch(url, init).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, { message: gettext("There is no connection to the gallery.") });
  });
  if (!response.ok) throw await refusalOf(response);
  return response;
}

/**
 * Asks the REST interface for JSON.
 * @param {string} path
 * @param {{method?: string, body?: object, signal?: AbortSignal, keepalive?: boolean}} [options]
 * @returns {Promise<Record<string, any>>}
 */
export async function api(path, { body, ...init } = {}) {
  const json = body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  const response = await fetchOk(apiUrl(path), { ...init, ...json });
  return response.status === 204 ? {} : response.json();
}
