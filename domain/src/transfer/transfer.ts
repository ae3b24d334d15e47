/**
 * One file on its way, in either direction.
 *
 *   queued → moving ⇄ interrupted → verifying → done | failed | cancelled
 *   moving ⇄ preparing: the cart makes of the file what may leave, and nothing of it moves
 *   queued, moving, interrupted → paused → queued: the technician's wish; nothing of it moves until it is resumed
 *
 * `done` is said only after the whole was checked against its SHA-256 at the end that keeps it.
 */
import { DomainError } from '../error/domain-error.ts';

export const TRANSFER_STATES = [
  'queued',
  'preparing',
  'moving',
  'interrupted',
  'paused',
  'verifying',
  'done',
  'failed',
  'cancelled',
] as const;
export type TransferState = (typeof TRANSFER_STATES)[number];

const NEXT: Record<TransferState, readonly TransferState[]> = {
  queued: ['moving', 'paused', 'failed', 'cancelled'],
  preparing: ['moving', 'interrupted', 'paused', 'failed', 'cancelled'],
  moving: ['preparing', 'interrupted', 'paused', 'verifying', 'failed', 'cancelled'],
  interrupted: ['moving', 'paused', 'failed', 'cancelled'],
  // Never straight to moving: resuming is written down before a byte of it moves again.
  paused: ['queued', 'failed', 'cancelled'],
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

/** Tells whether a transfer can move on so. */
export function canMove(from: TransferState, to: TransferState): boolean {
  return NEXT[from].includes(to);
}

/** Moves a transfer on. @throws TransferOutOfTurn */
export function move(from: TransferState, to: TransferState): TransferState {
  if (!canMove(from, to)) throw new TransferOutOfTurn(`A ${from} transfer cannot become ${to}.`);
  return to;
}

/** Tells whether nothing will happen to the transfer any more. */
export function isSettled(state: TransferState): boolean {
  return NEXT[state].length === 0;
}
