/** Why a facility's key or policy is not taken on this cart. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class FacilityKeyNotSet extends DomainError {
  readonly code = 'FACILITY_KEY_NOT_SET';
  constructor() {
    super('No key of a facility is set on this cart: there is nothing to check a policy by.');
  }
}
export class FacilityKeyMismatch extends DomainError {
  readonly code = 'FACILITY_KEY_MISMATCH';
  constructor() {
    super('This key does not have the fingerprint that was given. Compare it with the facility.');
  }
}
/** Older than, or the same as, what this cart has or had. */
export class FacilityPolicySuperseded extends DomainError {
  readonly code = 'FACILITY_POLICY_SUPERSEDED';
  constructor(version: number, held: number) {
    super(`The policy has version ${version}, and this cart has had version ${held} already.`);
  }
}
export class FacilityPolicyForOthers extends DomainError {
  readonly code = 'FACILITY_POLICY_FOR_OTHERS';
  constructor() {
    super("The policy is for other carts: this one's serial number is not in it.");
  }
}
export class FacilityPolicyOver extends DomainError {
  readonly code = 'FACILITY_POLICY_OVER';
  constructor() {
    super("The policy has ended already, by this cart's clock.");
  }
}
/** It was admitted, and there was no room to keep it. */
export class FacilityPolicyNotKept extends DomainError {
  readonly code = 'FACILITY_POLICY_NOT_KEPT';
  constructor(cause: unknown) {
    super(
      'The disk is full, or cannot be written: the policy was not taken, and the one before stays. Make room, then bring it again.',
      { cause },
    );
  }
}
export class ApproverLocked extends DomainError {
  readonly code = 'APPROVER_LOCKED';
  readonly retryAfterSeconds: number;
  constructor(retryAfterSeconds: number) {
    super(`Too many wrong PINs. Wait ${retryAfterSeconds} seconds.`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
export class ApproverPinNotSet extends DomainError {
  readonly code = 'APPROVER_PIN_NOT_SET';
  constructor() {
    super(
      'This person has no PIN on this cart. Set one with "chaperone cart approver-pin", as root.',
    );
  }
}
