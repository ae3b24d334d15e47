/** How the ledger is told of a refused gate. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { DeskContext } from '../platform/desk-context.ts';

/** The throttle bounds how many of these there can be. */
export function recordRefusal(
  { ledger }: Pick<DeskContext, 'ledger'>,
  step: 'directory' | 'gateway',
  workstation: string,
  fault: unknown,
): void {
  const code = codeOf(fault);
  const workstationId = /^wrks-[0-9a-z]{26}$/.test(workstation) ? workstation : null;
  ledger.appendLater({ kind: 'sign-in-refused', step, workstationId, code });
}

export function codeOf(fault: unknown): string {
  return fault instanceof DomainError ? fault.code : 'INTERNAL_FAULT';
}
