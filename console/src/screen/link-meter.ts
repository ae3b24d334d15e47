/**
 * How good the road to the cart is: how long an echo takes, pictures and bytes a second, and echoes that do not come.
 *
 * An echo is a fence in the picture's own stream: the cart answers it after what it has sent before, so that it takes as long as
 * a picture. Nothing is lost on the way (it is TCP); what a bad road does is to make echoes late. Pure: times come in as arguments.
 */
/** What a reading looks back over, milliseconds. */
const WINDOW_MS = 5_000;
/** An echo that takes longer is late, milliseconds. */
export const LATE_MS = 2_000;
/** Echoes of which the late ones are counted. */
const ECHOES_MAX = 20;
/** From here on somebody notices while they steer, and from there on steering is guesswork. Milliseconds. */
const SLOW_FROM_MS = 250;
const POOR_FROM_MS = 700;
/** How long another grade must last before it is said, milliseconds: what flickers is no news. */
export const STEADY_MS = 6_000;

export type LinkGrade = 'good' | 'slow' | 'poor';

export interface LinkReading {
  /** The median of the last echoes; null while there is none. */
  readonly roundTripMs: number | null;
  readonly picturesPerSecond: number;
  readonly bytesPerSecond: number;
  /** Late echoes among the last ones. */
  readonly late: number;
  readonly echoes: number;
  /** Null while nothing is known. */
  readonly grade: LinkGrade | null;
}

export class LinkMeter {
  readonly #asked = new Map<string, number>();
  readonly #echoes: number[] = [];
  #bytes: { readonly atMs: number; readonly bytes: number }[] = [];
  #pictures: number[] = [];

  came(bytes: number, nowMs: number): void {
    this.#bytes.push({ atMs: nowMs, bytes });
    this.#forget(nowMs);
  }

  picture(nowMs: number): void {
    this.#pictures.push(nowMs);
    this.#forget(nowMs);
  }

  asked(payload: string, nowMs: number): void {
    this.#asked.set(payload, nowMs);
    // Some never come: the picture may have been replaced by another.
    for (const [each, atMs] of this.#asked) {
      if (nowMs - atMs > WINDOW_MS) {
        this.#asked.delete(each);
        this.#took(WINDOW_MS);
      }
    }
  }

  answered(payload: string, nowMs: number): void {
    const atMs = this.#asked.get(payload);
    if (atMs === undefined) return;
    this.#asked.delete(payload);
    this.#took(nowMs - atMs);
  }

  /** Forgets everything: it is another connection. */
  clear(): void {
    this.#asked.clear();
    this.#echoes.length = 0;
    this.#bytes = [];
    this.#pictures = [];
  }

  read(nowMs: number): LinkReading {
    this.#forget(nowMs);
    const sum = this.#bytes.reduce((total, { bytes }) => total + bytes, 0);
    const waiting = [...this.#asked.values()].filter((atMs) => nowMs - atMs >= LATE_MS).length;
    const late = this.#echoes.filter((tookMs) => tookMs >= LATE_MS).length + waiting;
    const roundTripMs = median(this.#echoes);
    return {
      roundTripMs,
      picturesPerSecond: (this.#pictures.length * 1000) / WINDOW_MS,
      bytesPerSecond: (sum * 1000) / WINDOW_MS,
      late,
      echoes: this.#echoes.length + waiting,
      grade: waiting > 0 ? 'poor' : gradeOf(roundTripMs),
    };
  }

  #took(tookMs: number): void {
    this.#echoes.push(tookMs);
    if (this.#echoes.length > ECHOES_MAX) this.#echoes.shift();
  }

  #forget(nowMs: number): void {
    const isKept = (atMs: number): boolean => nowMs - atMs < WINDOW_MS;
    this.#bytes = this.#bytes.filter(({ atMs }) => isKept(atMs));
    this.#pictures = this.#pictures.filter(isKept);
  }
}

function gradeOf(roundTripMs: number | null): LinkGrade | null {
  if (roundTripMs === null) return null;
  if (roundTripMs >= POOR_FROM_MS) return 'poor';
  return roundTripMs >= SLOW_FROM_MS ? 'slow' : 'good';
}

function median(values: readonly number[]): number | null {
  // The last few: an old one says nothing of now.
  const sorted = values.slice(-5).sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/** Which grade was said, and which one might be next. */
export interface SaidGrade {
  readonly said: LinkGrade | null;
  readonly next: LinkGrade | null;
  readonly sinceMs: number;
}

/** Takes a reading's grade: another one counts once it has lasted; the first, and one that is unknown, is nothing to say. */
export function steadied(now: SaidGrade, grade: LinkGrade | null, nowMs: number): SaidGrade {
  if (grade === null || grade === now.said) return { ...now, next: now.said, sinceMs: nowMs };
  if (now.said === null) return { said: grade, next: grade, sinceMs: nowMs };
  if (grade !== now.next) return { ...now, next: grade, sinceMs: nowMs };
  return nowMs - now.sinceMs < STEADY_MS ? now : { said: grade, next: grade, sinceMs: nowMs };
}
