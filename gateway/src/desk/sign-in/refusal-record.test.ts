/**
 * Goal: no refused sign-in goes unrecorded, and a flood of them makes few entries. Method: a few, and a flood from many
 * workstations, counted in what reaches the ledger.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { SignInBusy } from '../platform/slow-hash.ts';
import { RefusalRecord } from './refusal-record.ts';
import { SignInRefused, SignInThrottled } from './sign-in-error.ts';

const workstation = (number: number): string => `wrks-${String(number).padStart(26, '0')}`;

const TARA = `tech-${'0'.repeat(26)}` as TechnicianId;
const at = (step: 'directory' | 'gateway', said: string) => ({
  step,
  workstation: said,
  technicianId: TARA,
});

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
  record.note(at('directory', workstation(1)), new SignInRefused());
  record.note(at('gateway', 'not a workstation'), new Error('unexpected'));
  deepEqual(facts, [
    {
      kind: 'sign-in-refused',
      step: 'directory',
      workstationId: workstation(1),
      technicianId: TARA,
      code: 'SIGN_IN_REFUSED',
    },
    {
      kind: 'sign-in-refused',
      step: 'gateway',
      workstationId: null,
      technicianId: TARA,
      code: 'INTERNAL_FAULT',
    },
  ]);
});

test('a flood is counted by workstation, all of it, in few entries', () => {
  const { facts, record } = newRecord();
  for (let round = 0; round < 100; round += 1)
    for (let one = 0; one < 200; one += 1)
      record.note(at('gateway', workstation(one)), new SignInRefused());
  ok(facts.length <= 30);
  record.flush();
  equal(told(facts), 20_000);
  ok(facts.length <= 230, String(facts.length));
  record.flush();
  equal(told(facts), 20_000, 'once');
});

test('more workstations than are told apart are counted together', () => {
  const { facts, record } = newRecord();
  for (let one = 0; one < 5000; one += 1)
    record.note(at('gateway', workstation(one)), new SignInRefused());
  record.flush();
  equal(told(facts), 5000);
  ok(facts.length <= 531, String(facts.length));
  ok(facts.some((fact) => fact.kind === 'sign-ins-refused' && fact.workstationId === null));
});

test('when the flood is over they are written one by one again', () => {
  const { facts, clock, record } = newRecord();
  for (let one = 0; one < 100; one += 1)
    record.note(at('gateway', workstation(1)), new SignInRefused());
  record.flush();
  const before = facts.length;
  clock.advance(60_000);
  record.note(at('gateway', workstation(1)), new SignInRefused());
  equal(facts.length, before + 1);
  equal(facts.at(-1)?.kind, 'sign-in-refused');
});

test('who found no room to be judged was not refused', () => {
  const { facts, record } = newRecord();
  record.note(at('gateway', workstation(1)), new SignInBusy('Try again soon.'));
  record.flush();
  deepEqual(facts, []);
});

test('what came too fast to be judged is counted, and takes no entry from what was judged', () => {
  const { facts, record } = newRecord();
  for (let tries = 0; tries < 100; tries += 1)
    record.note(at('gateway', workstation(1)), new SignInThrottled(30));
  equal(facts.length, 0);
  record.note(at('gateway', workstation(1)), new SignInRefused());
  equal(facts[0]?.kind, 'sign-in-refused');
  record.flush();
  deepEqual(facts.slice(1), [
    {
      kind: 'sign-ins-refused',
      step: 'gateway',
      workstationId: workstation(1),
      technicianId: TARA,
      code: 'SIGN_IN_THROTTLED',
      count: 100,
    },
  ]);
});
