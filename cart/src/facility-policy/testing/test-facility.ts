/** Test support: a facility with a policy key of its own, which signs what a test wants. */
import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { FacilityPolicyDocument } from '@chaperone/protocol/facility-policy/facility-policy-document.ts';
import {
  facilityKeyFingerprint,
  signPolicy,
} from '@chaperone/protocol/facility-policy/facility-policy-statement.ts';
import { writeKey, writePolicies } from '../policy-file.ts';

const EVERYTHING = { allowed: 'any', refused: [] } as const;
/** Allows everything, for a century of tests. */
export const WIDE: FacilityPolicyDocument = {
  format: 1,
  facility: 'St. Elsewhere',
  version: 1,
  validFrom: '2026-01-01T00:00:00Z',
  validUntil: '2030-01-01T00:00:00Z',
  carts: 'every',
  hours: 'always',
  groups: [
    {
      name: 'everybody',
      technicians: 'every',
      workstations: 'every',
      activities: ['view', 'control', 'fetch-files', 'send-files'],
    },
  ],
  activities: ['view', 'control', 'fetch-files', 'send-files'],
  files: { fetch: { ...EVERYTHING, refused: [] }, send: { ...EVERYTHING, refused: [] } },
  deIdentificationRequired: false,
  regionTemplates: [],
  secondApproval: null,
};

export class TestFacility {
  readonly #privateKey: KeyObject;
  readonly publicKeyPem: string;
  readonly fingerprint: string;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    this.#privateKey = privateKey;
    this.publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    this.fingerprint = facilityKeyFingerprint(publicKey);
  }

  /** Signs the wide policy with a change. */
  async policy(change: Partial<FacilityPolicyDocument> = {}): Promise<string> {
    return await signPolicy({ ...WIDE, ...change }, this.#privateKey, Date.now());
  }

  /** Puts key and policy into the data directory of a cart that does not run. */
  async bind(directory: string, change: Partial<FacilityPolicyDocument> = {}): Promise<void> {
    const highestVersion = change.version ?? 1;
    await writeKey(directory, { publicKey: this.publicKeyPem, highestVersion });
    await writePolicies(directory, [
      { policy: await this.policy(change), installedUtcMs: Date.now() },
    ]);
  }
}
