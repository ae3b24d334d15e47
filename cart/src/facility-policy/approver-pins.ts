/**
 * The PINs of the people of a facility who give the second yes at this cart. Root sets them; no policy carries them, because a
 * policy passes through a gateway and six digits are soon guessed from their hash.
 *
 * `approver-pins.json` in the data directory, mode 0600: `{ version: 1, failed, pins: { id: { salt, hash } } }`. Wrong ones are counted
 * on the disk before they are judged; from the fifth in a row on each costs a wait that doubles, for everybody.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { hashedPin, isHashOf, pinHashShape } from '../platform/pin-hash.ts';
import { writeWholeFile } from '../platform/whole-file.ts';
import { ApproverLocked, ApproverPinNotSet } from './facility-policy-error.ts';

const FILE = 'approver-pins.json';
/** Wrong PINs that cost nothing: a person mistypes. */
const FREE_TRIES = 4;
const FIRST_WAIT_MS = 30_000;
const WAIT_MS_MAX = 60 * 60_000;

const schema = z.strictObject({
  version: z.literal(1),
  failed: z.int().min(0),
  pins: z.record(z.string().max(32), z.strictObject(pinHashShape)),
});
type Kept = z.infer<typeof schema>;

export class ApproverPins {
  readonly #file: string;
  readonly #monotonicMs: () => number;
  #lockedUntilMs: number | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(directory: string, monotonicMs: () => number) {
    this.#file = path.join(directory, FILE);
    this.#monotonicMs = monotonicMs;
  }

  /** Sets the PIN of one person; wrong tries are forgotten. @param pin checked by `admitPin` */
  set(id: string, pin: string): Promise<void> {
    return this.#next(async () => {
      const kept = await this.#read();
      const hashed = await hashedPin(pin);
      await this.#write({ version: 1, failed: 0, pins: { ...kept.pins, [id]: hashed } });
      this.#lockedUntilMs = null;
    });
  }

  /** Names who has a PIN here. */
  async known(): Promise<readonly string[]> {
    return Object.keys((await this.#read()).pins);
  }

  /**
   * Tells whether a PIN is right.
   * @throws ApproverLocked, ApproverPinNotSet
   */
  isRight(id: string, pin: string): Promise<boolean> {
    return this.#next(async () => {
      const kept = await this.#read();
      // After a start of the agent the wait begins anew: pulling the plug shortens nothing.
      this.#lockedUntilMs ??= this.#monotonicMs() + waitMs(kept.failed);
      const leftMs = this.#lockedUntilMs - this.#monotonicMs();
      if (leftMs > 0) throw new ApproverLocked(Math.ceil(leftMs / 1000));
      const own = Object.hasOwn(kept.pins, id) ? kept.pins[id] : undefined;
      if (own === undefined) throw new ApproverPinNotSet();
      await this.#write({ ...kept, failed: kept.failed + 1 });
      const isRight = await isHashOf(own, pin);
      if (isRight) await this.#write({ ...kept, failed: 0 });
      else this.#lockedUntilMs = this.#monotonicMs() + waitMs(kept.failed + 1);
      return isRight;
    });
  }

  /** One at a time: tries beside each other would all find the count as it was. */
  #next<T>(does: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(does);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** What cannot be read holds no PIN, and the longest wait. */
  async #read(): Promise<Kept> {
    try {
      return schema.parse(JSON.parse(await readFile(this.#file, 'utf8')));
    } catch (fault) {
      const isThere = (fault as NodeJS.ErrnoException).code !== 'ENOENT';
      return { version: 1, failed: isThere ? FREE_TRIES + 8 : 0, pins: {} };
    }
  }

  async #write(kept: Kept): Promise<void> {
    await writeWholeFile(this.#file, JSON.stringify(kept));
  }
}

function waitMs(failed: number): number {
  if (failed <= FREE_TRIES) return 0;
  return Math.min(WAIT_MS_MAX, FIRST_WAIT_MS * 2 ** Math.min(30, failed - FREE_TRIES - 1));
}
