/**
 * Who may do what beside whom: one change at a time, and none beside a session; no session begins while something changes.
 */
import { CommissioningUnderWay, SessionUnderWay } from './commissioning-refused.ts';

export class Order {
  readonly #isSessionUnderWay: () => boolean;
  readonly #tell: () => void;
  #isChanging = false;
  #breakOff: (() => void) | null = null;

  /** @param tell told when a change begins and ends */
  constructor(isSessionUnderWay: () => boolean, tell: () => void) {
    this.#isSessionUnderWay = isSessionUnderWay;
    this.#tell = tell;
  }

  /** Lets something be done beside the operator. @throws SessionUnderWay */
  admitWork(): void {
    if (this.#isSessionUnderWay()) throw new SessionUnderWay();
  }

  /** Lets something begin that no change may happen beside. @throws CommissioningUnderWay */
  admitBesideChanges(): void {
    if (this.#isChanging) throw new CommissioningUnderWay();
  }

  /** Lets a session begin: the operator comes first wherever a change can still be broken off. @throws CommissioningUnderWay */
  admitSession(): void {
    if (this.#breakOff === null) this.admitBesideChanges();
    else this.#breakOff();
  }

  /** Says how the change under way can be broken off without a loss; null: it cannot any more. */
  letBreakOff(breakOff: (() => void) | null): void {
    this.#breakOff = breakOff;
  }

  /** Makes a change. @throws SessionUnderWay, CommissioningUnderWay, and what the change throws */
  async changing<T>(change: () => Promise<T>): Promise<T> {
    this.admitWork();
    this.admitBesideChanges();
    this.#isChanging = true;
    this.#tell();
    try {
      return await change();
    } finally {
      this.#isChanging = false;
      this.#breakOff = null;
      this.#tell();
    }
  }
}
