/** How many uploads one technician has under way; how often they may begin is not counted here (see `pace.ts`). */
import type { Caller } from '../sign-in/sign-in.ts';
import { RequestsTooMany } from './console-error.ts';

/** Uploads of one technician under way: each holds a connection and a file open for as long as its sender likes. */
const UPLOADS_AT_ONCE_MAX = 8;
const UPLOAD_WAIT_S = 5;

export class UploadsAtOnce {
  readonly #running = new Map<string, number>();

  /** Takes a place until the returned function is called. @throws RequestsTooMany */
  take({ id }: Caller): () => void {
    const running = this.#running.get(id) ?? 0;
    if (running >= UPLOADS_AT_ONCE_MAX) throw new RequestsTooMany(UPLOAD_WAIT_S);
    this.#running.set(id, running + 1);
    return () => {
      const left = (this.#running.get(id) ?? 1) - 1;
      if (left === 0) this.#running.delete(id);
      else this.#running.set(id, left);
    };
  }
}
