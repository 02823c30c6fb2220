// @ts-check
/** Watches one job until its end, through reloads and lost connections. */

import { showProgress } from "./progress.js";
import { showEnd } from "./swap.js";
import { startTelling, tellDone, titleProgress } from "./tell.js";
import { find, need } from "../../web/dom.js";
import { Commands, Events } from "../../web/events.js";
import { api } from "../../web/http.js";
import { notify } from "../../web/notices.js";
import { learnTime } from "../../web/server_time.js";
import { command, onEveryConnect, socket } from "../../web/socket.js";
import { startAnnouncements } from "../../web/warnings.js";
import { startExhibit } from "../view/exhibit.js";

const ENDS = [Events.GENERATION_COMPLETED, Events.GENERATION_FAILED, Events.GENERATION_CANCELLED];
const ENDED = ["completed", "failed", "cancelled"];

const article = need("[data-job]");
const jobId = article.dataset.job ?? "";
let over = false;

async function end() {
  if (over) return;
  over = true;
  try {
    startExhibit(await showEnd(article));
    tellDone(document.title);
  } catch {
    over = false;
    setTimeout(end, 2000);
  }
}

async function subscribe() {
  const { job } = await command(Commands.JOB_SUBSCRIBE, { job_id: jobId });
  if (ENDED.includes(job.status)) await end();
  else showProgress(article, job);
}

/** @param {SubmitEvent} event */
async function cancel(event) {
  event.preventDefault();
  try {
    await api(`/jobs/${encodeURIComponent(jobId)}/cancel`, { method: "POST" });
    await end();
  } catch (error) {
    notify(/** @type {Error} */ (error).message);
  }
}

function watch() {
  socket().on(Events.CONNECTION_ESTABLISHED, ({ server_time: serverTime }) => learnTime(serverTime));
  socket().on(Events.GENERATION_PROGRESS, (event) => {
    if (event.request_id !== jobId || over) return;
    showProgress(article, event);
    titleProgress(event.progress);
  });
  for (const name of ENDS) socket().on(name, (event) => event.request_id === jobId && end());
  onEveryConnect(() => over || subscribe().catch(() => setTimeout(subscribe, 2000)));
  /** @type {HTMLFormElement | null} */ (find("[data-cancel]", article))?.addEventListener("submit", cancel);
}

if (ENDED.includes(article.dataset.state ?? "")) {
  startExhibit(article);
} else {
  showProgress(article, { progress: Number(article.dataset.progress) });
  startAnnouncements();
  startTelling(need("[data-tell]", article));
  watch();
}
