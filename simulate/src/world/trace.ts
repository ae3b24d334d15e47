/**
 * What happened in a schedule, as text for a person and as a digest for a comparison.
 *
 * The digest is always kept (FNV-1a, 32 bits, two lanes: it tells runs apart and proves nothing); the lines
 * only when they are asked for.
 */
export interface TraceLine {
  readonly atMs: number;
  readonly actor: string;
  readonly event: string;
  /** What the cart's session is afterwards. */
  readonly after: string;
}

const PRIME = 0x01000193;

export class Trace {
  readonly lines: TraceLine[] = [];
  readonly #keepsLines: boolean;
  #one = 0x811c9dc5;
  #two = 0x1234567;
  #steps = 0;

  constructor(keepsLines: boolean) {
    this.#keepsLines = keepsLines;
  }

  get steps(): number {
    return this.#steps;
  }

  /** The digest so far: 16 hexadecimal digits. */
  get digest(): string {
    return [this.#one, this.#two]
      .map((lane) => (lane >>> 0).toString(16).padStart(8, '0'))
      .join('');
  }

  add(atMs: number, actor: string, event: string, after: string): void {
    this.#steps += 1;
    this.#mixNumber(atMs);
    this.#mixText(actor);
    this.#mixText(event);
    this.#mixText(after);
    if (this.#keepsLines) this.lines.push({ atMs, actor, event, after });
  }

  #mixText(text: string): void {
    for (let at = 0; at < text.length; at += 1) this.#mixNumber(text.charCodeAt(at));
  }

  #mixNumber(word: number): void {
    this.#one = Math.imul(this.#one ^ word, PRIME);
    this.#two = Math.imul(this.#two ^ (word >>> 3) ^ this.#one, PRIME) + 1;
  }
}
