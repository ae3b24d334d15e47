/**
 * Who may open the engineer page of the panel: whoever knows the PIN, while no session is under way.
 *
 * The right is a credential beside the panel's own. There is one at a time; it dies when it is not used for a while, at Close, and when
 * a session begins, so that what a technician's input could reach is closed before there can be any. It is not what guards
 * the command line: that is root's.
 *
 * Wrong PINs are counted on the disk. From the fifth on each costs a wait that doubles; after a start of the agent it begins anew, so that
 * pulling the plug shortens nothing. Decision 0023.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import { ENGINEER_IDLE_MS } from '@chaperone/protocol/panel-api/engineer.ts';
import {
  EngineerClosed,
  EngineerLocked,
  EngineerPinNotSet,
  EngineerPinWrong,
} from './engineer-refused.ts';
import { isPin, readPin, readTries, storePin, writeTries } from './pin.ts';

export * from './engineer-refused.ts';
export { admitPin, storePin } from './pin.ts';

const CREDENTIAL_BYTES = 32;
/** Wrong PINs that cost nothing: a person mistypes. */
const FREE_TRIES = 4;
const FIRST_WAIT_MS = 30_000;
const WAIT_MS_MAX = 60 * 60_000;

export interface EngineerOptions {
  readonly dataDirectory: string;
  readonly randomBytes: RandomBytes;
  readonly monotonicMs: () => number;
  /** Keeps that the page was opened, before it is. @throws what writing the journal throws */
  readonly recordOpening: () => Promise<void>;
}

export class EngineerAccess {
  readonly #options: EngineerOptions;
  readonly #listeners = new Set<() => void>();
  #digest: Buffer | null = null;
  #usedMs = 0;
  #failed: number | null = null;
  #lockedUntilMs = 0;
  #isChecking = false;

  constructor(options: EngineerOptions) {
    this.#options = options;
  }

  /** Tells whether somebody has the page open. */
  get isOpen(): boolean {
    return this.#digest !== null && this.#options.monotonicMs() - this.#usedMs < ENGINEER_IDLE_MS;
  }

  /**
   * Opens the page for who knows the PIN; another opening before it is closed by that.
   * @returns the credential; secret
   * @throws EngineerPinNotSet, EngineerLocked, EngineerPinWrong
   */
  async open(pin: string): Promise<string> {
    const { dataDirectory, randomBytes, recordOpening } = this.#options;
    // One at a time: tries beside each other would all find the count as it was.
    if (this.#isChecking) throw new EngineerLocked(1);
    this.#isChecking = true;
    try {
      const stored = await readPin(dataDirectory);
      if (stored === null) {
        throw new EngineerPinNotSet(
          'No PIN is set on this cart. Set one with "chaperone cart engineer-pin", as root.',
        );
      }
      const failed = await this.#admitTry();
      await writeTries(dataDirectory, failed + 1);
      if (!(await isPin(stored, pin))) {
        this.#failed = failed + 1;
        this.#lockedUntilMs = this.#options.monotonicMs() + waitMs(failed + 1);
        const ownWaitMs = waitMs(failed + 1);
        // Whoever has to wait learns it now, and not by trying again.
        if (ownWaitMs > 0) throw new EngineerLocked(Math.ceil(ownWaitMs / 1000));
        throw new EngineerPinWrong('This PIN is wrong.');
      }
      this.#failed = 0;
      await writeTries(dataDirectory, 0);
      await recordOpening();
      const credential = Buffer.from(randomBytes(CREDENTIAL_BYTES)).toString('base64url');
      this.close();
      this.#digest = digestOf(credential);
      this.#usedMs = this.#options.monotonicMs();
      return credential;
    } finally {
      this.#isChecking = false;
    }
  }

  /** Lets a request pass, which keeps the page open. @throws EngineerClosed */
  admit(credential: unknown): void {
    if (!this.isOpenTo(credential)) {
      throw new EngineerClosed('The engineer page is closed. Open it with the PIN.');
    }
    this.stay();
  }

  /** Tells whether a credential lives, which does not keep the page open. Another opening has another one. */
  isOpenTo(credential: unknown): boolean {
    const presented = typeof credential === 'string' ? credential.slice(0, 200) : '';
    const digest = this.isOpen ? this.#digest : null;
    return digest !== null && timingSafeEqual(digest, digestOf(presented));
  }

  /** Keeps the page open: a validation that runs for long is in use. */
  stay(): void {
    if (this.isOpen) this.#usedMs = this.#options.monotonicMs();
  }

  /** Closes the page, and tells who shows it. */
  close(): void {
    if (this.#digest === null) return;
    this.#digest = null;
    for (const listener of this.#listeners) listener();
  }

  /** Sets the PIN; wrong tries are forgotten, and who has the page open is out. @throws EngineerPinMalformed */
  async setPin(pin: string): Promise<void> {
    await storePin(this.#options.dataDirectory, pin);
    this.#failed = 0;
    this.#lockedUntilMs = 0;
    this.close();
  }

  /** Tells of each closing. @returns what ends the telling */
  onClose(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @returns wrong PINs so far @throws EngineerLocked */
  async #admitTry(): Promise<number> {
    const { dataDirectory, monotonicMs } = this.#options;
    if (this.#failed === null) {
      this.#failed = await readTries(dataDirectory);
      this.#lockedUntilMs = monotonicMs() + waitMs(this.#failed);
    }
    const leftMs = this.#lockedUntilMs - monotonicMs();
    if (leftMs > 0) throw new EngineerLocked(Math.ceil(leftMs / 1000));
    return this.#failed;
  }
}

/** How long nobody is let in after so many wrong PINs. */
function waitMs(failed: number): number {
  if (failed <= FREE_TRIES) return 0;
  return Math.min(WAIT_MS_MAX, FIRST_WAIT_MS * 2 ** Math.min(30, failed - FREE_TRIES - 1));
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
