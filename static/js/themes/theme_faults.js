// @ts-check
/** What keeps a theme from being read, in the page's language and with the names that its colours have on the page. */

import { gettext, numberWords } from "../web/language.js";

/** @typedef {(key: string) => string} NameOf what a colour is called, by its key in a theme */

/** @type {[RegExp, (parts: string[], nameOf: NameOf) => string][]} the sentences of mural/themes.py */
const SENTENCES = [
  [
    /^The text is hard to read on “(\w+)”: contrast ([\d.]+), at least ([\d.]+) is needed\.$/,
    ([ground = "", ratio, least], nameOf) =>
      gettext("The text is hard to read on “%(ground)s”: contrast %(ratio)s, at least %(least)s is needed.", {
        ground: nameOf(ground),
        ratio: numberWords(Number(ratio)),
        least: numberWords(Number(least)),
      }),
  ],
  [
    /^“(\w+)” and “(\w+)” look too much alike\.$/,
    ([one = "", other = ""], nameOf) =>
      gettext("“%(one)s” and “%(other)s” look too much alike.", { one: nameOf(one), other: nameOf(other) }),
  ],
  [/^Motorways stand out less than residential streets\.$/, () => gettext("Motorways stand out less than residential streets.")],
];

/**
 * Says a fault as people understand it; one that is not known here as it came.
 * @param {string} fault
 * @param {NameOf} nameOf
 */
export function faultWords(fault, nameOf) {
  for (const [pattern, say] of SENTENCES) {
    const found = pattern.exec(fault);
    if (found) return say(found.slice(1), nameOf);
  }
  return fault;
}
