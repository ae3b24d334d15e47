/** Why a policy or a receipt is not taken by the gateway. Whether it is good for a cart, the cart alone decides. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class FacilityPolicyUnusable extends DomainError {
  readonly code = 'FACILITY_POLICY_UNUSABLE';
}
/** It names another facility than the officer's certificate. */
export class FacilityPolicyOfOthers extends DomainError {
  readonly code = 'FACILITY_POLICY_OF_OTHERS';
  constructor() {
    super('The policy names another facility than your certificate.');
  }
}
export class FacilityPolicyNotLater extends DomainError {
  readonly code = 'FACILITY_POLICY_NOT_LATER';
  readonly version: number;
  constructor(version: number) {
    super(
      `A policy of version ${version} or later was brought already. Give this one a higher version.`,
    );
    this.version = version;
  }
}
/** It was signed by a version of the facility's program that did not put the key beside the signature. */
export class FacilityPolicyKeyless extends DomainError {
  readonly code = 'FACILITY_POLICY_KEYLESS';
  constructor() {
    super(
      'The policy does not bring the key that signed it. Sign it again with the current “chaperone facility”.',
    );
  }
}
/** The signature holds, by a key that nobody here has heard of, and another one is known. */
export class FacilityPolicyOtherKey extends DomainError {
  readonly code = 'FACILITY_POLICY_OTHER_KEY';
  /** Fingerprints, hexadecimal. */
  readonly key: string;
  readonly known: readonly string[];
  /** Whether carts have said that they have the known ones pinned. */
  readonly isPinned: boolean;
  constructor(key: string, known: readonly string[], isPinned: boolean) {
    super(
      'The policy is signed by another key than before. If that is your new key, bring it again with the fingerprint of that key.',
    );
    this.key = key;
    this.known = known;
    this.isPinned = isPinned;
  }
}
export class FacilityPolicyReceiptRefused extends DomainError {
  readonly code = 'FACILITY_POLICY_RECEIPT_REFUSED';
}
