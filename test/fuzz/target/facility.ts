/** Targets of what a facility and a service centre write down: policies, signed and not, and the policy on patient data. */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { DEMO_PHI_POLICY } from '@chaperone/domain/phi-policy/phi-policy.ts';
import { newPolicy } from '@chaperone/facility/policy/new-policy.ts';
import {
  FacilityPolicyMalformed,
  readPolicyDocument,
} from '@chaperone/protocol/facility-policy/facility-policy-document.ts';
import {
  policyReceipt,
  waitingPolicy,
} from '@chaperone/protocol/facility-policy/facility-policy-service.ts';
import {
  FACILITY_POLICY_TYP,
  FacilityKeyMalformed,
  FacilityPolicyUntrusted,
  facilityKeyFingerprint,
  policySigner,
  readFacilityKey,
  readPolicy,
  readUnproven,
  signPolicy,
} from '@chaperone/protocol/facility-policy/facility-policy-statement.ts';
import {
  PHI_POLICY_BYTES_MAX,
  PHIPolicyMalformed,
  readPHIPolicy,
} from '@chaperone/protocol/phi-policy/phi-policy-document.ts';
import type { z } from 'zod';
import { NOW_MS, cartKey } from '../fixture/authorities.ts';
import { signChanged } from '../fixture/sign-text.ts';
import type { Signer } from '../fixture/sign-text.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';
import { ShapeRefused } from './message.ts';

const DOCUMENT = {
  ...newPolicy('St. Example', 'Europe/Berlin', NOW_MS),
  screenMasks: { atLeast: 'off', mayUnmask: true },
} as const;
/** Any key of P-256 is a facility's here. */
const facilityKey = createPublicKey(cartKey);
const signer: Signer = { typ: FACILITY_POLICY_TYP, key: cartKey, algorithm: 'ES256' };
const signed = async (): Promise<Uint8Array> =>
  Buffer.from(await signPolicy(DOCUMENT, createPrivateKey(pemOf()), NOW_MS));

function pemOf(): string {
  return cartKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function parsed(input: Buffer): unknown {
  try {
    return JSON.parse(input.toString('utf8')) as unknown;
  } catch (cause) {
    throw new ShapeRefused('no JSON', { cause });
  }
}

function readAs<Schema extends z.ZodType>(schema: Schema, input: Buffer): z.output<Schema> {
  const read = schema.safeParse(parsed(input));
  if (!read.success) throw new ShapeRefused('another shape', { cause: read.error });
  return read.data;
}

export const FACILITY_TARGETS: readonly Target[] = [
  {
    name: 'facility-policy-document',
    entry: 'protocol/src/facility-policy/facility-policy-document.ts › readPolicyDocument',
    refusals: [FacilityPolicyMalformed, ShapeRefused],
    limits: 'lists and texts are bounded; five years at most; every member is there and known',
    form: 'json',
    words: ['every', 'any', '"24:00"', 'Europe/Berlin', '"validUntil"', 'null'],
    seeds: () => [Buffer.from(JSON.stringify(DOCUMENT))],
    feed: (input) => {
      const policy = readPolicyDocument(parsed(input));
      holds(policy.validUntilUtcMs > policy.validFromUtcMs, 'it ends before it begins');
      holds(policy.version >= 1, 'no version');
      return policy;
    },
  },
  {
    name: 'signed-facility-policy',
    entry: 'protocol/src/facility-policy/facility-policy-statement.ts › readPolicy',
    refusals: [FacilityPolicyUntrusted, FacilityPolicyMalformed],
    limits: '64 KiB; signature and typ first',
    form: 'text',
    words: ['eyJhbGciOiJub25lIn0', '.', 'e30', FACILITY_POLICY_TYP],
    weight: 0.5,
    seeds: async () => [await signed()],
    vary: async (chance) => await signChanged({ policy: DOCUMENT, iat: 1 }, chance, signer),
    feed: async (input) => await readPolicy(input.toString('utf8'), facilityKey),
  },
  {
    name: 'facility-policy-signer',
    entry: 'protocol/src/facility-policy/facility-policy-statement.ts › policySigner (jwk)',
    refusals: [FacilityPolicyUntrusted, FacilityPolicyMalformed],
    limits: '64 KiB; the key that it brings is P-256 and has signed it, or there is none',
    form: 'text',
    words: ['.', 'eyJqd2siOnt9fQ', 'e30'],
    weight: 0.5,
    seeds: async () => [await signed()],
    feed: async (input) => {
      const key = await policySigner(input.toString('utf8'));
      holds(key === null || key === facilityKeyFingerprint(facilityKey), 'another key signed it');
      return key;
    },
  },
  {
    name: 'unproven-facility-policy',
    entry:
      'protocol/src/facility-policy/facility-policy-statement.ts › readUnproven; facility/src/main.ts',
    refusals: [FacilityPolicyMalformed],
    limits: '64 KiB; proves nothing',
    form: 'text',
    weight: 0.5,
    seeds: async () => [await signed()],
    vary: async (chance) => await signChanged({ policy: DOCUMENT, iat: 1 }, chance, signer),
    feed: (input) => readUnproven(input.toString('utf8')),
  },
  {
    name: 'facility-key',
    entry: 'protocol/src/facility-policy/facility-policy-statement.ts › readFacilityKey',
    refusals: [FacilityKeyMalformed],
    limits: '1,024 characters; P-256 and public',
    form: 'text',
    seeds: () => [Buffer.from(facilityKey.export({ type: 'spki', format: 'pem' }).toString())],
    feed: (input) => {
      const key = readFacilityKey(input.toString('utf8'));
      holds(key.type === 'public', 'a private key');
      return key;
    },
  },
  {
    name: 'message-waiting-policy',
    entry:
      'protocol/src/facility-policy/facility-policy-service.ts › waitingPolicy; cart/src/facility-policy/policy-exchange.ts',
    refusals: [ShapeRefused],
    limits: '64 KiB',
    form: 'json',
    seeds: () => [Buffer.from('{"policy":null}'), Buffer.from('{"policy":"a.b.c"}')],
    feed: (input) => readAs(waitingPolicy, input),
  },
  {
    name: 'message-policy-receipt',
    entry:
      'protocol/src/facility-policy/facility-policy-service.ts › policyReceipt; gateway/src/desk/commissioning/commissioning.ts',
    refusals: [ShapeRefused],
    limits: '8 KiB',
    form: 'json',
    seeds: () => [Buffer.from('{"receipt":"a.b.c"}')],
    feed: (input) => readAs(policyReceipt, input),
  },
  {
    name: 'phi-policy',
    entry: 'protocol/src/phi-policy/phi-policy-document.ts › readPHIPolicy',
    refusals: [PHIPolicyMalformed],
    limits: `${PHI_POLICY_BYTES_MAX} characters; 40 sentences`,
    form: 'json',
    words: ['consent', 'destruction', '"en"', 'null'],
    seeds: () => [Buffer.from(JSON.stringify(DEMO_PHI_POLICY))],
    feed: (input) => {
      const policy = readPHIPolicy(input.toString('utf8'));
      holds(policy.sentences.length <= 40, 'too many sentences');
      return policy;
    },
  },
];
