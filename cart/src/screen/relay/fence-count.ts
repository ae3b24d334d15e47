/**
 * Keeps fences apart that were sent by different connections to the source.
 *
 * A viewer answers fences in order. Answers to fences of a source that is gone must not reach the next one.
 */
export { FENCE_REQUEST_FLAG } from '@chaperone/protocol/rfb/write-client-message.ts';

export class FenceCount {
  #owed = 0;
  #stale = 0;

  /** Notes a fence that the viewer will answer. */
  sent(): void {
    this.#owed += 1;
  }

  /** Notes that the source is gone: what is still owed to it is stale. */
  sourceGone(): void {
    this.#stale = this.#owed;
  }

  /** Tells whether an answer belongs to the present source. */
  admitAnswer(): boolean {
    if (this.#owed === 0) return false;
    this.#owed -= 1;
    if (this.#stale === 0) return true;
    this.#stale -= 1;
    return false;
  }
}
