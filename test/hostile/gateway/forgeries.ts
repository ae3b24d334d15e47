/**
 * Session requests that a captured gateway could make or keep, none of which a licensed workstation has signed for
 * exactly this session: each is one departure from a request that is right.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { LicensedWorkstation } from '@chaperone/cart/platform/testing/licensed-workstation.ts';
import type { TestCertificates } from '@chaperone/cart/platform/testing/cart-bench.ts';
import { TestAuthority } from '@chaperone/cart/platform/testing/test-authority.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import type { Hello } from '@chaperone/protocol/cart-api/schema.ts';
import type { SessionRequestClaims } from '@chaperone/protocol/signed/claims.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { issueCertificate } from '@chaperone/protocol/x509/certificate.ts';

export interface Captured {
  readonly hello: Hello;
  /** A technician who does want in: what the gateway may have seen of them is genuine. */
  readonly workstation: LicensedWorkstation;
  readonly other: LicensedWorkstation;
  readonly certificates: TestCertificates;
}

export type RefusalCode =
  | 'REQUEST_UNTRUSTED'
  | 'REQUEST_STALE'
  | 'REQUEST_INVALID'
  | 'CLOCK_SKEWED';

export interface Forgery {
  readonly name: string;
  readonly code: RefusalCode;
  readonly make: (captured: Captured) => Promise<string>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

type ChangeOf = (captured: Captured) => Partial<SessionRequestClaims> | object;

/** Signed by the right workstation, but saying something else. */
function says(name: string, code: RefusalCode, change: ChangeOf): Forgery {
  return {
    name,
    code,
    make: async (captured) => {
      const { workstation, hello } = captured;
      return workstation.sign({ ...workstation.claims(hello), ...change(captured) });
    },
  };
}

/** Says what is right, under a certificate that is not. */
function certifiedBy(
  name: string,
  certify: (captured: Captured) => Promise<Awaited<ReturnType<TestAuthority['workstation']>>>,
): Forgery {
  return {
    name,
    code: 'REQUEST_UNTRUSTED',
    make: async (captured) => {
      const { workstation, hello } = captured;
      const { der, key } = await certify(captured);
      return workstation.sign(workstation.claims(hello), { key, x5c: [der] });
    },
  };
}

/** A genuine request, taken apart and put together in another way. */
function rebuilt(
  name: string,
  rebuild: (parts: readonly [string, string, string], captured: Captured) => string,
): Forgery {
  return {
    name,
    code: 'REQUEST_UNTRUSTED',
    make: async (captured) => {
      const [header = '', payload = '', signature = ''] = (
        await captured.workstation.request(captured.hello)
      ).split('.');
      return rebuild([header, payload, signature], captured);
    },
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
}

const nowS = (): number => Math.floor(Date.now() / 1000);

export const FORGERIES: readonly Forgery[] = [
  rebuilt('a signature with one bit turned', ([header, payload, signature]) => {
    const bytes = Buffer.from(signature, 'base64url');
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    return `${header}.${payload}.${bytes.toString('base64url')}`;
  }),
  rebuilt(
    'a signature of zeros',
    ([header, payload]) => `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`,
  ),
  rebuilt('other claims under a genuine signature', ([header, payload, signature]) => {
    const widened = { ...decode(payload), activities: ['view', 'control'] };
    return `${header}.${encode(widened)}.${signature}`;
  }),
  rebuilt('the algorithm "none"', ([header, payload, signature]) => {
    return `${encode({ ...decode(header), alg: 'none' })}.${payload}.${signature}`;
  }),
  rebuilt('another algorithm in the header', ([header, payload, signature]) => {
    return `${encode({ ...decode(header), alg: 'ES384' })}.${payload}.${signature}`;
  }),
  rebuilt('a MAC with the public key as its secret', ([header, payload], { workstation }) => {
    const signed = `${encode({ ...decode(header), alg: 'HS256' })}.${payload}`;
    const secret = workstation.certified.publicKey.export({ type: 'spki', format: 'der' });
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  }),
  rebuilt('no certificate', ([header, payload, signature]) => {
    const { x5c: _, ...bare } = decode(header);
    return `${encode(bare)}.${payload}.${signature}`;
  }),
  rebuilt('a certificate that is no certificate', ([header, payload, signature]) => {
    return `${encode({ ...decode(header), x5c: ['AAAA'] })}.${payload}.${signature}`;
  }),
  rebuilt('an extension that must be understood', ([header, payload, signature]) => {
    return `${encode({ ...decode(header), crit: ['x'], x: 1 })}.${payload}.${signature}`;
  }),
  {
    name: 'a genuine certificate and the key of another licensed workstation',
    code: 'REQUEST_UNTRUSTED',
    make: async ({ workstation, other, hello }) =>
      workstation.sign(workstation.claims(hello), { key: other.certified.key }),
  },
  {
    name: 'another licensed workstation that speaks for this one',
    code: 'REQUEST_UNTRUSTED',
    make: async ({ workstation, other, hello }) => other.sign(workstation.claims(hello)),
  },
  {
    name: 'a statement of another kind',
    code: 'REQUEST_UNTRUSTED',
    make: async ({ workstation, hello }) =>
      workstation.sign(workstation.claims(hello), { typ: TYP.grant }),
  },
  certifiedBy("a workstation certified by the root of carts, whose key is the gateway's", (given) =>
    given.certificates.root.workstation(given.workstation.id),
  ),
  certifiedBy('a workstation certified by a root of the same name', async ({ workstation }) => {
    const rogue = await TestAuthority.make('p256-sha256', 'Workstations');
    return rogue.workstation(workstation.id);
  }),
  {
    name: "a certificate in the name of the root of workstations, under somebody else's signature",
    code: 'REQUEST_UNTRUSTED',
    make: async ({ workstation, certificates, hello }) => {
      const profile = 'p256-sha256';
      const [root, leaf] = await Promise.all([newKeyPair(profile), newKeyPair(profile)]);
      const der = issueCertificate(
        { profile, privateKey: root.privateKey, certificate: certificates.workstations.der },
        {
          subject: { kind: 'workstation', id: workstation.id, label: 'Bench' },
          purpose: 'signer',
          publicKey: leaf.publicKey,
          notBeforeMs: Date.now() - DAY_MS,
          notAfterMs: Date.now() + DAY_MS,
        },
      );
      return workstation.sign(workstation.claims(hello), { key: leaf.privateKey, x5c: [der] });
    },
  },
  certifiedBy("the gateway's own certificate", async ({ certificates }) => certificates.server),
  certifiedBy("the cart's own certificate", async ({ certificates }) => certificates.cart),
  certifiedBy('a cart certified by the root of workstations', ({ certificates }) =>
    certificates.workstations.cart('US-1' as unknown as CartSerial),
  ),
  certifiedBy('the key with which the workstation connects', ({ certificates, workstation }) =>
    certificates.workstations.workstation(workstation.id, { purpose: 'peer' }),
  ),
  certifiedBy('a server certified by the root of workstations', ({ certificates, workstation }) =>
    certificates.workstations.workstation(workstation.id, { purpose: 'server' }),
  ),
  certifiedBy('an authority below the root of workstations', ({ certificates, workstation }) =>
    certificates.workstations.workstation(workstation.id, { purpose: 'authority' }),
  ),
  certifiedBy('an expired certificate', ({ certificates, workstation }) =>
    certificates.workstations.workstation(workstation.id, { notAfterMs: Date.now() - 1000 }),
  ),
  certifiedBy('a certificate that is not valid yet', ({ certificates, workstation }) =>
    certificates.workstations.workstation(workstation.id, { notBeforeMs: Date.now() + DAY_MS }),
  ),
  {
    name: 'a certificate that another workstation issued',
    code: 'REQUEST_UNTRUSTED',
    make: async ({ workstation, certificates, hello }) => {
      const rogue = await TestAuthority.make('p256-sha256', 'Bench');
      const { der, key } = await rogue.workstation(workstation.id);
      const x5c = [der, workstation.certified.der, certificates.workstations.der];
      return workstation.sign(workstation.claims(hello), { key, x5c });
    },
  },
  says('a member that nobody knows', 'REQUEST_UNTRUSTED', () => ({ admin: true })),
  says('another cart', 'REQUEST_STALE', () => ({ cart: 'US-2' })),
  says('another session', 'REQUEST_STALE', () => ({ session: newId('session', randomBytes) })),
  says('another connection', 'REQUEST_STALE', () => ({
    challenge: randomBytes(32).toString('base64url'),
  })),
  says('another case', 'REQUEST_STALE', () => ({ case: newId('case', randomBytes) })),
  says('another case number', 'REQUEST_STALE', () => ({ caseNumber: 'SC-2026-0043' })),
  says('a grant that it wants to live on', 'REQUEST_STALE', () => ({
    purpose: 'resume',
    grant: newId('grant', randomBytes),
  })),
  says('no activity', 'REQUEST_INVALID', () => ({ activities: [] })),
  says('control without viewing', 'REQUEST_INVALID', () => ({ activities: ['control'] })),
  says('one activity twice', 'REQUEST_INVALID', () => ({ activities: ['view', 'view'] })),
  says('an activity that does not exist', 'REQUEST_UNTRUSTED', () => ({ activities: ['shell'] })),
  says('a life of an hour', 'REQUEST_INVALID', () => ({ exp: nowS() + 3600 })),
  says('a time that is over', 'CLOCK_SKEWED', () => ({ iat: nowS() - 900, exp: nowS() - 700 })),
  says('a time that is to come', 'CLOCK_SKEWED', () => ({ iat: nowS() + 600, exp: nowS() + 700 })),
  says('somebody who is no technician', 'REQUEST_INVALID', () => ({ sub: 'root' })),
  says('a name that reads backwards', 'REQUEST_INVALID', () => ({ name: 'Ada\u202Egnilevoc' })),
];
