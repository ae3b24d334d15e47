/** A case's story for a person, told from the ledger: who, when, what, and no PHI. */
import { QUARANTINE_SENTENCES } from '@chaperone/domain/quarantine/quarantine.ts';
import { UNRESOLVED_LIMIT } from '@chaperone/domain/service-case/unresolved-limit.ts';
import type { DeidentificationRule } from '@chaperone/domain/deidentification/deidentification.ts';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import type { RecordingOutcome } from '@chaperone/domain/ledger-entry/recording-fact.ts';
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
  if ('by' in fact) return fact.by === UNRESOLVED_LIMIT ? null : fact.by;
  return 'technicianId' in fact ? fact.technicianId : null;
}

const DEIDENTIFICATION_TEXTS: Readonly<Record<DeidentificationRule, string>> = {
  'not-required': 'Files of this case need not be de-identified.',
  'in-the-vault': 'Files of this case are de-identified in the vault.',
  'on-the-cart': 'Files of this case are de-identified on the cart before they leave.',
};
const RELEASE_TEXTS: Readonly<Record<'scan' | 'no-scanner' | 'made-here', string>> = {
  scan: 'A file was found clean and released.',
  'no-scanner': 'A file was released without a scan: this demo has no virus scanner.',
  'made-here': 'A recording was released: this gateway made it itself.',
};
const RECORDING_TEXTS: Readonly<Record<RecordingOutcome, string>> = {
  whole: 'The recording of the screen was closed, read back and sealed.',
  interrupted: 'A recording that was cut off was closed, read back and sealed as far as it went.',
  destroyed: 'A recording that was not closed yet was destroyed with the case.',
  'nothing-shown': 'The screen ended before anything was shown: there is no recording of it.',
};
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
    case 'unmask-asked':
      return `The operator was asked to show a covered part of the screen: ${fact.mask}.`;
    case 'watch-asked':
      return 'The operator was asked to let a second technician watch.';
    case 'watch-granted':
      return 'The operator let a second technician watch.';
    case 'watch-ended':
      return 'The second technician watches no more.';
    case 'session-interrupted':
      return 'The connection was interrupted.';
    case 'session-resumed':
      return 'The session went on.';
    case 'session-paused':
      return 'The operator paused the session.';
    case 'session-interlocked':
      return 'The clinic needed the cart: everything was withheld.';
    case 'session-interlock-lifted':
      return 'The operator let the session go on.';
    case 'session-ended':
      return END_TEXTS[fact.reason] ?? `The session ended (${fact.reason}).`;
    case 'recording-begun':
      return 'The screen is shown, and recorded.';
    case 'recording-off':
      return 'The screen is shown, and not recorded: so the service centre has it configured.';
    case 'recording-closed':
      return RECORDING_TEXTS[fact.outcome];
    case 'fetch-begun':
      return 'Fetching a file was begun.';
    case 'record-sealed':
      return `A file of ${fact.bytes} bytes was fetched and sealed.`;
    case 'snapshot-taken':
      return 'A picture of the screen was kept as a record.';
    case 'send-begun':
      return `Sending a file of ${fact.bytes} bytes was begun.`;
    case 'send-done':
      return `A file of ${fact.bytes} bytes was placed on the cart.`;
    case 'transfer-failed':
      return 'A file did not arrive.';
    case 'transfer-paused':
      return 'A file was held.';
    case 'transfer-resumed':
      return 'A file that was held goes on.';
    case 'transfer-cancelled':
      return 'A file was cancelled.';
    case 'record-exported':
      return 'A record was exported.';
    case 'export-permitted':
      return `${nameOf(fact.technicianId) ?? fact.technicianId} may export records.`;
    case 'export-withdrawn':
      return `${nameOf(fact.technicianId) ?? fact.technicianId} may not export records any more.`;
    case 'export-attested':
      return 'The deletion of an exported copy was attested.';
    case 'record-viewed':
      return 'A record was viewed.';
    case 'record-released':
      return RELEASE_TEXTS[fact.by];
    case 'record-held':
      return `A file is held: ${QUARANTINE_SENTENCES[fact.code]}`;
    case 'record-infected':
      return 'A virus was found in a file: it stays sealed.';
    case 'record-destroyed':
      return 'A file that was never released was destroyed.';
    case 'deidentification-ruled':
      return DEIDENTIFICATION_TEXTS[fact.rule];
    case 'record-deidentified':
      return fact.recordId === null
        ? 'The cart de-identified a file before it left.'
        : 'A file was de-identified; the result is a record of its own.';
    case 'deidentification-refused':
      return `A file could not be de-identified (${fact.code}).`;
    case 'evidence-exported':
      return 'The evidence was exported.';
    case 'certificate-read':
      return 'A security officer of the facility read the certificate of destruction.';
    case 'evidence-read':
      return 'A security officer of the facility downloaded the evidence.';
    case 'case-resolving':
      return fact.by === UNRESOLVED_LIMIT
        ? 'The longest time that a case may stay unresolved had passed: it is destroyed.'
        : 'The decision to resolve the case was taken.';
    case 'destruction-step':
      return `Destruction: ${fact.step}.`;
    case 'case-resolved':
      return `The case is resolved: ${fact.records} records were destroyed and a certificate was issued.`;
    case 'case-aged':
      return `The case has been open for ${fact.days} days and holds records.`;
    case 'case-end-announced':
      return `The case has been open too long: it will be destroyed, not before ${dayOf(fact.earliestUtcMs)}.`;
    case 'case-end-reminded':
      return `The case will be destroyed soon, not before ${dayOf(fact.earliestUtcMs)}.`;
    case 'case-end-withdrawn':
      return 'The announced destruction was taken back.';
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

/** `2026-11-30`, UTC. */
function dayOf(utcMs: number): string {
  return new Date(utcMs).toISOString().slice(0, 10);
}
