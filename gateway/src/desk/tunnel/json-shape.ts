/**
 * Looks over JSON before it is parsed: how deep it nests and how many values it holds. A few bytes of JSON make an object of
 * a hundred, and each value that a schema refuses one more, so a bound in bytes alone is no bound in memory.
 *
 * It is not a parser: what is no JSON passes here and fails there.
 */

/** Our own messages nest four deep. */
const DEPTH_MAX = 16;
/** 5,000 entries of a listing with four members each, and some. */
const VALUES_MAX = 32_768;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT] = [0x5b, 0x7b, 0x5d, 0x7d];

/** Tells whether a text is small enough, once parsed, to be parsed. @param json UTF-8 */
export function isModest(json: Uint8Array): boolean {
  let depth = 0;
  let values = 1;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === COMMA) values += 1;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth += 1;
      values += 1;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
    if (depth > DEPTH_MAX || values > VALUES_MAX) return false;
  }
  return true;
}
