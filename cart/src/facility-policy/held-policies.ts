/**
 * The policies that a cart holds, as rules: which is in force, which waits, and whether a new one may be taken.
 *
 * In force is the one with the highest version whose day has come; what is below it counts no more, also when the clock is set back.
 */
import type { KeyObject } from 'node:crypto';
import { standingOf } from '@chaperone/domain/facility-policy/facility-policy.ts';
import type { PolicyStanding } from '@chaperone/domain/facility-policy/facility-policy.ts';
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import {
  facilityKeyFingerprint,
  readFacilityKey,
  readPolicy,
} from '@chaperone/protocol/facility-policy/facility-policy-statement.ts';
import type {
  PolicyReceiptClaims,
  SignedPolicy,
} from '@chaperone/protocol/facility-policy/facility-policy-statement.ts';
import {
  FacilityPolicyForOthers,
  FacilityPolicyOver,
  FacilityPolicySuperseded,
} from './facility-policy-error.ts';
import { readKey, readPolicies } from './policy-file.ts';
import type { KeptPolicy } from './policy-file.ts';

/** A policy whose signature holds, and when this cart took it. */
export interface HeldPolicy extends SignedPolicy {
  readonly installedUtcMs: number;
}

export interface HeldPolicies {
  readonly key: KeyObject;
  readonly publicKeyPem: string;
  readonly fingerprint: string;
  readonly highestVersion: number;
  /** By version, the lowest first. */
  readonly policies: readonly HeldPolicy[];
  /** Why there are none to judge. */
  readonly trouble: 'missing' | 'damaged' | null;
}

/** Nothing to hold to; or a key that cannot be read, which admits nothing and can only be set anew. */
export type Held = HeldPolicies | 'none' | 'key-damaged';

/** Reads what is on the disk. A policy whose signature does not hold any more is damaged. */
export async function loadHeld(directory: string): Promise<Held> {
  const kept = await readKey(directory);
  if (kept === null) return 'none';
  if (kept === 'damaged') return 'key-damaged';
  let key: KeyObject;
  try {
    key = readFacilityKey(kept.publicKey);
  } catch {
    return 'key-damaged';
  }
  const frame = {
    key,
    publicKeyPem: kept.publicKey,
    fingerprint: facilityKeyFingerprint(key),
    highestVersion: kept.highestVersion,
  };
  const signed = await readPolicies(directory);
  if (signed === null) return { ...frame, policies: [], trouble: 'missing' };
  try {
    if (signed === 'damaged') throw new Error('the file is damaged');
    const read = await Promise.all(
      signed.map(async ({ policy, installedUtcMs }) => ({
        ...(await readPolicy(policy, key)),
        installedUtcMs,
      })),
    );
    const policies = read.toSorted((one, other) => one.policy.version - other.policy.version);
    return { ...frame, policies, trouble: null };
  } catch {
    return { ...frame, policies: [], trouble: 'damaged' };
  }
}

/** Judges what is held. */
export function standingOfHeld(held: Held, serial: CartSerial, utcMs: number): PolicyStanding {
  if (held === 'none') return { is: 'none' };
  if (held === 'key-damaged') return { is: 'damaged' };
  const chosen = chosenOf(held.policies, utcMs);
  if (chosen === null) return { is: held.trouble ?? 'missing' };
  return standingOf(chosen.policy, serial, utcMs);
}

/** Gives the policy that counts: the latest whose day has come, or the first that waits. */
export function chosenOf(policies: readonly HeldPolicy[], utcMs: number): HeldPolicy | null {
  const begun = policies.filter(({ policy }) => policy.validFromUtcMs <= utcMs);
  return begun.at(-1) ?? policies[0] ?? null;
}

/** Leaves out what a later policy has replaced. */
export function withoutReplaced(
  policies: readonly HeldPolicy[],
  utcMs: number,
): readonly HeldPolicy[] {
  const chosen = chosenOf(policies, utcMs);
  return chosen === null
    ? policies
    : policies.filter(({ policy }) => policy.version >= chosen.policy.version);
}

/**
 * The highest version that is not taken any more. What was lost, or never came to be kept behind its number, may be brought again;
 * what is held, and anything older, may not, whatever a disk made of the number.
 */
export function floorOf({ highestVersion, policies }: HeldPolicies): number {
  const versions = policies.map(({ policy }) => policy.version);
  return Math.max(highestVersion - (versions.includes(highestVersion) ? 0 : 1), ...versions);
}

/**
 * Lets a policy in whose signature holds.
 * @returns what is held afterwards: one that waits for its day stands behind the one in force
 * @throws FacilityPolicySuperseded, FacilityPolicyForOthers, FacilityPolicyOver
 */
export function admitNew(
  held: HeldPolicies,
  fresh: SignedPolicy,
  serial: CartSerial,
  utcMs: number,
): readonly HeldPolicy[] {
  const { policy } = fresh;
  if (policy.version <= floorOf(held))
    throw new FacilityPolicySuperseded(policy.version, held.highestVersion);
  if (policy.carts !== 'every' && !policy.carts.includes(serial))
    throw new FacilityPolicyForOthers();
  if (policy.validUntilUtcMs <= utcMs) throw new FacilityPolicyOver();
  const current = chosenOf(held.policies, utcMs);
  const taken = { ...fresh, installedUtcMs: utcMs };
  return policy.validFromUtcMs > utcMs && current !== null ? [current, taken] : [taken];
}

/** As it is kept on the disk. */
export function keptOf({ jws, installedUtcMs }: HeldPolicy): KeptPolicy {
  return { policy: jws, installedUtcMs };
}

/** What this cart says of the policy that it holds. */
export function receiptOf(
  serial: CartSerial,
  { fingerprint }: HeldPolicies,
  { jws, policy, installedUtcMs }: HeldPolicy,
  utcMs: number,
): PolicyReceiptClaims {
  return {
    iss: serial,
    version: policy.version,
    sha256: statementDigest(jws),
    facilityKey: fingerprint,
    installedUtcMs,
    iat: Math.floor(utcMs / 1000),
  };
}
