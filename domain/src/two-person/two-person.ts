/**
 * What takes two people: one proposes it, another one approves it, and only then is it done, once.
 *
 *   open ─┬→ approved ─┬→ done
 *         ├→ declined  └→ failed
 *         └→ expired
 *
 * Both have to be in force with the role of the act when it is approved, and the first also was when proposing: somebody
 * who was disabled meanwhile proposes nothing any more. Approving is a decision; what it decides is carried out after it,
 * and one that broke off is not carried out a second time but proposed anew.
 *
 * What protects already while it waits, such as a legal hold, is not for a second person to wave away: only who proposed
 * it takes it back, or else one alone could undo what takes two.
 */
import { DomainError } from '../error/domain-error.ts';

/** How long a proposal waits for a second person, milliseconds: a day, so that both know what it was about. */
export const PROPOSAL_LIFE_MS = 24 * 60 * 60_000;

export const PROPOSAL_STATES = [
  'open',
  'approved',
  'done',
  'declined',
  'expired',
  'failed',
] as const;
export type ProposalState = (typeof PROPOSAL_STATES)[number];

/** Somebody, with what they may be at this moment: nobody in force has no roles. */
export interface PersonInForce {
  readonly id: string;
  readonly roles: readonly string[];
}

export interface Proposal {
  readonly state: ProposalState;
  /** Whoever has it may propose and approve. */
  readonly role: string;
  readonly proposedBy: string;
  readonly proposedUtcMs: number;
  /** Whether it protects from the moment it is proposed. */
  readonly protectsOpen: boolean;
  readonly decidedBy: string | null;
  readonly decidedUtcMs: number | null;
}

export class ProposalNotYours extends DomainError {
  readonly code = 'PROPOSAL_NOT_YOURS';
}
export class ProposalDecided extends DomainError {
  readonly code = 'PROPOSAL_DECIDED';
  constructor() {
    super('This proposal was decided already, or nobody decided it in time.');
  }
}

/** When it is too late to approve, UTC milliseconds. */
export function expiryOf({ proposedUtcMs }: Pick<Proposal, 'proposedUtcMs'>): number {
  return proposedUtcMs + PROPOSAL_LIFE_MS;
}

/** What an act asks of its proposals. */
export type ProposalTerms = Pick<Proposal, 'role' | 'protectsOpen'>;

/** @throws ProposalNotYours */
export function propose(
  { role, protectsOpen }: ProposalTerms,
  by: PersonInForce,
  nowMs: number,
): Proposal {
  refuseWithout(role, by);
  return {
    state: 'open',
    role,
    protectsOpen,
    proposedBy: by.id,
    proposedUtcMs: nowMs,
    decidedBy: null,
    decidedUtcMs: null,
  };
}

/**
 * Decides that it is done.
 * @param by who approves
 * @param proposer who proposed it, as they are in force now
 * @throws ProposalDecided, ProposalNotYours
 */
export function approve(
  proposal: Proposal,
  by: PersonInForce,
  proposer: PersonInForce,
  nowMs: number,
): Proposal {
  refuseDecided(proposal, nowMs);
  refuseWithout(proposal.role, by);
  if (by.id === proposal.proposedBy)
    throw new ProposalNotYours('You proposed this yourself: another person has to approve it.');
  if (proposer.id !== proposal.proposedBy || !proposer.roles.includes(proposal.role))
    throw new ProposalNotYours('Who proposed this has no right to do so any more.');
  return { ...proposal, state: 'approved', decidedBy: by.id, decidedUtcMs: nowMs };
}

/**
 * Decides that it is not done; whoever proposed it may take it back, and nobody else what protects already.
 * @throws ProposalDecided, ProposalNotYours
 */
export function decline(proposal: Proposal, by: PersonInForce, nowMs: number): Proposal {
  refuseDecided(proposal, nowMs);
  refuseWithout(proposal.role, by);
  if (proposal.protectsOpen && by.id !== proposal.proposedBy)
    throw new ProposalNotYours('Only who proposed this can take it back; else it waits its time.');
  return { ...proposal, state: 'declined', decidedBy: by.id, decidedUtcMs: nowMs };
}

/** Ends what nobody decided in time; anything else stays as it is. */
export function expire(proposal: Proposal, nowMs: number): Proposal {
  const isOver = proposal.state === 'open' && nowMs >= expiryOf(proposal);
  return isOver ? { ...proposal, state: 'expired', decidedUtcMs: expiryOf(proposal) } : proposal;
}

/** Says how what was approved came out. @throws ProposalDecided when it was not, or came out before */
export function conclude(proposal: Proposal, outcome: 'done' | 'failed'): Proposal {
  if (proposal.state !== 'approved') throw new ProposalDecided();
  return { ...proposal, state: outcome };
}

function refuseDecided(proposal: Proposal, nowMs: number): void {
  if (expire(proposal, nowMs).state !== 'open') throw new ProposalDecided();
}

function refuseWithout(role: string, by: PersonInForce): void {
  if (!by.roles.includes(role))
    throw new ProposalNotYours('Your role allows neither to propose this nor to decide it.');
}
