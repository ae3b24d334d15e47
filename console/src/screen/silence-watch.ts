/**
 * Notices that nothing is heard of the cart's screen any more: then the picture is withheld, because nobody can tell whether
 * the clinic has taken it back. The cart says something at least twice a second (docs/protocol.md, "Screen").
 */

/** From here on the picture is withheld. */
export const SILENCE_MS = 2_000;
const LOOK_EVERY_MS = 200;

export class SilenceWatch {
  readonly #onChange: (isSilent: boolean) => void;
  readonly #nowMs: () => number;
  #heardMs: number;
  #isSilent = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(onChange: (isSilent: boolean) => void, nowMs = (): number => performance.now()) {
    this.#onChange = onChange;
    this.#nowMs = nowMs;
    this.#heardMs = nowMs();
  }

  /** Begins to look by itself. */
  begin(): void {
    this.heard();
    this.#timer ??= setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  /** Something came. */
  heard(): void {
    this.#heardMs = this.#nowMs();
    this.#become(false);
  }

  /** Looks once. A look that comes late withholds as well: what came meanwhile is heard right after it. */
  look(): void {
    this.#become(this.#nowMs() - this.#heardMs >= SILENCE_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #become(isSilent: boolean): void {
    if (isSilent === this.#isSilent) return;
    this.#isSilent = isSilent;
    this.#onChange(isSilent);
  }
}
