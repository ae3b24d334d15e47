/** What is said of a tree that cannot be one: a proof, a frontier or a note from somebody who may be lying. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** A frontier or a proof does not have the form that its tree size demands. */
export class MalformedTree extends DomainError {
  readonly code = 'MALFORMED_TREE';
}

/** A proof does not lead to the root: what it proves is not so. */
export class ProofInvalid extends DomainError {
  readonly code = 'PROOF_INVALID';
}
