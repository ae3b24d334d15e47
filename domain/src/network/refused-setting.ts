/**
 * A member of a network profile that may not be used, as it is shown beside its field.
 *
 * Refusals are data, not errors: a form names all of its wrong fields at once. Codes are stable, since translations and scripts
 * are keyed by them. A message never repeats what may be a secret.
 */
import { DomainError } from '../error/domain-error.ts';

export interface RefusedSetting {
  /** Where in the profile: `ssid`, `security.passphrase`, `enterprise.serverName`. */
  readonly field: string;
  readonly code: string;
  /** For a person: what is wrong and what to do. */
  readonly message: string;
}

/** Thrown when a profile cannot be used, before anything is touched; `fields` has every setting that has to change. */
export class NetworkProfileRefused extends DomainError {
  readonly code = 'NETWORK_PROFILE_REFUSED';
  readonly fields: readonly RefusedSetting[];

  constructor(fields: readonly [RefusedSetting, ...RefusedSetting[]]) {
    super(fields[0].message);
    this.fields = fields;
  }
}
