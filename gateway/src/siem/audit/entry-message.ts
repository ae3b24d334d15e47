/** A ledger entry as the syslog message that goes to the collector. */
import type { LedgerLine } from '../../ledger/contract.ts';
import { encodeBase64url } from '@chaperone/protocol/tree/base64.ts';
import { lineHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import { writeSyslog } from '../syslog/syslog-message.ts';
import { writeAuditMessage } from './audit-message.ts';
import type { AuditSource } from './audit-message.ts';
import { eventOf } from './fact-events.ts';

/** What the header of every message says. */
export interface MessageTerms extends AuditSource {
  readonly facility: number;
  readonly appName: string;
  readonly messageId: string;
  /** Private enterprise number of our structured data. */
  readonly enterpriseNumber: number;
  readonly software: string;
}

/** Writes the message of an entry. `index` says which it is: a collector that gets it twice keeps one. */
export function writeEntry(line: LedgerLine, terms: MessageTerms): string {
  const [, , , outcome = 'success'] = eventOf(line.fact.kind);
  return writeSyslog({
    facility: terms.facility,
    severity: outcome === 'success' ? 'notice' : 'warning',
    utcMs: line.utcMs,
    hostname: terms.gatewayName,
    appName: terms.appName,
    procId: '-',
    msgId: terms.messageId,
    structured: [
      {
        id: `ledger@${terms.enterpriseNumber}`,
        parameters: {
          origin: terms.ledger,
          index: String(line.index),
          leaf: encodeBase64url(lineHash(line.line)),
          kind: line.fact.kind,
        },
      },
      {
        id: 'origin',
        parameters: { enterpriseId: String(terms.enterpriseNumber), software: terms.software },
      },
    ],
    message: writeAuditMessage(line, terms),
  });
}
