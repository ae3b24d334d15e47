/** A case's story for a person, told from the ledger: who, when, what, and no PHI. */
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import type { LedgerLine } from '../../ledger/contract.ts';

export interface TimelineEntry {
  readonly index: number;
  readonly atUtcMs: number;
  readonly kind: string;
  readonly who: string | null;
  readonly text: string;
}

export type NameOf = (technician: string) => string | null;

/** Tells a case's entries, oldest first. */
export function tellTimeline(
  lines: readonly LedgerLine[],
  nameOf: NameOf,
): readonly TimelineEntry[] {
  return lines.map(({ index, utcMs, fact }) => {
    const who = whoOf(fact);
    return {
      index,
      atUtcMs: utcMs,
      kind: fact.kind,
      who: who === null ? null : (nameOf(who) ?? who),
      text: tell(fact, nameOf),
    };
  });
}

/** Who is named in an entry: an account's id, or an account of the gateway's machine; null when nobody is. */
export function whoOf(fact: LedgerFact): string | null {
  if ('by' in fact) return fact.by;
  return 'technicianId' in fact ? fact.technicianId : null;
}

const END_TEXTS: Readonly<Record<string, string>> = {
  'operator-ended': 'The operator ended the session.',
  'technician-left': 'The technician ended the session.',
  'connection-lost': 'The connection was lost and the session ended.',
  'grant-expired': 'The time that the operator granted was over.',
  'session-idle': 'Nothing happened for a while, so the session ended.',
  'consent-withdrawn': 'The operator withdrew the last activity.',
};

/** One sentence for each kind of fact that can speak of a case. */
function tell(fact: LedgerFact, nameOf: NameOf): string {
  switch (fact.kind) {
    case 'case-opened':
      return `The case was opened for cart ${fact.cart}.`;
    case 'technician-designated':
      return `${nameOf(fact.technicianId) ?? 'A technician'} was designated.`;
    case 'note-added':
      return 'A note was added.';
    case 'session-requested':
      return `Access was requested: ${fact.activities.join(', ')}.`;
    case 'grant-received':
      return `The operator granted: ${fact.activities.join(', ')}.`;
    case 'activity-opened':
      return `Opened: ${fact.activity}.`;
    case 'session-interrupted':
      return 'The connection was interrupted.';
    case 'session-resumed':
      return 'The session went on.';
    case 'session-paused':
      return 'The operator paused the session.';
    case 'session-ended':
      return END_TEXTS[fact.reason] ?? `The session ended (${fact.reason}).`;
    case 'fetch-begun':
      return 'Fetching a file was begun.';
    case 'record-sealed':
      return `A file of ${fact.bytes} bytes was fetched and sealed.`;
    case 'send-begun':
      return `Sending a file of ${fact.bytes} bytes was begun.`;
    case 'send-done':
      return `A file of ${fact.bytes} bytes was placed on the cart.`;
    case 'transfer-failed':
      return 'A file did not arrive.';
    case 'transfer-cancelled':
      return 'A file was cancelled.';
    case 'record-exported':
      return 'A record was exported.';
    case 'record-viewed':
      return 'A record was viewed.';
    case 'evidence-exported':
      return 'The evidence was exported.';
    case 'certificate-read':
      return 'A security officer of the facility read the certificate of destruction.';
    case 'evidence-read':
      return 'A security officer of the facility downloaded the evidence.';
    case 'case-resolving':
      return 'The decision to resolve the case was taken.';
    case 'destruction-step':
      return `Destruction: ${fact.step}.`;
    case 'case-resolved':
      return `The case is resolved: ${fact.records} records were destroyed and a certificate was issued.`;
    case 'legal-hold-proposed':
      return 'A legal hold was proposed; the case cannot be resolved while it waits for a second person.';
    case 'legal-hold-set':
      return 'A legal hold was set.';
    case 'legal-hold-lifted':
      return 'The legal hold was lifted.';
    case 'session-end-ordered':
      return 'An administrator ended the session.';
    case 'cart-connected':
      return 'The cart connected.';
    case 'cart-disconnected':
      return 'The cart disconnected.';
    default:
      return `${fact.kind}.`;
  }
}
