/**
 * What has been and is being moved in this session, as the operator sees it: names and progress.
 *
 * In memory only, and gone with the session's last page: names may be PHI.
 */
import type { TransferId } from '@chaperone/domain/id/id.ts';
import type { PanelTransfer } from '@chaperone/protocol/panel-api/schema.ts';

/** Rows that are kept; the oldest settled ones go first. The tally counts all of them. */
const ROWS_MAX = 100;

export type TransferRowState = PanelTransfer['state'];

export class TransferRegister {
  readonly #rows = new Map<TransferId, PanelTransfer>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
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
    this.#trim();
    this.#onChange();
  }

  progress(id: TransferId, bytes: number): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    this.#rows.set(id, { ...row, bytes });
    this.#onChange();
  }

  settle(id: TransferId, state: TransferRowState): void {
    const row = this.#rows.get(id);
    if (row === undefined || row.state === state) return;
    this.#rows.set(id, { ...row, state });
    this.#onChange();
  }

  rows(): readonly PanelTransfer[] {
    return [...this.#rows.values()];
  }

  clear(): void {
    this.#rows.clear();
  }

  #trim(): void {
    for (const [id, row] of this.#rows) {
      if (this.#rows.size <= ROWS_MAX) return;
      if (row.state !== 'moving') this.#rows.delete(id);
    }
  }
}
