/**
 * Goal: no refused sign-in goes unrecorded, and a flood of them makes few entries. Method: a few, and a flood from many
 * workstations, counted in what reaches the ledger.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { SignInBusy } from '../platform/slow-hash.ts';
import { RefusalRecord } from './refusal-record.ts';
import { SignInRefused } from './sign-in-error.ts';

const workstation = (number: number): string => `wrks-${String(number).padStart(26, '0')}`;

function newRecord() {
  const facts: LedgerFact[] = [];
  const clock = new ManualClock();
  const record = new RefusalRecord({ appendLater: (fact) => void facts.push(fact) }, clock);
  return { facts, clock, record };
}

/** Refusals that the ledger tells of, alone or in a count. */
const told = (facts: readonly LedgerFact[]): number =>
  facts.reduce((sum, fact) => sum + (fact.kind === 'sign-ins-refused' ? fact.count : 1), 0);

test('a few are written one by one, at once', () => {
  const { facts, record } = newRecord();
  record.note('directory', workstation(1), new SignInRefused());
  record.note('gateway', 'not a workstation', new Error('unexpected'));
  deepEqual(facts, [
    {
      kind: 'sign-in-refused',
      step: 'directory',
      workstationId: workstation(1),
      code: 'SIGN_IN_REFUSED',
    },
    { kind: 'sign-in-refused', step: 'gateway', workstationId: null, code: 'INTERNAL_FAULT' },
  ]);
});

test('a flood is counted by workstation, all of it, in few entries', () => {
  const { facts, record } = newRecord();
  for (let round = 0; round < 100; round += 1)
    for (let at = 0; at < 200; at += 1)
      record.note('gateway', workstation(at), new SignInRefused());
  ok(facts.length <= 30);
  record.flush();
  equal(told(facts), 20_000);
  ok(facts.length <= 230, String(facts.length));
  record.flush();
  equal(told(facts), 20_000, 'once');
});

test('more workstations than are told apart are counted together', () => {
  const { facts, record } = newRecord();
  for (let at = 0; at < 5000; at += 1) record.note('gateway', workstation(at), new SignInRefused());
  record.flush();
  equal(told(facts), 5000);
  ok(facts.length <= 531, String(facts.length));
  ok(facts.some((fact) => fact.kind === 'sign-ins-refused' && fact.workstationId === null));
});

test('when the flood is over they are written one by one again', () => {
  const { facts, clock, record } = newRecord();
  for (let at = 0; at < 100; at += 1) record.note('gateway', workstation(1), new SignInRefused());
  record.flush();
  const before = facts.length;
  clock.advance(60_000);
  record.note('gateway', workstation(1), new SignInRefused());
  equal(facts.length, before + 1);
  equal(facts.at(-1)?.kind, 'sign-in-refused');
});

test('who found no room to be judged was not refused', () => {
  const { facts, record } = newRecord();
  record.note('gateway', workstation(1), new SignInBusy('Try again soon.'));
  record.flush();
  deepEqual(facts, []);
});
