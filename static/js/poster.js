// @ts-check
/** The page of one poster. */

import { need } from "./lib/dom.js";
import { startExhibit } from "./poster/exhibit.js";

startExhibit(need(".exhibit"));
