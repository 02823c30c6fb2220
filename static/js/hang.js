// @ts-check
/** Lays out the wall. It runs before the page is first painted, so it waits for nothing else. */

import { startMasonry } from "./gallery/masonry.js";
import { need } from "./lib/dom.js";

startMasonry(need("[data-wall]"));
