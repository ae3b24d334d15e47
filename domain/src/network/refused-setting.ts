/**
 * A member of a network profile that may not be used, as it is shown beside its field.
 *
 * Refusals are data, not errors: a form names all of its wrong fields at once. Codes are stable, since translations and scripts
 * are keyed by them. A message never repeats what was typed: it may be a secret.
 */
export interface RefusedSetting {
  /** Where in the profile: `ssid`, `security.passphrase`, `enterprise.serverName`. */
  readonly field: string;
  readonly code: string;
  /** For a person: what is wrong and what to do. */
  readonly message: string;
}
