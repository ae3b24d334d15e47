/** What NetworkManager can fail with. No message repeats what the program printed: that may hold what somebody typed. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { LoginFailure } from '@chaperone/domain/network/login-failure.ts';

/** Thrown when NetworkManager does not run, or is not installed. */
export class NetworkManagerAway extends DomainError {
  readonly code = 'NETWORK_MANAGER_AWAY';
  constructor(options?: { readonly cause?: unknown }) {
    super(
      'NetworkManager does not run on this cart. Install Debian’s package network-manager, or start it: systemctl start NetworkManager',
      options,
    );
  }
}

/** Thrown when NetworkManager runs and gave no answer in time. */
export class NetworkManagerSilent extends DomainError {
  readonly code = 'NETWORK_MANAGER_SILENT';
  constructor() {
    super('NetworkManager did not answer in time. Try again; if it stays so, restart the cart.');
  }
}

/** Thrown when NetworkManager did not do what it was asked for. */
export class NetworkManagerRefused extends DomainError {
  readonly code = 'NETWORK_MANAGER_REFUSED';
  /** As nmcli(1) numbers it. */
  readonly exitCode: number | null;
  constructor(exitCode: number | null) {
    super('NetworkManager refused. Its own log says why: journalctl -u NetworkManager');
    this.exitCode = exitCode;
  }
}

/**
 * Why a profile did not come up: a finding of a validation, or more exactly a failure of a sign-in. `NOT_ACTIVATED` is what
 * NetworkManager gave no reason for that we know.
 */
export type ActivationFinding =
  | 'LINK_DOWN'
  | 'NO_ADDRESS'
  | 'ADDRESS_IN_USE'
  | 'NETWORK_LOGIN_REFUSED'
  | LoginFailure
  | 'WIFI_NOT_ASSOCIATED'
  | 'NOT_ACTIVATED';

/** Thrown when a profile was tried and did not come up. */
export class ProfileNotActivated extends DomainError {
  readonly code = 'NETWORK_PROFILE_NOT_ACTIVATED';
  readonly finding: ActivationFinding;
  constructor(finding: ActivationFinding) {
    super('The network did not come up with this profile.');
    this.finding = finding;
  }
}

/** Thrown when NetworkManager does not hold the profile that was written for it. */
export class ProfileNotTaken extends DomainError {
  readonly code = 'NETWORK_PROFILE_NOT_TAKEN';
  constructor() {
    super(
      'NetworkManager did not take the profile. Its own log says why: journalctl -u NetworkManager',
    );
  }
}
