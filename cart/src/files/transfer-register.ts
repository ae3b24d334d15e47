/**
 * What has been and is being moved in this session, as the operator sees it: names, progress and how long it will take.
 *
 * In memory only, and gone with the session's last page: names may be PHI. What waits and what is held is the desk's word,
 * shown as such.
 */
import type { TransferId } from '@chaperone/domain/id/id.ts';
import type { QueueStanding } from '@chaperone/protocol/cart-api/schema.ts';
import type { PanelTransfer, PanelWaiting } from '@chaperone/protocol/panel-api/schema.ts';
import { Rate } from './rate.ts';

/** Rows that are kept; the oldest settled ones go first. The tally counts all of them. */
const ROWS_MAX = 100;
/** A desk asks each second or so for what is being made ready. Milliseconds. */
const FORGOTTEN_MS = 30_000;
const NOTHING_WAITS: PanelWaiting = { fetching: 0, sending: 0 };

export type TransferRowState = PanelTransfer['state'];
/** States out of which a row becomes one that is held. */
const STILL: ReadonlySet<TransferRowState> = new Set(['preparing', 'interrupted', 'cancelled']);
type Row = Omit<PanelTransfer, 'secondsLeft'>;

export class TransferRegister {
  readonly #rows = new Map<TransferId, Row>();
  readonly #rates = new Map<TransferId, Rate>();
  readonly #asks = new Map<TransferId, NodeJS.Timeout>();
  readonly #wholes = new Set<TransferId>();
  readonly #onChange: () => void;
  readonly #monotonicMs: () => number;
  #held: ReadonlySet<string> = new Set();
  #waiting: PanelWaiting = NOTHING_WAITS;

  constructor(onChange: () => void, monotonicMs: () => number = () => performance.now()) {
    this.#onChange = onChange;
    this.#monotonicMs = monotonicMs;
  }

  /** Begins a transfer, or goes on with one of the same id. */
  begin(
    id: TransferId,
    direction: PanelTransfer['direction'],
    name: string,
    bytes: number,
    bytesTotal: number,
  ): void {
    this.#rows.set(id, { id, direction, name, bytes, bytesTotal, state: 'moving' });
    this.#rates.set(id, new Rate(bytes, this.#monotonicMs()));
    this.#trim();
    this.#onChange();
  }

  /** Shows that a file is being made ready for its way from here; it is told again each time that it is asked for. */
  prepare(id: TransferId, name: string, bytes: number, bytesTotal: number): void {
    clearTimeout(this.#asks.get(id));
    const forgotten = setTimeout(() => this.#forgotten(id), FORGOTTEN_MS).unref();
    this.#asks.set(id, forgotten);
    const isHeld = this.#held.has(id);
    const state = isHeld ? 'paused' : 'preparing';
    this.#rows.set(id, { id, direction: 'from-cart', name, bytes, bytesTotal, state });
    this.#trim();
    this.#onChange();
  }

  /** Nobody asks for it any more: it is held, was cancelled, or the desk cannot be reached. */
  #forgotten(id: TransferId): void {
    this.#asks.delete(id);
    if (this.#rows.get(id)?.state === 'preparing') this.settle(id, 'interrupted');
  }

  /** A file that was being made ready is not wanted any more. */
  abandon(id: TransferId): void {
    const timer = this.#asks.get(id);
    clearTimeout(timer);
    this.#asks.delete(id);
    const state = this.#rows.get(id)?.state;
    if (state === 'preparing' || (timer !== undefined && state === 'paused')) {
      this.#held = new Set([...this.#held].filter((held) => held !== id));
      this.settle(id, 'cancelled');
    }
  }

  progress(id: TransferId, bytes: number): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    this.#rows.set(id, { ...row, bytes });
    this.#rates.get(id)?.note(bytes, this.#monotonicMs());
    this.#onChange();
  }

  settle(id: TransferId, state: TransferRowState): void {
    const row = this.#rows.get(id);
    if (row === undefined || row.state === state) return;
    // Holding a file breaks off its stream: that it is held is what the operator is told.
    const isHeld = this.#held.has(id) && (state === 'interrupted' || state === 'cancelled');
    this.#rows.set(id, { ...row, state: isHeld ? 'paused' : state });
    this.#rates.delete(id);
    this.#onChange();
  }

  /** Tells, once for each transfer, that it is whole for the first time: a file that is mended is no second one. */
  isFirstWhole(id: TransferId): boolean {
    if (this.#wholes.has(id)) return false;
    this.#wholes.add(id);
    return true;
  }

  isWhole(id: TransferId): boolean {
    return this.#wholes.has(id);
  }

  /** Takes what the desk says of files that do not move. */
  queue({ fetching, sending, paused }: QueueStanding): void {
    this.#held = new Set(paused);
    this.#waiting = { fetching: fetching.files, sending: sending.files };
    for (const [id, row] of this.#rows) {
      const isStill = STILL.has(row.state);
      if (this.#held.has(id) && isStill) this.#rows.set(id, { ...row, state: 'paused' });
      else if (!this.#held.has(id) && row.state === 'paused')
        this.#rows.set(id, { ...row, state: 'interrupted' });
    }
    this.#onChange();
  }

  waiting(): PanelWaiting {
    return this.#waiting;
  }

  rows(): readonly PanelTransfer[] {
    return [...this.#rows.values()].map((row) => ({
      ...row,
      secondsLeft: this.#rates.get(row.id as TransferId)?.secondsLeft(row.bytesTotal) ?? null,
    }));
  }

  clear(): void {
    this.#rows.clear();
    this.#rates.clear();
    for (const timer of this.#asks.values()) clearTimeout(timer);
    this.#asks.clear();
    this.#wholes.clear();
    this.#held = new Set();
    this.#waiting = NOTHING_WAITS;
  }

  #trim(): void {
    for (const [id, row] of this.#rows) {
      if (this.#rows.size <= ROWS_MAX) return;
      if (row.state === 'moving' || row.state === 'preparing') continue;
      this.#rows.delete(id);
      this.#rates.delete(id);
    }
  }
}
