/**
 * What the cart signs about a session: the grant when it is given, the receipt when it is over.
 */
import type { Grant } from '@chaperone/domain/consent/consent.ts';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { CartSerial, SessionId } from '@chaperone/domain/id/id.ts';
import type { EndReason } from '@chaperone/domain/session/state.ts';
import { grantClaims, sessionReceiptClaims } from '@chaperone/protocol/signed/claims.ts';
import type { GrantClaims, SessionReceiptClaims } from '@chaperone/protocol/signed/claims.ts';
import type { ReceiptFiles } from '@chaperone/protocol/receipt/receipt-files.ts';
import type { SessionTally } from './tally.ts';

/** Says a grant as claims. @param durationMs how long it lasts from its beginning */
export function claimsOfGrant(
  serial: CartSerial,
  grant: Grant,
  noticeVersion: string,
  durationMs: number,
): GrantClaims {
  return grantClaims.parse({
    jti: grant.id,
    iss: serial,
    sub: grant.technician.id,
    name: grant.technician.name,
    session: grant.sessionId,
    case: grant.caseId,
    caseNumber: grant.caseNumber,
    workstation: grant.workstation.id,
    workstationKey: grant.workstation.keyThumbprint,
    activities: [...grant.activities],
    noticeVersion,
    iat: Math.floor(grant.issuedUtcMs / 1000),
    durationS: Math.floor(durationMs / 1000),
  });
}

export interface ReceiptFacts {
  readonly serial: CartSerial;
  readonly sessionId: SessionId;
  readonly grant: GrantClaims | null;
  readonly tally: SessionTally;
  /** What was really done under the grant. */
  readonly opened: readonly Activity[];
  readonly files: ReceiptFiles;
  readonly reason: EndReason;
  readonly endedUtcMs: number;
  readonly journal: { readonly size: number; readonly root: string };
}

/** Says what happened in a session as claims. */
export function claimsOfReceipt(facts: ReceiptFacts): SessionReceiptClaims {
  const { tally } = facts;
  const { count, heldMs } = tally.interlocks;
  return sessionReceiptClaims.parse({
    iss: facts.serial,
    session: facts.sessionId,
    grant: facts.grant,
    startedUtcMs: tally.startedUtcMs,
    endedUtcMs: facts.endedUtcMs,
    reason: facts.reason,
    filesFetched: tally.filesFetched,
    bytesFetched: tally.bytesFetched,
    filesPlaced: tally.filesPlaced,
    bytesPlaced: tally.bytesPlaced,
    inputRefused: tally.inputRefused,
    journalSize: facts.journal.size,
    journalRoot: facts.journal.root,
    opened: [...facts.opened],
    files: facts.files,
    unmaskings: [...tally.unmaskings],
    ...(count > 0 && { interlocks: { count, heldMs: Math.round(heldMs) } }),
    ...(tally.watchings.length > 0 && { watchings: [...tally.watchings] }),
    iat: Math.floor(facts.endedUtcMs / 1000),
  });
}
