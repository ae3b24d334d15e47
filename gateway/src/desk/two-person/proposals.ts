/**
 * Proposals: what one person asks for and another one approves (decision 0012). The rules are the domain's; here they are
 * kept, recorded and carried out.
 *
 * What was approved is carried out at once, after its entry. A kill in between leaves it approved and not done; at the
 * next start it has failed, and is proposed anew: nothing is done a second time. Only a legal hold is then carried out:
 * it keeps its case all the while, and setting it twice changes nothing.
 *
 * Reasons about a case are sealed with it and go with it; the others stand at the desk in plain.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { isId, newId } from '@chaperone/domain/id/id.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { Commitment } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import {
  approve,
  conclude,
  decline,
  expire,
  expiryOf,
  propose,
} from '@chaperone/domain/two-person/two-person.ts';
import type { PersonInForce } from '@chaperone/domain/two-person/two-person.ts';
import { PROPOSED_ACTS, protectsOpen } from '@chaperone/protocol/console-api/administration.ts';
import type { ProposedAct, proposal } from '@chaperone/protocol/console-api/administration.ts';
import type { z } from 'zod';
import { keepReason } from '../administration/administration.ts';
import type { Actor, Reasoned } from '../administration/administration.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { Turns } from '../platform/turns.ts';
import type { CaseReasons } from '../service-case/service-case.ts';
import type { Caller } from '../sign-in/sign-in.ts';
import type { ProposalStore, StoredProposal } from './proposal-store.ts';
import { isOfCase } from './proposed-acts.ts';
import type { ProposedActs } from './proposed-acts.ts';
import { ProposalNeedless, ProposalUnknown } from './two-person-error.ts';

export interface ProposalParts {
  readonly store: ProposalStore;
  readonly acts: ProposedActs;
  /** Somebody as they are in force now, by account and directory. @throws DirectoryUnavailable */
  readonly inForce: (account: string) => Promise<PersonInForce>;
  readonly caseReasons: CaseReasons;
  readonly nameOf: (account: string) => string | null;
}

type Shown = z.infer<typeof proposal>;

export class Proposals {
  readonly #context: DeskContext;
  readonly #parts: ProposalParts;
  readonly #turns = new Turns();

  constructor(context: DeskContext, parts: ProposalParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** @throws ProposalNotYours, ProposalNeedless, LedgerUnavailable, and what the act says of its target */
  async propose(
    asked: { readonly act: ProposedAct; readonly target: string; readonly reason: string },
    caller: Caller,
  ): Promise<Shown> {
    const { store, acts } = this.#parts;
    const { ledger, clock, randomBytes } = this.#context;
    const { act, target, reason } = asked;
    const id = newId('proposal', randomBytes);
    await this.#turns.take(`${act} ${target}`, async () => {
      await this.#expireAll();
      const terms = { role: PROPOSED_ACTS[act], protectsOpen: protectsOpen(act) };
      const made = propose(terms, personOf(caller), clock.utcMs());
      const stored = { ...made, id, act, target, targetName: '', reason: plainOf(act, reason) };
      await acts.whileFit(act, target, async (targetName) => {
        if (await store.isOpen(act, target, clock.utcMs()))
          throw new ProposalNeedless('The same waits for its second person already.');
        const actor = actorOf(caller);
        const about = { act: `propose-${act}`, target, reason, ...actor };
        const reasonCommitment = await this.#keepReason(act, id, about);
        const fact = { proposalId: id, act, target, ...actor, reasonCommitment };
        await ledger.append({ kind: 'proposal-made', ...fact });
        await acts.beforeProposing(act, target, id, actor);
        await store.add({ ...stored, targetName });
      });
    });
    return await this.#show(await this.#find(id, caller), caller);
  }

  /**
   * Approves what another person proposed, and carries it out. What fails then has failed: the answer says so.
   * @throws ProposalUnknown, ProposalDecided, ProposalNotYours, DirectoryUnavailable, LedgerUnavailable
   */
  async approve(
    id: string,
    caller: Caller,
  ): Promise<{ readonly proposal: Shown; readonly firstPassword: string | null }> {
    return await this.#turns.take(id, async () => {
      const { store, inForce } = this.#parts;
      const { ledger, clock } = this.#context;
      await this.#expireAll();
      const found = await this.#find(id, caller);
      const proposer = await inForce(found.proposedBy);
      const decided = approve(found, personOf(caller), proposer, clock.utcMs());
      const approved = { ...found, ...decided };
      const { act, target, proposedBy } = found;
      const fact = { proposalId: id, act, target, proposedBy, ...actorOf(caller) };
      await ledger.append({ kind: 'proposal-approved', ...fact });
      if (!(await store.move('open', approved))) throw new ProposalUnknown();
      const firstPassword = await this.#carryOut(approved, actorOf(caller));
      return { proposal: await this.#show(await this.#find(id, caller), caller), firstPassword };
    });
  }

  /** @throws ProposalUnknown, ProposalDecided, ProposalNotYours */
  async decline(id: string, reason: string, caller: Caller): Promise<Shown> {
    return await this.#turns.take(id, async () => {
      const { ledger, clock } = this.#context;
      await this.#expireAll();
      const found = await this.#find(id, caller);
      const declined = { ...found, ...decline(found, personOf(caller), clock.utcMs()) };
      const { act, target } = found;
      const about = { act: `decline-${act}`, target, reason, ...actorOf(caller) };
      const reasonCommitment = await this.#keepReason(act, id, about);
      const fact = { proposalId: id, act, target, ...actorOf(caller), reasonCommitment };
      // A hold that was proposed keeps a case from being destroyed: what takes that away is written first.
      await ledger.append({ kind: 'proposal-declined', ...fact });
      await this.#parts.store.move('open', declined);
      return await this.#show(await this.#find(id, caller), caller);
    });
  }

  /** Newest first: those that the caller's roles may decide. */
  async page(
    { q, page, size }: { readonly q: string; readonly page: number; readonly size: number },
    caller: Caller,
  ): Promise<{
    readonly items: Shown[];
    readonly total: number;
    readonly page: number;
    readonly size: number;
  }> {
    await this.#expireAll();
    const search = { text: q, offset: (page - 1) * size, count: size };
    const { items, total } = await this.#parts.store.search(caller.roles, search);
    const shown = await Promise.all(items.map(async (each) => await this.#show(each, caller)));
    return { items: shown, total, page, size };
  }

  /** What was approved when the gateway was killed has failed; a legal hold is carried out. Call it once at start. */
  async restore(): Promise<void> {
    for (const each of await this.#parts.store.inState('approved')) {
      // Whoever approved it is at no workstation now: it goes on by itself.
      const actor = { by: each.decidedBy ?? each.proposedBy, workstationId: null };
      if (each.act === 'set-legal-hold') await this.#carryOut(each, actor);
      else await this.#conclude(each, 'failed', 'INTERRUPTED');
    }
    await this.#expireAll();
  }

  async #carryOut(approved: StoredProposal, actor: Actor): Promise<string | null> {
    const { act, target, id } = approved;
    try {
      const firstPassword = await this.#parts.acts.perform(act, target, id, actor);
      await this.#conclude(approved, 'done', null);
      return firstPassword;
    } catch (fault) {
      const code = fault instanceof DomainError ? fault.code : 'INTERNAL_FAULT';
      this.#context.log.error({ err: fault, proposal: id, act }, 'what was approved has failed');
      await this.#conclude(approved, 'failed', code);
      return null;
    }
  }

  async #conclude(
    approved: StoredProposal,
    outcome: 'done' | 'failed',
    code: string | null,
  ): Promise<void> {
    const { id, act, target } = approved;
    await this.#parts.store.move('approved', { ...approved, ...conclude(approved, outcome) });
    const kind = outcome === 'done' ? 'proposal-done' : 'proposal-failed';
    this.#context.ledger.appendLater({ kind, proposalId: id, act, target, code });
  }

  async #expireAll(): Promise<void> {
    const { store } = this.#parts;
    const { clock, ledger } = this.#context;
    for (const each of await store.inState('open')) {
      const expired = { ...each, ...expire(each, clock.utcMs()) };
      if (expired.state !== 'expired' || !(await store.move('open', expired))) continue;
      const { id: proposalId, act, target } = each;
      ledger.appendLater({ kind: 'proposal-expired', proposalId, act, target, code: null });
    }
  }

  /** @throws ProposalUnknown also for what others decide */
  async #find(id: string, caller: Caller): Promise<StoredProposal> {
    const found = isId('proposal', id) ? await this.#parts.store.find(id) : null;
    if (found === null || !personOf(caller).roles.includes(found.role)) throw new ProposalUnknown();
    return found;
  }

  async #keepReason(act: ProposedAct, proposalId: string, about: Reasoned): Promise<Commitment> {
    if (!isOfCase(act)) return await keepReason(this.#context, about);
    const caseId = about.target as CaseId;
    return await this.#parts.caseReasons.keep({ ...about, caseId, proposalId });
  }

  async #show(found: StoredProposal, caller: Caller): Promise<Shown> {
    const { nameOf, caseReasons } = this.#parts;
    const { id, act, target, targetName, state, proposedBy, decidedBy } = found;
    const reason = isOfCase(act) ? await caseReasons.of(id, `propose-${act}`) : found.reason;
    const isMine = proposedBy === caller.id || !personOf(caller).roles.includes(found.role);
    return {
      id,
      act,
      target,
      targetName,
      reason,
      state,
      proposedBy: nameOf(proposedBy) ?? proposedBy,
      proposedUtcMs: found.proposedUtcMs,
      expiresUtcMs: expiryOf(found),
      decidedBy: decidedBy === null ? null : (nameOf(decidedBy) ?? decidedBy),
      decidedUtcMs: found.decidedUtcMs,
      isMineToApprove: state === 'open' && !isMine,
    };
  }
}

/** What stands in the proposal itself: of a case, nothing. */
function plainOf(act: ProposedAct, reason: string): string {
  return isOfCase(act) ? '' : reason;
}

function personOf({ id, roles }: Caller): PersonInForce {
  return { id, roles };
}

function actorOf({ id: by, workstation: workstationId }: Caller): Actor {
  return { by, workstationId };
}
