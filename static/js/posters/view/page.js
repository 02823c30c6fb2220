// @ts-check
/** The page of one poster. */

import { need } from "../../web/dom.js";
import { startExhibit } from "./exhibit.js";

startExhibit(need(".exhibit"));
