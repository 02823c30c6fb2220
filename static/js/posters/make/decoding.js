// @ts-check
/** Reads bytes as text: in the encoding that their first bytes show, else the one that the file declares, else UTF-8. */

/** What an encoding that most bytes are letters in is taken for, where a file declares none and is no UTF-8. */
const USUAL = "windows-1252";
const HEAD_BYTES = 200;

/** @param {Uint8Array} bytes */
export function textOf(bytes) {
  const shown = shownBy(bytes);
  if (shown) return new TextDecoder(shown).decode(bytes);
  const head = new TextDecoder(USUAL).decode(bytes.subarray(0, HEAD_BYTES));
  const declared = decoderOf(head.match(/<\?xml[^>]*\sencoding\s*=\s*["']([^"']+)/)?.[1]);
  if (declared && !/^utf/.test(declared.encoding)) return declared.decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder(USUAL).decode(bytes);
  }
}

/** @param {Uint8Array} bytes @returns {string | null} */
function shownBy([first, second, third]) {
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return "utf-16le";
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return "utf-16be";
  return null;
}

/** @param {string} [label] whatever a file says that it is written in */
function decoderOf(label) {
  try {
    return label ? new TextDecoder(label) : null;
  } catch {
    return null; // a name that nobody knows
  }
}
