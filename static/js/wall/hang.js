// @ts-check
/** Hangs the posters of a page. It runs before the page is first painted, so it waits for nothing else. */

import { startMasonry } from "./masonry.js";
import { need } from "../web/dom.js";

startMasonry(need(".hanging"));
