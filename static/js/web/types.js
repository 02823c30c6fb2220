// @ts-check
/** The shapes that go over REST and the socket, as far as the pages use them. */

/**
 * @typedef {object} Poster
 * @property {string} id
 * @property {string} job_id
 * @property {string} city
 * @property {string} country
 * @property {string} theme
 * @property {string} theme_name
 * @property {string} thumbnail_url
 * @property {string} preview_url
 * @property {string} download_url
 * @property {string} format
 * @property {{width: number, height: number, dpi: number}} dimensions
 *
 * @typedef {{id: string, city: string, theme: string, progress: number}} Making
 *
 * @typedef {{seq: number, event: string, payload: Record<string, any>}} WallEvent
 *
 * @typedef {{posters: Poster[], epoch: string, seq: number, next_before?: number | null}} WallPage
 *
 * @typedef {object} Place a town as /geocode/suggest knows it, its name called city as in a request
 * @property {string} city
 * @property {string} country
 * @property {number} latitude
 * @property {number} longitude
 * @property {string} [region]
 * @property {number} [population]
 * @property {number} [distance] a sensible one for a place of its size, in metres
 *
 * @typedef {object} Job
 * @property {string} job_id
 * @property {"pending" | "processing" | "completed" | "failed" | "cancelled"} status
 * @property {number} progress
 * @property {number} [queue_position]
 * @property {string} [estimated_completion]
 */

export {};
