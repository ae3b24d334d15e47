/**
 * Whether a network profile may be tried at all: the one place where forms, commands and the cart itself ask.
 *
 * The rules stand in files of their own by what they judge; each gives every field that it refuses.
 */
import { enterpriseRefusals } from './enterprise-rule.ts';
import { refusedIPv4 } from './ipv4-rule.ts';
import type { NetworkProfile } from './network-profile.ts';
import { NetworkProfileRefused } from './refused-setting.ts';
import type { RefusedSetting } from './refused-setting.ts';
import { wifiRefusals } from './wifi-rule.ts';

/** Lists every field of a profile that cannot be used, in the order of the form; empty when it may be tried. */
export function refusedFields(profile: NetworkProfile): readonly RefusedSetting[] {
  return [...refusedAccess(profile), ...refusedIPv4(profile.ipv4)];
}

/** Lets a profile pass that may be tried. @throws NetworkProfileRefused with every field that cannot be used */
export function admitProfile(profile: NetworkProfile): void {
  const [first, ...others] = refusedFields(profile);
  if (first !== undefined) throw new NetworkProfileRefused([first, ...others]);
}

function refusedAccess(profile: NetworkProfile): readonly RefusedSetting[] {
  if (profile.kind === 'wifi') return wifiRefusals(profile);
  return profile.enterprise === null ? [] : enterpriseRefusals(profile.enterprise, 'enterprise');
}
