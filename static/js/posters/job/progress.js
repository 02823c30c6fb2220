// @ts-check
/** Shows how far a job is: the sheet that fills, the percentage, the steps, and the time that is left. */

import { all, find, need } from "../../web/dom.js";
import { serverNow } from "../../web/server_time.js";
import { queueWords, remainingWords } from "../../web/words.js";

/**
 * @typedef {object} Standing
 * @property {number} progress
 * @property {string} [message]
 * @property {number} [queue_position]
 * @property {string} [estimated_completion]
 */

/**
 * Which of the steps are over and which one is at work.
 * @param {number[]} ends percentages at which the steps are over
 * @param {number} progress
 * @param {boolean} waiting
 * @returns {("done" | "now" | "")[]}
 */
export function stepStates(ends, progress, waiting) {
  const current = waiting ? -1 : ends.findIndex((end) => progress < end);
  return ends.map((end, index) => (index === current ? "now" : progress >= end ? "done" : ""));
}

/**
 * How long it still takes, in words; "" when nobody knows.
 * @param {string | undefined} completion ISO time
 * @param {number} nowMs
 */
export function timeLeft(completion, nowMs) {
  const leftMs = completion ? Date.parse(completion) - nowMs : NaN;
  return Number.isFinite(leftMs) ? remainingWords(Math.max(0, leftMs) / 1000) : "";
}

/**
 * Says what is going on: a step by its plain words, anything else as it is told.
 * @param {HTMLElement} article
 * @param {string} message
 * @param {boolean} waiting
 */
function showMessage(article, message, waiting) {
  const line = need("[data-message]", article);
  const step = message && find(`[data-step="${CSS.escape(message)}"]`, article);
  const words = waiting ? line.dataset.waiting : (step && step.textContent) || message;
  if (words && line.textContent !== words) line.textContent = words;
}

/**
 * @param {HTMLElement} article
 * @param {Standing} standing
 */
export function showProgress(article, { progress, message, queue_position: position, estimated_completion: completion }) {
  article.style.setProperty("--done", String(progress / 100));
  need("[data-percent]", article).textContent = String(progress);
  /** @type {HTMLProgressElement} */ (need("[data-bar]", article)).value = progress;
  showMessage(article, message ?? "", Boolean(position));
  const words = position ? queueWords(position) : timeLeft(completion, serverNow());
  need("[data-remaining]", article).textContent = words;
  const steps = all("[data-until]", article);
  const states = stepStates(steps.map((step) => Number(step.dataset.until)), progress, Boolean(position));
  for (const [index, step] of steps.entries()) {
    step.className = states[index] ?? "";
    if (states[index] === "now") step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  }
}
