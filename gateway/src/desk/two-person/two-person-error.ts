/** Why a proposal is refused. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class ProposalUnknown extends DomainError {
  readonly code = 'PROPOSAL_UNKNOWN';
  constructor() {
    super('There is no such proposal.');
  }
}
/** The same waits for its second person already, or there is nothing that it would change. */
export class ProposalNeedless extends DomainError {
  readonly code = 'PROPOSAL_NEEDLESS';
}
