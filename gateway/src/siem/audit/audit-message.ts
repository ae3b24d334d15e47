/**
 * A ledger entry as a DICOM audit message (PS3.15 §A.5.1, the schema of IHE ATNA).
 *
 * It says what the ledger says: ids, codes and times, and no name of a person or a file. The whole fact goes along as a detail of the
 * entry, so that nothing is lost to a mapping; where that would make the message too long for a collector it is left out.
 */
import type { LedgerLine } from '../../ledger/contract.ts';
import { EVENTS, ROLES, TYPES, own } from './event-codes.ts';
import type { CodedValue } from './event-codes.ts';
import { eventOf } from './fact-events.ts';
import type { Outcome } from './fact-events.ts';
import { writeXML } from './xml.ts';
import type { XMLElement } from './xml.ts';

/** Who reports. */
export interface AuditSource {
  /** `<gateway name>/chaperone-ledger`. */
  readonly ledger: string;
  readonly gatewayName: string;
  /** AuditEnterpriseSiteID: whose site; absent when it is not configured. */
  readonly site?: string | undefined;
}

/** Octets of a message that every collector must take (PS3.15 §A.6), less what goes around it. */
export const AUDIT_MESSAGE_BYTES_MAX = 31_000;

export const OUTCOMES: Readonly<Record<Outcome, string>> = {
  success: '0',
  minor: '4',
  serious: '8',
};

/** The ids of a fact that are objects of the event: name of the field, what it is, and its role (PS3.15 §A.5.1.2.2). */
const OBJECTS: readonly (readonly [field: string, text: string, role: string])[] = [
  ['caseId', 'Service case', '20'],
  ['recordId', 'Record', '3'],
  ['transferId', 'Transfer', '21'],
  ['sessionId', 'Session', '20'],
  ['grantId', 'Grant', '13'],
  ['exportId', 'Export', '16'],
  ['licenceId', 'Licence', '13'],
  ['certificateSerial', 'Certificate', '13'],
  ['proposalId', 'Proposal', '13'],
  ['reportId', 'Acceptance report', '3'],
  ['subjectId', 'Licensed machine', '13'],
  ['target', 'Target', '13'],
];
/** Fields that name a person who acts, the first that is there. */
const PEOPLE = ['by', 'technicianId', 'officerId'] as const;

type Fact = Readonly<Record<string, unknown>>;

/** Writes the audit message of an entry. */
export function writeAuditMessage(line: LedgerLine, source: AuditSource): string {
  const whole = writeXML(auditMessage(line, source, true));
  return whole.length <= AUDIT_MESSAGE_BYTES_MAX
    ? whole
    : writeXML(auditMessage(line, source, false));
}

function auditMessage(line: LedgerLine, source: AuditSource, isWhole: boolean): XMLElement {
  const fact = line.fact as unknown as Fact & { readonly kind: string };
  return {
    name: 'AuditMessage',
    content: [
      eventIdentification(line, fact.kind),
      ...participants(fact, source),
      auditSource(source),
      ...objects(fact),
      entryObject(line, source, isWhole),
    ],
  };
}

function eventIdentification({ utcMs }: LedgerLine, kind: string): XMLElement {
  const [event, action, type = null, outcome = 'success'] = eventOf(kind);
  const types = type === null ? [] : [coded('EventTypeCode', TYPES[type])];
  return {
    name: 'EventIdentification',
    attributes: {
      EventActionCode: action,
      EventDateTime: new Date(utcMs).toISOString(),
      EventOutcomeIndicator: OUTCOMES[outcome],
    },
    content: [
      coded('EventID', EVENTS[event]),
      ...types,
      coded('EventTypeCode', own(kind, textOfKind(kind))),
    ],
  };
}

/** Who took part: the person, the cart, and the gateway, which reports it. */
function participants(fact: Fact, { gatewayName }: AuditSource): readonly XMLElement[] {
  const person = PEOPLE.map((field) => fact[field]).find(isText);
  const { workstationId, cart } = fact;
  const at = isText(workstationId)
    ? { NetworkAccessPointID: workstationId, NetworkAccessPointTypeCode: '1' }
    : {};
  const all: XMLElement[] = [];
  if (person !== undefined) all.push(participant(person, true, at, null));
  if (isText(cart)) all.push(participant(cart, false, {}, ROLES.source));
  all.push(participant(gatewayName, false, person === undefined ? at : {}, ROLES.application));
  return all;
}

function participant(
  id: string,
  isRequestor: boolean,
  more: Readonly<Record<string, string>>,
  role: CodedValue | null,
): XMLElement {
  return {
    name: 'ActiveParticipant',
    attributes: { UserID: id, UserIsRequestor: String(isRequestor), ...more },
    content: role === null ? [] : [coded('RoleIDCode', role)],
  };
}

function auditSource({ ledger, site }: AuditSource): XMLElement {
  return {
    name: 'AuditSourceIdentification',
    attributes: { AuditEnterpriseSiteID: site, AuditSourceID: ledger },
    // An application server process.
    content: [{ name: 'AuditSourceTypeCode', attributes: { 'csd-code': '4' } }],
  };
}

function objects(fact: Fact): readonly XMLElement[] {
  return OBJECTS.flatMap(([field, text, role]) => {
    const id = fact[field];
    if (!isText(id)) return [];
    const isGone = field === 'caseId' && fact['kind'] === 'case-resolved';
    return [
      object(id, own(field, text), text, {
        ParticipantObjectTypeCodeRole: role,
        // Permanent erasure.
        ...(isGone ? { ParticipantObjectDataLifeCycle: '15' } : {}),
      }),
    ];
  });
}

/** The entry itself: where it stands in the ledger, and its line, byte for byte. */
function entryObject(
  { index, line }: LedgerLine,
  { ledger }: AuditSource,
  isWhole: boolean,
): XMLElement {
  const detail = (type: string, value: string): XMLElement => ({
    name: 'ParticipantObjectDetail',
    attributes: { type, value: Buffer.from(value).toString('base64') },
  });
  const details = [isWhole ? detail('line', line) : detail('line-left-out', 'too long')];
  return object(
    `${ledger}#${index}`,
    own('ledger-entry', 'Ledger entry'),
    'Ledger entry',
    { ParticipantObjectTypeCodeRole: '13' },
    details,
  );
}

function object(
  id: string,
  type: CodedValue,
  name: string,
  attributes: Readonly<Record<string, string>>,
  details: readonly XMLElement[] = [],
): XMLElement {
  return {
    name: 'ParticipantObjectIdentification',
    attributes: { ParticipantObjectID: id, ParticipantObjectTypeCode: '2', ...attributes },
    content: [
      coded('ParticipantObjectIDTypeCode', type),
      { name: 'ParticipantObjectName', content: name },
      ...details,
    ],
  };
}

function coded(name: string, { code, system, text }: CodedValue): XMLElement {
  return {
    name,
    attributes: { 'csd-code': code, codeSystemName: system, originalText: text },
  };
}

/** Such as `Licence issued`. */
function textOfKind(kind: string): string {
  const text = kind.replaceAll('-', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
