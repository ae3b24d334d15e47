/**
 * Goal: each kind of fact becomes an audit message that fits the schema of DICOM PS3.15 §A.5.1, whatever its values hold, says the
 * entry byte for byte, and is short enough for every collector.
 * Method: an entry of every kind with every field that a fact can have, and random texts in them, held against the schema by
 * xmllint, which knows nothing of our writer.
 */
import { equal, match, ok } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { LedgerLine } from '../../ledger/contract.ts';
import { readSyslog } from '../testing/syslog-reader.ts';
import { AUDIT_MESSAGE_BYTES_MAX, writeAuditMessage } from './audit-message.ts';
import { writeEntry } from './entry-message.ts';
import { FACT_EVENTS } from './fact-events.ts';

const SOURCE = { ledger: 'gateway.example/chaperone-ledger', gatewayName: 'gateway.example' };
const KINDS = Object.keys(FACT_EVENTS);
const SCHEMA = path.join(import.meta.dirname, '..', 'testing', 'audit-message.rng');
const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-audit-'));
after(() => rmSync(directory, { recursive: true, force: true }));

function lineOf(fact: object, index = 7): LedgerLine {
  const utcMs = Date.UTC(2026, 10, 30, 8);
  const line = JSON.stringify({ index, utcMs, fact });
  return { index, utcMs, fact: fact as LedgerLine['fact'], line };
}

/** Holds messages against the schema. @throws with what xmllint says */
function assertValid(messages: readonly string[]): void {
  const files = messages.map((message, at) => {
    const file = path.join(directory, `${at}.xml`);
    writeFileSync(file, message);
    return file;
  });
  execFileSync('xmllint', ['--noout', '--relaxng', SCHEMA, ...files], { stdio: 'pipe' });
}

const FIELDS = {
  by: 'tech-1',
  workstationId: 'ws-1',
  cart: 'US-1',
  caseId: 'case-1',
  recordId: 'record-1',
  transferId: 'transfer-1',
  sessionId: 'session-1',
  grantId: 'grant-1',
  licenceId: 'licence-1',
  certificateSerial: '01',
  proposalId: 'proposal-1',
  target: 'somebody',
};

test('an entry of every kind fits the schema', () => {
  const messages = KINDS.flatMap((kind) =>
    [{ kind }, { kind, ...FIELDS }].map((fact) => writeAuditMessage(lineOf(fact), SOURCE)),
  );
  assertValid(messages);
  messages.push(writeAuditMessage(lineOf({ kind: 'of-a-later-version' }), SOURCE));
  assertValid(messages.slice(-1));
});

test('the schema can say no', () => {
  const message = writeAuditMessage(lineOf({ kind: 'sign-in', ...FIELDS }), SOURCE);
  for (const broken of [
    message.replace('EventActionCode="E"', 'EventActionCode="X"'),
    message.replaceAll(/<ActiveParticipant .*<\/ActiveParticipant>/g, ''),
    message.replace('originalText=', 'text='),
  ]) {
    ok(broken !== message);
    let said = '';
    try {
      assertValid([broken]);
    } catch (fault) {
      said = String((fault as { stderr?: unknown }).stderr);
    }
    match(said, /fails to validate/);
  }
});

test('whatever the values hold, the message fits, is ASCII on one line, and says the entry byte for byte', () => {
  const wild = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom(
        '<',
        '>',
        '&',
        '"',
        "'",
        ']',
        '\n',
        '\0',
        '\uffff',
        '\u0085',
        'é',
        '😀',
      ),
    }),
  );
  const facts = fc.record(
    {
      kind: fc.constantFrom(...KINDS),
      ...Object.fromEntries(Object.keys(FIELDS).map((name) => [name, wild])),
    },
    { requiredKeys: ['kind'] },
  );
  const messages: string[] = [];
  fc.assert(
    fc.property(facts, (fact) => {
      const line = lineOf(fact);
      const message = writeAuditMessage(line, { ...SOURCE, site: 'Sité "1"' });
      ok(/^[ -~]*$/.test(message), 'printable ASCII');
      const [, value = ''] = /type="line" value="([^"]*)"/.exec(message) ?? [];
      equal(Buffer.from(value, 'base64').toString(), line.line);
      messages.push(message);
    }),
    { numRuns: 300 },
  );
  assertValid(messages);
});

test('what would be too long for a collector leaves its line out, and says so', () => {
  const left = Array.from({ length: 5000 }, (_one, at) => `US-${at}`);
  const message = writeAuditMessage(lineOf({ kind: 'cart-root-retired', left }), SOURCE);
  ok(message.length <= AUDIT_MESSAGE_BYTES_MAX);
  match(message, /type="line-left-out"/);
  assertValid([message]);
});

test('a syslog message names its entry, and a refusal is a warning', () => {
  const terms = {
    ...SOURCE,
    facility: 10,
    appName: 'chaperone',
    messageId: 'IHE+RFC-3881',
    enterpriseNumber: 32_473,
    software: 'chaperone-gateway 1',
  };
  const calm = readSyslog(writeEntry(lineOf({ kind: 'sign-in', technicianId: 't' }), terms));
  equal(calm.priority, 85);
  const said = calm.structured['ledger@32473'];
  equal(`${said?.['origin']} ${said?.['index']} ${said?.['kind']}`, `${SOURCE.ledger} 7 sign-in`);
  equal(said?.['leaf']?.length, 43);
  equal(readSyslog(writeEntry(lineOf({ kind: 'sign-in-refused' }), terms)).priority, 84);
  const own = { ...terms, enterpriseNumber: 4711 };
  const { structured } = readSyslog(writeEntry(lineOf({ kind: 'sign-in-refused' }), own));
  equal(structured['ledger@4711']?.['index'], '7');
  equal(structured['origin']?.['enterpriseId'], '4711');
});
