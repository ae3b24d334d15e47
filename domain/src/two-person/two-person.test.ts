// Goal: nothing that takes two people is done by one, nor twice, nor late. Method: random histories of people who come,
// go, propose, approve and decline, beside a model that counts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DomainError } from '../error/domain-error.ts';
import {
  PROPOSAL_LIFE_MS,
  ProposalDecided,
  ProposalNotYours,
  approve,
  conclude,
  decline,
  expire,
  expiryOf,
  propose,
} from './two-person.ts';
import type { PersonInForce, Proposal } from './two-person.ts';

const ROLE = 'administrator';
const TERMS = { role: ROLE, protectsOpen: false };
const NAMES = ['ada', 'amir', 'ines'] as const;
type Name = (typeof NAMES)[number];
const name = fc.constantFrom(...NAMES);
const step = fc.oneof(
  fc.record({ does: fc.constant('turn' as const), who: name, inForce: fc.boolean() }),
  fc.record({ does: fc.constantFrom('approve', 'decline', 'conclude'), who: name }),
  fc.record({ does: fc.constant('wait' as const), byMs: fc.nat(PROPOSAL_LIFE_MS / 2) }),
);

test('it is done only by two different people who are both in force at both moments, in time, and once', () => {
  fc.assert(
    fc.property(name, fc.array(step, { maxLength: 30 }), (first, steps) => {
      const inForce = new Map<Name, boolean>(NAMES.map((each) => [each, true]));
      const person = (who: Name): PersonInForce => ({
        id: who,
        roles: inForce.get(who) === true ? [ROLE] : ['lead'],
      });
      let nowMs = 1_000;
      let proposal: Proposal = propose(TERMS, person(first), nowMs);
      let times = 0;
      for (const each of steps) {
        const before = proposal;
        if (each.does === 'wait') nowMs += each.byMs;
        else if (each.does === 'turn') inForce.set(each.who, each.inForce);
        else {
          try {
            if (each.does === 'approve')
              proposal = approve(proposal, person(each.who), person(first), nowMs);
            else if (each.does === 'decline') proposal = decline(proposal, person(each.who), nowMs);
            else proposal = conclude(proposal, 'done');
          } catch (fault) {
            assert.ok(fault instanceof DomainError);
            assert.equal(proposal, before);
            continue;
          }
          if (proposal.state === 'approved') {
            times += 1;
            assert.notEqual(proposal.decidedBy, first);
            assert.ok(inForce.get(first) === true && inForce.get(each.who) === true);
            assert.ok(nowMs < expiryOf(proposal));
          }
          if (proposal.state === 'done') assert.equal(before.state, 'approved');
        }
        proposal = expire(proposal, nowMs);
      }
      assert.ok(times <= 1);
    }),
    { numRuns: 2_000 },
  );
});

test('what protects while it waits ends by its approval, its proposer or its time, and by nobody else', () => {
  fc.assert(
    fc.property(name, fc.array(step, { maxLength: 30 }), (first, steps) => {
      const person = (who: Name): PersonInForce => ({ id: who, roles: [ROLE] });
      let nowMs = 1_000;
      let proposal = propose({ role: ROLE, protectsOpen: true }, person(first), nowMs);
      for (const each of steps) {
        if (each.does === 'wait') nowMs += each.byMs;
        else if (each.does !== 'turn') {
          try {
            if (each.does === 'approve')
              proposal = approve(proposal, person(each.who), person(first), nowMs);
            else if (each.does === 'decline') proposal = decline(proposal, person(each.who), nowMs);
            else proposal = conclude(proposal, 'done');
          } catch (fault) {
            assert.ok(fault instanceof DomainError);
            continue;
          }
        }
        proposal = expire(proposal, nowMs);
        if (proposal.state === 'declined') assert.equal(proposal.decidedBy, first);
        if (proposal.state === 'expired') assert.ok(nowMs >= expiryOf(proposal));
      }
    }),
    { numRuns: 2_000 },
  );
});

test('whoever has not the role neither proposes nor decides', () => {
  const ada = { id: 'ada', roles: [ROLE] };
  const tara = { id: 'tara', roles: ['technician'] };
  assert.throws(() => propose(TERMS, tara, 0), ProposalNotYours);
  const proposal = propose(TERMS, ada, 0);
  assert.throws(() => approve(proposal, tara, ada, 1), ProposalNotYours);
  assert.throws(() => decline(proposal, tara, 1), ProposalNotYours);
  // Nobody stands in for who proposed it.
  const amir = { id: 'amir', roles: [ROLE] };
  assert.throws(() => approve(proposal, amir, amir, 1), ProposalNotYours);
});

test('its time ends to the millisecond, and who proposed it may take it back', () => {
  const ada = { id: 'ada', roles: [ROLE] };
  const amir = { id: 'amir', roles: [ROLE] };
  const proposal = propose(TERMS, ada, 0);
  assert.equal(approve(proposal, amir, ada, PROPOSAL_LIFE_MS - 1).state, 'approved');
  assert.throws(() => approve(proposal, amir, ada, PROPOSAL_LIFE_MS), ProposalDecided);
  assert.equal(expire(proposal, PROPOSAL_LIFE_MS - 1).state, 'open');
  assert.equal(expire(proposal, PROPOSAL_LIFE_MS).state, 'expired');
  const declined = decline(proposal, ada, 1);
  assert.equal(declined.state, 'declined');
  assert.throws(() => approve(declined, amir, ada, 2), ProposalDecided);
  assert.throws(() => conclude(proposal, 'done'), ProposalDecided);
});
