/**
 * What is known of the road to one viewer, and whether it is free: from when each update left, how long it was, and when the
 * viewer said that it had it (its answer to the fence behind the update; without fences its next request).
 *
 * Bytes a millisecond are counted over the time in which the road was at them: from when the update before had come, or, on
 * an idle road, from when the first byte could have been answered. So an idle road looks no slower than a busy one. A fence
 * sent alone onto an idle road is a ping: the shortest of the last ones is how long the road is.
 *
 * Pure: time comes in, monotonic and in milliseconds.
 */

/** Updates under way at once: a quarter of a second of film. */
const UNDER_WAY_MAX = 8;
/** Bytes under way at once: a road that becomes narrow of a sudden has no more than these to get rid of. */
const UNDER_WAY_BYTES_MAX = 256 * 1024;
/** Time that an answer may take beyond the road's length: decoding and painting, milliseconds. */
const SLACK_MS = 80;
/** For how long an update counts, milliseconds: a road that has become wider is believed after this. */
const REMEMBERED_MS = 2_000;
/** Updates of which fewer count, however old. A road that has become narrower is believed after as many. */
const REMEMBERED_MIN = 4;
/** Between two pings, and how many of them count: a road that has become longer is believed after all of them. */
const PING_EVERY_MS = 2_000;
const PINGS = 4;
/** The shortest time that is told from none, milliseconds. */
const TICK_MS = 0.2;
/** What is believed before anything is known: 4 Mbit/s. */
const BYTES_PER_MS_AT_FIRST = 500;
/** No road is believed to be slower than this: 8 kbit/s. */
const BYTES_PER_MS_MIN = 1;

interface UnderWay {
  readonly number: number;
  readonly bytes: number;
  readonly sentMs: number;
}

/** Bytes that have come, and for how long the road was at them. */
export interface Arrival {
  readonly bytes: number;
  readonly tookMs: number;
}

export class Road {
  readonly #underWay: UnderWay[] = [];
  readonly #arrivals: (Arrival & { readonly atMs: number })[] = [];
  readonly #tripsMs: number[] = [];
  #ping: UnderWay | null = null;
  #pingedMs = Number.NEGATIVE_INFINITY;
  #cameMs = Number.NEGATIVE_INFINITY;
  #number = 0;

  /** How long an empty road is, there and back; Infinity before the first answer. */
  get lengthMs(): number {
    return Math.min(Infinity, ...this.#tripsMs);
  }

  /** Bytes under way. */
  get bytesUnderWay(): number {
    return this.#underWay.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Whether another update may leave. */
  isClear(nowMs: number): boolean {
    const [oldest] = this.#underWay;
    if (oldest === undefined) return true;
    if (this.#underWay.length >= UNDER_WAY_MAX) return false;
    if (this.bytesUnderWay >= UNDER_WAY_BYTES_MAX) return false;
    // Nothing is known of a road before its first answer.
    const { lengthMs } = this;
    return lengthMs !== Infinity && nowMs - oldest.sentMs < lengthMs + SLACK_MS;
  }

  /** Returns the number of a ping that is to leave before the next update; null if none is due or the road is not empty. */
  ping(nowMs: number): number | null {
    if (this.#underWay.length > 0 || nowMs - this.#pingedMs < PING_EVERY_MS) return null;
    this.#pingedMs = nowMs;
    this.#ping = { number: this.#count(), bytes: 0, sentMs: nowMs };
    return this.#ping.number;
  }

  /** Notes that an update leaves. @returns the number that its answer has */
  sent(bytes: number, nowMs: number): number {
    const number = this.#count();
    this.#underWay.push({ number, bytes, sentMs: nowMs });
    return number;
  }

  /** Notes an answer. @returns what has come with it; null if it answers no update */
  answered(number: number, nowMs: number): Arrival | null {
    if (this.#ping?.number === number) {
      this.#takeTrip(nowMs - this.#ping.sentMs);
      this.#ping = null;
      return null;
    }
    const index = this.#underWay.findIndex((each) => each.number === number);
    return index === -1 ? null : this.#arrive(this.#underWay.splice(0, index + 1), nowMs);
  }

  /** Notes that everything has come: a viewer without fences asks for more. */
  answeredAll(nowMs: number): Arrival | null {
    return this.#arrive(this.#underWay.splice(0), nowMs);
  }

  /** Bytes that come in a millisecond. The lower of what came just now and what came lately: better too few than too many. */
  bytesPerMs(nowMs: number): number {
    this.#forget(nowMs);
    if (this.#arrivals.length === 0) return BYTES_PER_MS_AT_FIRST;
    return Math.min(pace(this.#arrivals), pace(this.#arrivals.slice(-REMEMBERED_MIN)));
  }

  #count(): number {
    this.#number = (this.#number + 1) >>> 0;
    return this.#number;
  }

  #arrive(come: readonly UnderWay[], nowMs: number): Arrival | null {
    const [first] = come;
    if (first === undefined) return null;
    // A trip that was shorter than any ping says so, too; one that was longer may have waited in a queue.
    const tripMs = nowMs - first.sentMs;
    if (tripMs < this.lengthMs) this.#takeTrip(tripMs);
    const fromMs = Math.max(first.sentMs + Math.min(this.lengthMs, tripMs), this.#cameMs);
    const bytes = come.reduce((sum, each) => sum + each.bytes, 0);
    const arrival = { bytes, tookMs: Math.max(TICK_MS, nowMs - fromMs) };
    this.#cameMs = nowMs;
    this.#arrivals.push({ ...arrival, atMs: nowMs });
    this.#forget(nowMs);
    return arrival;
  }

  #takeTrip(tripMs: number): void {
    this.#tripsMs.push(tripMs);
    if (this.#tripsMs.length > PINGS) this.#tripsMs.shift();
  }

  #forget(nowMs: number): void {
    const kept = this.#arrivals.findIndex(({ atMs }) => nowMs - atMs < REMEMBERED_MS);
    const old = kept === -1 ? this.#arrivals.length : kept;
    this.#arrivals.splice(0, Math.min(old, this.#arrivals.length - REMEMBERED_MIN));
  }
}

function pace(arrivals: readonly Arrival[]): number {
  let [bytes, tookMs] = [0, 0];
  for (const each of arrivals) {
    bytes += each.bytes;
    tookMs += each.tookMs;
  }
  return Math.max(BYTES_PER_MS_MIN, bytes / tookMs);
}
