/** What takes two people: proposed by one, approved by another, carried out once. */
export { Proposals } from './proposals.ts';
export { ProposalStore } from './proposal-store.ts';
export { ProposedActs } from './proposed-acts.ts';
export { ProposalNeedless, ProposalUnknown } from './two-person-error.ts';
export { PROPOSAL_MIGRATIONS } from './tables.ts';
