/** Reads JSON and says where it is wrong, as a person counts: lines and columns from 1. */

export interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

export type JsonResult =
  | { readonly value: unknown; readonly fault?: undefined }
  | { readonly value?: undefined; readonly fault: JsonFault };

/** Reads a text as JSON; a name that occurs twice in one object is a fault too. */
export function parseJson(text: string): JsonResult {
  const reader = new Reader(text);
  try {
    return { value: reader.document() };
  } catch (fault) {
    if (!(fault instanceof Stop)) throw fault;
    return { fault: { ...positionOf(text, fault.at), reason: fault.message } };
  }
}

/** Objects within objects, at most: a configuration has four. */
const DEPTH_MAX = 32;
const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORDS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

class Stop extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    // A byte order mark is no part of JSON, but some editors write one.
    this.#text = text;
    if (text.startsWith('\uFEFF')) this.#at = 1;
  }

  document(): unknown {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#stop('expected the end of the file');
    return value;
  }

  #value(): unknown {
    this.#space();
    const next = this.#text[this.#at];
    if (next === '{') return this.#nested(() => this.#object());
    if (next === '[') return this.#nested(() => this.#array());
    if (next === '"') return this.#string();
    const number = this.#match(NUMBER);
    if (number !== undefined) return Number(number);
    for (const [word, value] of WORDS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    if (next === undefined) this.#stop('the file ends where a value was expected');
    return this.#stop(
      next === '/' ? 'JSON has no comments' : `expected a value, found ${shown(next)}`,
    );
  }

  #object(): Readonly<Record<string, unknown>> {
    const members = new Map<string, unknown>();
    this.#list('}', () => {
      this.#space();
      const at = this.#at;
      if (this.#text[at] !== '"') this.#stop('expected a name in double quotes');
      const name = this.#string();
      if (members.has(name)) this.#stop(`"${name}" is there twice`, at);
      this.#space();
      this.#expect(':');
      members.set(name, this.#value());
    });
    return Object.fromEntries(members);
  }

  #array(): readonly unknown[] {
    const values: unknown[] = [];
    this.#list(']', () => values.push(this.#value()));
    return values;
  }

  #list(end: string, readOne: () => void): void {
    this.#at += 1;
    this.#space();
    if (this.#text[this.#at] === end) {
      this.#at += 1;
      return;
    }
    for (;;) {
      readOne();
      this.#space();
      if (this.#text[this.#at] === end) {
        this.#at += 1;
        return;
      }
      const comma = this.#at;
      this.#expect(',', `expected "," or "${end}"`);
      this.#space();
      if (this.#text[this.#at] === end)
        this.#stop(`there is a "," too many before "${end}"`, comma);
    }
  }

  #string(): string {
    const found = this.#match(STRING);
    if (found === undefined) this.#stop('this text has no end, a line break or a wrong "\\" in it');
    return JSON.parse(found) as string;
  }

  #nested<Value>(read: () => Value): Value {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) this.#stop('objects and lists are nested too deeply');
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #expect(character: string, reason = `expected "${character}"`): void {
    if (this.#text[this.#at] !== character) this.#stop(reason);
    this.#at += 1;
  }

  #space(): void {
    this.#match(SPACE);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #stop(reason: string, at = this.#at): never {
    throw new Stop(at, reason);
  }
}

function shown(character: string): string {
  return JSON.stringify(character);
}

function positionOf(text: string, at: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at);
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
}
