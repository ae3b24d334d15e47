/**
 * One file on its way, in either direction.
 *
 *   queued → moving ⇄ interrupted → verifying → done | failed | cancelled
 *
 * `done` is said only after the whole was checked against its SHA-256 at the end that keeps it.
 */
import { DomainError } from '../error/domain-error.ts';

export const TRANSFER_STATES = [
  'queued',
  'moving',
  'interrupted',
  'verifying',
  'done',
  'failed',
  'cancelled',
] as const;
export type TransferState = (typeof TRANSFER_STATES)[number];

const NEXT: Record<TransferState, readonly TransferState[]> = {
  queued: ['moving', 'failed', 'cancelled'],
  moving: ['interrupted', 'verifying', 'failed', 'cancelled'],
  interrupted: ['moving', 'failed', 'cancelled'],
  verifying: ['done', 'failed'],
  done: [],
  failed: [],
  cancelled: [],
};

export class TransferOutOfTurn extends DomainError {
  readonly code = 'TRANSFER_OUT_OF_TURN';
}
export class DigestMismatch extends DomainError {
  readonly code = 'DIGEST_MISMATCH';
}

/** Moves a transfer on. @throws TransferOutOfTurn */
export function move(from: TransferState, to: TransferState): TransferState {
  if (!NEXT[from].includes(to))
    throw new TransferOutOfTurn(`A ${from} transfer cannot become ${to}.`);
  return to;
}

/** Tells whether nothing will happen to the transfer any more. */
export function isSettled(state: TransferState): boolean {
  return NEXT[state].length === 0;
}
