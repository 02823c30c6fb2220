// @ts-check
/** The words of the page's language; the English sentence is the key, and what is said where there is no other. */

/** @type {Record<string, string | Record<string, string>>} */
const words = JSON.parse(globalThis.document?.querySelector("script[data-language]")?.textContent ?? "{}");

/** The language of the page, as in its lang attribute. */
export const language = globalThis.document?.documentElement.lang || "en";

const plurals = new Intl.PluralRules(language);

/**
 * @param {string} sentence
 * @param {Record<string, unknown>} values
 */
function filled(sentence, values) {
  return sentence.replace(/%\((\w+)\)s/g, (_whole, name) => String(values[name]));
}

/**
 * Says a sentence; %(name)s stands for a value.
 * @param {string} sentence
 * @param {Record<string, unknown>} [values]
 */
export function gettext(sentence, values = {}) {
  const said = words[sentence];
  return filled(typeof said === "string" ? said : sentence, values);
}

/**
 * Says a sentence about a number of things, which %(number)s stands for.
 * @param {string} one
 * @param {string} many
 * @param {number} number
 * @param {Record<string, unknown>} [values]
 */
export function ngettext(one, many, number, values = {}) {
  const forms = words[one];
  const said = typeof forms === "object" ? (forms[plurals.select(number)] ?? forms.other) : undefined;
  return filled(said ?? (number === 1 ? one : many), { number: number.toLocaleString(language), ...values });
}
