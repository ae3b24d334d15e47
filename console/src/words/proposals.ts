/** Words of what takes two people. */
import type { Proposal } from '../api/administration.ts';

export const PROPOSAL_WORDS = {
  title: 'Two-person acts',
  lead: 'One proposes, another one approves. Nobody approves an own proposal.',
  open: 'Waiting for a second person',
  noneOpen: 'Nothing waits for a second person.',
  past: 'Decided',
  nonePast: 'Nothing has been decided yet.',
  acts: {
    'recover-account': 'Recover account',
    'give-administrator': 'Make administrator',
    'retire-authority': 'Retire authority',
    'set-legal-hold': 'Set legal hold',
    'lift-legal-hold': 'Lift legal hold',
  } satisfies Record<Proposal['act'], string>,
  /** What happens as soon as it is approved. */
  effects: {
    'recover-account':
      'The password and the second factor of this account are worth nothing from now on. You are shown a first password, once.',
    'give-administrator': 'From now on this person may do everything that an administrator may.',
    'retire-authority':
      'No certificate of this chain is accepted any more: everything that it licensed is locked out now.',
    'set-legal-hold': 'From now on nobody can resolve this case: nothing of it is destroyed.',
    'lift-legal-hold': 'From now on this case can be resolved, and what belongs to it destroyed.',
  } satisfies Record<Proposal['act'], string>,
  isDanger: {
    'recover-account': true,
    'give-administrator': false,
    'retire-authority': true,
    'set-legal-hold': false,
    'lift-legal-hold': true,
  } satisfies Record<Proposal['act'], boolean>,
  states: {
    approved: 'Being carried out',
    open: 'Open',
    done: 'Done',
    declined: 'Declined',
    expired: 'Expired',
    failed: 'Failed',
  } satisfies Record<Proposal['state'], string>,
  columns: {
    act: 'Act',
    target: 'On',
    state: 'Outcome',
    by: 'Proposed by',
    proposed: 'Proposed',
    decidedBy: 'Decided by',
    decided: 'Decided',
    reason: 'Reason',
  },
  proposedBy: (name: string, when: string) => `Proposed by ${name}, ${when}`,
  expires: (when: string) => `Open until ${when}`,
  another: 'Another one must approve it: nobody approves an own proposal.',
  ofRole: (role: string) => `To be approved by another one with the role ${role}.`,
  approve: 'Approve …',
  approveTitle: 'Approve this act?',
  approveAct: 'Approve',
  approved: 'It is approved and done.',
  failed: 'It was approved, but could not be done.',
  decline: 'Decline …',
  withdraw: 'Withdraw …',
  declineTitle: 'Decline this act?',
  declineLead: 'Nothing happens. It can be proposed again.',
  declineAct: 'Decline',
  declined: 'It is declined.',
  firstPassword: 'First password',
  firstPasswordLead: (name: string) =>
    `For ${name}: give it to them yourself. It has to be changed at the first sign-in.`,

  proposeAct: 'Propose',
  proposed: 'It is proposed. Another one has to approve it.',
  waits: (name: string) => `Proposed by ${name}; waits for a second person.`,
  toProposals: 'Two-person acts',
  retireAuthority: 'Retire an authority …',
  retireAuthorityTitle: 'Propose to retire a certificate authority',
  retireAuthorityLead:
    'Once another administrator approves, no certificate of this chain is accepted any more. Everything that it licensed must be licensed anew.',
  chain: 'Chain',
  chains: { cart: 'Carts', workstation: 'Workstations', facility: 'Facilities' },
  setHold: 'Set legal hold …',
  setHoldTitle: 'Propose a legal hold',
  setHoldLead:
    'Once another lead approves, this case cannot be resolved until two leads lift the hold.',
  liftHold: 'Lift legal hold …',
  liftHoldTitle: 'Propose to lift the legal hold',
  liftHoldLead: 'Once another lead approves, this case can be resolved and destroyed.',
} as const;
