// Goal: nothing leaves without somebody else's permission, only who exported takes the copy and only for a while, each
// copy is attested once by who may, and a case with owed copies is not resolved.
// Method: each refusal by its class, then random histories of one case against a plain count.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { newId, parseCartSerial } from '../id/id.ts';
import { DomainError } from '../error/domain-error.ts';
import { beginResolving } from '../service-case/service-case.ts';
import {
  AttestationNotYours,
  EXPORT_LIFE_MS,
  ExportAttested,
  ExportNotPermitted,
  ExportOver,
  ExportUnknown,
  ExportsOwed,
  admitTaking,
  attestDeletion,
  beginExport,
  countsOf,
  owedOf,
  permitExports,
} from './record-export.ts';
import type { ExportPermission, RecordExport } from './record-export.ts';

const caseId = newId('case', randomBytes);
const recordId = newId('record', randomBytes);
const tara = { id: newId('technician', randomBytes), roles: ['technician'] };
const lena = { id: newId('technician', randomBytes), roles: ['lead', 'technician'] };
const mira = { id: newId('technician', randomBytes), roles: ['lead'] };
const asked = () => ({ id: newId('export', randomBytes), caseId, recordId, by: tara.id });
const permission = permitExports({ caseId, technicianId: tara.id }, lena, 1);
const exported = beginExport(asked(), permission, 10);

test('a lead permits, and nobody themselves', () => {
  assert.throws(
    () => permitExports({ caseId, technicianId: mira.id }, tara, 1),
    ExportNotPermitted,
  );
  assert.throws(
    () => permitExports({ caseId, technicianId: lena.id }, lena, 1),
    ExportNotPermitted,
  );
  assert.equal(permission.permittedBy, lena.id);
});

test('without a permission of this case and this person nothing leaves', () => {
  const other = newId('case', randomBytes);
  const foreign = [
    null,
    { ...permission, caseId: other },
    { ...permission, technicianId: mira.id },
  ];
  for (const each of foreign)
    assert.throws(() => beginExport(asked(), each, 10), ExportNotPermitted);
});

test('only who exported takes the copy, until its time is over or its deletion attested', () => {
  admitTaking(exported, tara.id, permission, 10);
  admitTaking(exported, tara.id, permission, 10 + EXPORT_LIFE_MS - 1);
  assert.throws(() => admitTaking(exported, lena.id, permission, 10), ExportUnknown);
  assert.throws(() => admitTaking(exported, tara.id, permission, 10 + EXPORT_LIFE_MS), ExportOver);
  assert.throws(() => admitTaking(exported, tara.id, permission, 9), ExportOver);
  assert.throws(() => admitTaking(exported, tara.id, null, 10), ExportNotPermitted, 'withdrawn');
  const attested = attestDeletion(exported, tara, null, 20);
  assert.throws(() => admitTaking(attested, tara.id, permission, 21), ExportOver);
});

test('who exported attests; a lead in their place says why; once', () => {
  const own = attestDeletion(exported, tara, null, 20);
  assert.deepEqual(own.attestation, { by: tara.id, atUtcMs: 20, statement: 1 });
  const placed = attestDeletion(exported, mira, 'She has left the company.', 20);
  assert.deepEqual(placed.attestation, { by: mira.id, atUtcMs: 20, statement: 2 });
  for (const reason of [null, '', '  '])
    assert.throws(() => attestDeletion(exported, mira, reason, 20), AttestationNotYours);
  const another = { id: newId('technician', randomBytes), roles: ['technician'] };
  assert.throws(() => attestDeletion(exported, another, 'why', 20), AttestationNotYours);
  assert.throws(() => attestDeletion(own, tara, null, 21), ExportAttested);
});

const open = {
  id: caseId,
  number: 'SC-2026-0001',
  state: 'open',
  facility: 'St. Example',
  cart: parseCartSerial('US-1'),
  openedUtcMs: 0,
  resolvedUtcMs: null,
  legalHold: false,
  designated: [tara.id],
} as const;

test('what is owed keeps a case from being resolved; it is counted, and nobody and nothing is named', () => {
  for (const [owed, sentence] of [
    [1, 'One exported record is not attested as deleted.'],
    [5, '5 exported records are not attested as deleted.'],
  ] as const)
    assert.throws(
      () => beginResolving(open, false, owed),
      (fault) => fault instanceof ExportsOwed && fault.message === sentence,
    );
  assert.equal(beginResolving(open, false, 0).state, 'resolving');
});

test('whatever is tried in which order: no copy without a permission in force, and owed + attested is all', () => {
  const people = [tara, lena, mira];
  const act = fc.record({
    what: fc.constantFrom('permit', 'withdraw', 'export', 'take', 'attest'),
    by: fc.nat({ max: 2 }),
    at: fc.nat({ max: 2 }),
    which: fc.nat({ max: 5 }),
    reason: fc.constantFrom(null, '', 'left the company'),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const permissions = new Map<string, ExportPermission>();
      let exports: readonly RecordExport[] = [];
      let attested = 0;
      acts.forEach(({ what, by, at, which, reason }, now) => {
        const person = people[by] ?? tara;
        const other = people[at] ?? tara;
        const found = exports[which];
        try {
          if (what === 'permit') {
            const given = permitExports({ caseId, technicianId: other.id }, person, now);
            assert.notEqual(given.permittedBy, given.technicianId);
            permissions.set(other.id, given);
          }
          if (what === 'withdraw') permissions.delete(other.id);
          if (what === 'export') {
            const held = permissions.get(person.id) ?? null;
            exports = [...exports, beginExport({ ...asked(), by: person.id }, held, now)];
            assert.ok(held !== null);
          }
          if (what === 'take' && found !== undefined) {
            const held = permissions.get(person.id) ?? null;
            admitTaking(found, person.id, held, now);
            assert.ok(held !== null && found.by === person.id && found.attestation === null);
          }
          if (what === 'attest' && found !== undefined) {
            const done = attestDeletion(found, person, reason, now);
            assert.ok(found.attestation === null);
            assert.ok(found.by === person.id || (person.roles.includes('lead') && reason !== ''));
            exports = exports.map((each) => (each === found ? done : each));
            attested += 1;
          }
        } catch (fault) {
          assert.ok(fault instanceof DomainError, String(fault));
        }
        assert.deepEqual(countsOf(exports), { count: exports.length, attested });
        const owed = owedOf(exports).length;
        if (owed > 0) assert.throws(() => beginResolving(open, false, owed), ExportsOwed);
        else beginResolving(open, false, owed);
      });
    }),
  );
});
