// @ts-check
/**
 * Reads XML as devices and scripts write it: prefixes that nobody declared, a bare "&", space before the declaration, and
 * as far as a damaged file goes. The browser's own parser gives such files up, each browser at another point. Entities of
 * a file's own are never followed, and elements are walked without recursion: a hostile file costs no more than its length.
 */

import { gettext } from "../../web/language.js";

/** @typedef {{name: string, attributes: string, text: string, children: XmlElement[]}} XmlElement */
/** @typedef {{root: XmlElement, damagedLine: number | null}} Xml */

const TOKEN =
  /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[([^]*?)\]\]>|<(\/?)([^\s<>/!?"'=]+)((?:[^<>"']|"[^"<]*"|'[^'<]*')*?)(\/?)>|<!(?:DOCTYPE|ENTITY)|([^<]+)/iy;
const NAMED = /** @type {Record<string, string>} */ ({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" });

/**
 * Gives null for what is no XML.
 * @param {string} text
 * @returns {Xml | null}
 */
export function readXml(text) {
  if (!/^\s*</.test(text)) return null;
  const page = elementOf("", "");
  const open = [page];
  let at = 0;
  for (TOKEN.lastIndex = 0; at < text.length; at = TOKEN.lastIndex) {
    const token = TOKEN.exec(text);
    if (!token || !take(token, open)) break;
  }
  const root = page.children[0];
  if (!root) return null;
  const whole = at >= text.length && open.length === 1;
  return { root, damagedLine: whole ? null : text.slice(0, at).split("\n").length };
}

/**
 * Puts one token where it belongs; tells whether it may stand there.
 * @param {RegExpExecArray} token
 * @param {XmlElement[]} open the elements that have not ended yet, the innermost last
 */
function take([whole, data, closing, name, attributes = "", empty, text], open) {
  const innermost = /** @type {XmlElement} */ (open.at(-1));
  if (/^<!(?:DOCTYPE|ENTITY)$/i.test(whole)) {
    throw new Error(gettext("This file brings a document type with it, which may multiply entities. Such files are not read."));
  }
  if (text !== undefined) innermost.text += plain(text);
  if (data !== undefined) innermost.text += data;
  if (name === undefined) return true;
  const local = name.slice(name.indexOf(":") + 1);
  if (closing) return open.length > 1 && open.pop()?.name === local;
  const element = elementOf(local, attributes);
  innermost.children.push(element);
  if (!empty) open.push(element);
  return true;
}

/** @param {string} name @param {string} attributes @returns {XmlElement} */
function elementOf(name, attributes) {
  return { name, attributes, text: "", children: [] };
}

/** @param {string} text */
function plain(text) {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/gi, (whole, decimal, hex, name) => {
    if (name) return NAMED[name.toLowerCase()] ?? whole;
    const code = decimal ? Number(decimal) : parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/**
 * @param {XmlElement} element
 * @param {string} name
 */
export function attributeOf({ attributes }, name) {
  const found = attributes.match(new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`));
  return found ? plain(found[1] ?? found[2] ?? "") : "";
}

/**
 * Lists the elements of some names inside of another, in their order; what lies inside of a listed one is its own matter.
 * @param {XmlElement} element
 * @param {...string} names
 */
export function within(element, ...names) {
  const found = [];
  const waiting = [...element.children].reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (names.includes(next.name)) found.push(next);
    else for (let at = next.children.length - 1; at >= 0; at--) waiting.push(/** @type {XmlElement} */ (next.children[at]));
  }
  return found;
}

/**
 * The text of the first child of a name.
 * @param {XmlElement} element
 * @param {string} name
 */
export function childText(element, name) {
  return element.children.find((child) => child.name === name)?.text.trim() ?? "";
}

/** Reads a number as people write it: also with a comma. @param {string} text */
export function numberOf(text) {
  const plainer = text.trim().replace(/^([+-]?\d+),(\d+)$/, "$1.$2");
  return plainer ? Number(plainer) : NaN;
}
