/** What is told of a transfer: to the ledger by commitment, to consoles by name. */
import { isSettled } from '@chaperone/domain/transfer/transfer.ts';
import type { Transfer, TransferBatch } from '@chaperone/protocol/console-api/schema.ts';
import type { HeldTransfer } from './transfer-store.ts';

/** Gives what each fact about a transfer says. */
export function factOf(transfer: HeldTransfer) {
  return {
    caseId: transfer.caseId,
    transferId: transfer.id,
    by: transfer.technician,
    bytes: transfer.bytesTotal,
    nameCommitment: transfer.nameCommitment,
    digestCommitment: null,
  } as const;
}

/** Gives what a console shows of a transfer. */
export function shown(transfer: HeldTransfer): Transfer {
  const { id, direction, name, folder, batch, state, failure, record } = transfer;
  const preparation = state === 'preparing' ? transfer.preparation : undefined;
  const { bytes, bytesTotal } = preparation ?? transfer;
  return { id, direction, name, folder, batch, bytes, bytesTotal, state, failure, record };
}

/** Transfers that a case lists one by one; the others are told by their batch alone. A person does not read more. */
const LISTED_MAX = 400;

/** Chooses what is listed, oldest first: what moves, then what is held or waits, then the newest of what is over. */
export function listed(transfers: readonly HeldTransfer[]): readonly HeldTransfer[] {
  if (transfers.length <= LISTED_MAX) return transfers;
  const rank = ({ state }: HeldTransfer): number =>
    isSettled(state) ? 3 : state === 'queued' ? 2 : state === 'paused' ? 1 : 0;
  const wanted = transfers
    .map((transfer, at) => ({ transfer, at }))
    .toSorted((one, other) => {
      const byState = rank(one.transfer) - rank(other.transfer);
      if (byState !== 0) return byState;
      // Of what is over the newest; of what waits the next.
      return isSettled(one.transfer.state) ? other.at - one.at : one.at - other.at;
    })
    .slice(0, LISTED_MAX);
  return wanted.toSorted((one, other) => one.at - other.at).map(({ transfer }) => transfer);
}

/** Sums up what was asked for together, oldest first. */
export function batchesOf(transfers: readonly HeldTransfer[]): TransferBatch[] {
  const batches = new Map<string, TransferBatch>();
  for (const { batch, direction, folder, state, bytes, bytesTotal } of transfers) {
    if (batch === null) continue;
    const [top = ''] = folder.split('/');
    const known = batches.get(batch) ?? { ...NO_FILES, batch, direction, name: top };
    batches.set(batch, {
      ...known,
      name: known.name === top ? top : '',
      files: known.files + 1,
      done: known.done + Number(state === 'done'),
      failed: known.failed + Number(state === 'failed'),
      cancelled: known.cancelled + Number(state === 'cancelled'),
      paused: known.paused + Number(state === 'paused'),
      bytes: known.bytes + (state === 'done' ? bytesTotal : bytes),
      bytesTotal: known.bytesTotal + bytesTotal,
    });
  }
  return [...batches.values()];
}

const NO_FILES = { files: 0, done: 0, failed: 0, cancelled: 0, paused: 0, bytes: 0, bytesTotal: 0 };
