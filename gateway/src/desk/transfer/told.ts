/** What is told of a transfer: to the ledger by commitment, to consoles by name. */
import type { Transfer } from '@chaperone/protocol/console-api/schema.ts';
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
  const { id, direction, name, bytes, bytesTotal, state, failure, record } = transfer;
  return { id, direction, name, bytes, bytesTotal, state, failure, record };
}
