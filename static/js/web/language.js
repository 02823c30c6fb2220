// @ts-check
/** The words of the page's language; the English sentence is the key, and what is said where there is no other. */

/** @type {Record<string, string | Record<string, string>>} */
const words = JSON.parse(globalThis.document?.querySelector("script[data-language]")?.textContent ?? "{}");

/** The language of the page, as in its lang attribute. */
export const language = globalThis.document?.documentElement.lang || "en";

/** Digits are the ones of the maps and of the addresses, in every language. */
const numbering = new Intl.Locale(language, { numberingSystem: "latn" });

const plurals = new Intl.PluralRules(language);

/**
 * @param {string} sentence
 * @param {Record<string, unknown>} values
 */
function filled(sentence, values) {
  return sentence.replace(/%\((\w+)\)s/g, (_whole, name) => String(values[name]));
}

/**
 * Writes a number, or a measure with its unit.
 * @param {number} value
 * @param {Intl.NumberFormatOptions} [options]
 */
export function numberWords(value, options) {
  return new Intl.NumberFormat(numbering, options).format(value);
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
  return filled(said ?? (number === 1 ? one : many), { number: numberWords(number), ...values });
}
