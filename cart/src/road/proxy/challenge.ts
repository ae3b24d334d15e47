/**
 * Reads what a proxy asks for in `Proxy-Authenticate`: a list of challenges (RFC 9110 sections 11.3 and 11.7.1).
 *
 * Bytes of strangers, limited by the head they came in. What cannot be read ends the list: the challenges before it count.
 */

export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const CHALLENGES_MAX = 16;
const PARAMETERS_MAX = 32;

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const SPACE = /[ \t]*/y;
const SEPARATOR = /[ \t]*(?:,[ \t]*)+|[ \t]*$/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const QUOTED =
  /"((?:[\t \u0021\u0023-\u005b\u005d-\u007e\u0080-\u00ff]|\\[\t \u0021-\u007e\u0080-\u00ff])*)"/y;
const TOKEN68 = /[0-9A-Za-z._~+/-]+=*(?=[ \t]*(?:,|$))/y;

/** Reads the challenges of one header field, or of several that were joined. */
export function readChallenges(field: string): readonly Challenge[] {
  const reader = new Reader(field);
  const challenges: Challenge[] = [];
  reader.take(/[ \t,]*/y);
  while (!reader.isAtEnd && challenges.length < CHALLENGES_MAX) {
    const scheme = reader.take(TOKEN);
    if (scheme === null) break;
    const parameters = readParameters(reader);
    challenges.push({ scheme: scheme.toLowerCase(), parameters: parameters.read });
    if (!parameters.isWhole) break;
  }
  return challenges;
}

/** Reads up to the next challenge, which is the next token that no `=` follows. */
function readParameters(reader: Reader): {
  readonly read: ReadonlyMap<string, string>;
  readonly isWhole: boolean;
} {
  const read = new Map<string, string>();
  if (reader.take(SEPARATOR) !== null) return { read, isWhole: true };
  reader.take(SPACE);
  // Negotiate and its like put one word of base64 there; nothing of ours reads it.
  const before = reader.at;
  if (reader.take(TOKEN68) !== null && reader.take(SEPARATOR) !== null) {
    return { read, isWhole: true };
  }
  reader.at = before;
  while (read.size < PARAMETERS_MAX) {
    const start = reader.at;
    const name = reader.take(TOKEN);
    if (name === null) return { read, isWhole: reader.isAtEnd };
    if (reader.take(EQUALS) === null) {
      reader.at = start;
      return { read, isWhole: true };
    }
    const value = readValue(reader);
    if (value === null) return { read, isWhole: false };
    const key = name.toLowerCase();
    // A parameter that comes twice is no honest challenge (RFC 9110 section 11.2).
    if (read.has(key)) return { read: new Map(), isWhole: false };
    read.set(key, value);
    if (reader.take(SEPARATOR) === null) return { read, isWhole: false };
  }
  return { read, isWhole: false };
}

function readValue(reader: Reader): string | null {
  const quoted = reader.take(QUOTED);
  if (quoted !== null) return quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1');
  return reader.take(TOKEN);
}

class Reader {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#text.length;
  }

  /** Takes what the pattern finds here; null and nothing taken otherwise. */
  take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.at = pattern.lastIndex;
    return found[0];
  }
}
