/**
 * One direction of a slow road: how many bytes a second pass, how long each is under way, how many may wait before it.
 *
 * Pure: time comes in. A byte departs when those before it have departed, one after another at the rate, and arrives
 * after the delay. What does not fit into the queue is not taken: TCP on the near side holds it back.
 */

export interface RoadPlan {
  readonly bitsPerSecond: number;
  /** Milliseconds in one direction; the round trip is twice that. */
  readonly delayMs: number;
  /** What may wait to depart, bytes. */
  readonly queueBytes: number;
}

export class Lane {
  readonly #plan: RoadPlan;
  readonly #bytesPerMs: number;
  /** When the last byte that was taken departs. */
  #freeMs = -Infinity;

  constructor(plan: RoadPlan) {
    this.#plan = plan;
    this.#bytesPerMs = plan.bitsPerSecond / 8 / 1000;
  }

  /** Bytes that wait to depart. */
  queuedBytes(nowMs: number): number {
    return Math.max(0, this.#freeMs - nowMs) * this.#bytesPerMs;
  }

  /** Milliseconds until so many bytes fit; 0 when they do. More than the queue holds fit when it is empty. */
  untilRoomMs(nowMs: number, bytes: number): number {
    const over = this.queuedBytes(nowMs) + bytes - Math.max(bytes, this.#plan.queueBytes);
    return Math.max(0, over / this.#bytesPerMs);
  }

  /** Takes bytes. @returns when the last of them arrives */
  take(nowMs: number, bytes: number): number {
    this.#freeMs = Math.max(nowMs, this.#freeMs) + bytes / this.#bytesPerMs;
    return this.#freeMs + this.#plan.delayMs;
  }
}

/** The bytes that fill a road for one round trip: what a router's queue is often made to hold. */
export function bandwidthDelayBytes(plan: Pick<RoadPlan, 'bitsPerSecond' | 'delayMs'>): number {
  return Math.round((plan.bitsPerSecond / 8 / 1000) * plan.delayMs * 2);
}
