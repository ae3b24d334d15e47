/**
 * Goal: what can be wrong with the gateway's certificate, the cart's own, and a link is named, where no network of the table shows it:
 * dates that have run out, a chain that is not SHA3-256, a gateway that refuses.
 * Method: certificates issued for the test, a server over TLS that follows a script, and the steps themselves.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { GatewayStatus } from '@chaperone/protocol/commissioning/service.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import type { SignatureProfile } from '@chaperone/protocol/x509/algorithm.ts';
import { issueCertificate } from '@chaperone/protocol/x509/certificate.ts';
import type { CertificatePurpose, Issuer } from '@chaperone/protocol/x509/certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import type { CartIdentity } from '../../licence/licence.ts';
import { RoadMemory } from '../../road/road.ts';
import type { Scene } from '../scene.ts';
import { certificateStep } from './certificate.ts';
import { clockStep } from './clock.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 29, 12);
const NAME = 'gateway.test';
const SERIAL = parseCartSerial('US-1001');

interface Dates {
  readonly fromDays: number;
  readonly untilDays: number;
}
const IN_FORCE: Dates = { fromDays: -10, untilDays: 300 };

async function authority(profile: SignatureProfile): Promise<Issuer> {
  const { privateKey, publicKey } = await newKeyPair(profile);
  const certificate = issueCertificate(
    { profile, privateKey },
    {
      subject: { kind: 'other', commonName: 'Root' },
      purpose: 'authority',
      publicKey,
      notBeforeMs: NOW_MS - 1000 * DAY_MS,
      notAfterMs: NOW_MS + 3000 * DAY_MS,
    },
  );
  return { profile, privateKey, certificate };
}

async function issued(
  issuer: Issuer,
  purpose: CertificatePurpose,
  { fromDays, untilDays }: Dates,
): Promise<{ readonly der: Uint8Array; readonly key: KeyObject; readonly pem: string }> {
  const { privateKey, publicKey } = await newKeyPair(issuer.profile);
  const der = issueCertificate(issuer, {
    subject:
      purpose === 'peer' ? { kind: 'cart', serial: SERIAL } : { kind: 'other', commonName: NAME },
    purpose,
    publicKey,
    notBeforeMs: NOW_MS + fromDays * DAY_MS,
    notAfterMs: NOW_MS + untilDays * DAY_MS,
    hostNames: purpose === 'server' ? [NAME] : [],
  });
  return { der, key: privateKey, pem: encodePEM('CERTIFICATE', der) };
}

interface Stage {
  readonly profile?: SignatureProfile;
  readonly server?: Dates;
  readonly cart?: Dates;
  /** HTTP status of the gateway's answer; 200 tells its clock. */
  readonly answers?: number;
  readonly cartAheadMs?: number;
  /** What the gateway tells otherwise than it should. */
  readonly tells?: { readonly utcMs?: number; readonly validUntilUtcMs?: number };
}

async function stage(t: TestContext, plan: Stage = {}): Promise<Scene> {
  const root = await authority(plan.profile ?? 'p256-sha3-256');
  const rootPem = encodePEM('CERTIFICATE', root.certificate ?? new Uint8Array());
  const server = await issued(root, 'server', plan.server ?? IN_FORCE);
  const cart = await issued(root, 'peer', plan.cart ?? IN_FORCE);
  const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }) as string;
  const status: GatewayStatus = {
    utcMs: plan.tells?.utcMs ?? NOW_MS,
    software: 'test',
    serial: 'US-1001',
    facility: null,
    licence: {
      id: 'lcnc-1',
      state: 'redeemed',
      features: [],
      validUntilUtcMs: plan.tells?.validUntilUtcMs ?? null,
    },
  };
  const gateway = createServer(
    { key: pem(server.key), cert: server.pem, minVersion: 'TLSv1.3', ALPNProtocols: ['http/1.1'] },
    (_request, response) => {
      const { answers = 200 } = plan;
      response.writeHead(answers);
      response.end(JSON.stringify(answers === 200 ? status : { code: 'CART_REFUSED' }));
    },
  );
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  t.after(() => {
    gateway.closeAllConnections();
    gateway.close();
  });
  const { notBeforeMs, notAfterMs } = {
    notBeforeMs: NOW_MS + (plan.cart ?? IN_FORCE).fromDays * DAY_MS,
    notAfterMs: NOW_MS + (plan.cart ?? IN_FORCE).untilDays * DAY_MS,
  };
  const { port } = gateway.address() as AddressInfo;
  const scene: Scene = {
    options: {
      road: {
        gateway: { host: '127.0.0.1', port, serverName: NAME },
        proxy: { kind: 'none' },
      },
      identity: {
        keyPem: pem(cart.key),
        certificatePem: cart.pem,
        cartRootPem: rootPem,
        notBeforeMs,
        notAfterMs,
      } as CartIdentity,
      rootFingerprint: null,
      idleSeconds: 0,
      measureMs: 10,
      utcMs: () => NOW_MS + (plan.cartAheadMs ?? 0),
      monotonicMs: () => performance.now(),
    },
    memory: new RoadMemory(),
    interface: null,
    sight: null,
    source: '127.0.0.1',
    addresses: ['127.0.0.1'],
    address: '127.0.0.1',
    look: {
      kind: 'shown',
      protocol: 'TLSv1.3',
      chain: [new X509Certificate(server.der)],
      localAddress: null,
    },
    line: null,
    status: null,
    skewMs: null,
  };
  t.after(() => scene.line?.close());
  return scene;
}

const CASES: readonly [string, Stage, string | null][] = [
  ['all of it in force', {}, null],
  [
    'the gateway’s has run out',
    { server: { fromDays: -300, untilDays: -1 } },
    'CERTIFICATE_EXPIRED',
  ],
  ['a chain of SHA-256', { profile: 'p256-sha256' }, 'CERTIFICATE_CHAIN_WRONG'],
  [
    'the cart’s has run out, and it is refused',
    { cart: { fromDays: -300, untilDays: -1 }, answers: 403 },
    'CART_CERTIFICATE_EXPIRED',
  ],
  [
    'the cart’s should long be renewed',
    { cart: { fromDays: -95, untilDays: 5 } },
    'CART_CERTIFICATE_DUE',
  ],
  ['the cart’s is refused', { answers: 403 }, 'CART_REFUSED'],
  [
    'the gateway tells a time that no calendar has',
    { tells: { utcMs: Number.MAX_SAFE_INTEGER } },
    'GATEWAY_ANSWER_UNREADABLE',
  ],
  [
    'the licence ends on a day that no calendar has',
    { tells: { validUntilUtcMs: Number.MAX_SAFE_INTEGER } },
    'GATEWAY_ANSWER_UNREADABLE',
  ],
  // Both would be out of date by the cart's clock: it is the clock.
  ['the cart’s clock is two years ahead', { cartAheadMs: 730 * DAY_MS }, null],
  ['the cart’s clock is a year behind', { cartAheadMs: -365 * DAY_MS }, null],
];
for (const [what, plan, finding] of CASES) {
  test(`${what}: ${finding ?? 'passed'}`, async (t) => {
    const scene = await stage(t, plan);
    const outcome = await certificateStep.take(scene, AbortSignal.timeout(10_000));
    assert.equal('finding' in outcome ? outcome.finding : outcome.result, finding ?? 'passed');
  });
}

test('a clock that is off by a minute is told in both directions, by less than twenty seconds not at all', async (t) => {
  const told: unknown[] = [];
  for (const seconds of [-90, -30, 0, 10, 30, 90]) {
    const scene = await stage(t, { cartAheadMs: seconds * 1000 });
    await certificateStep.take(scene, AbortSignal.timeout(10_000));
    const outcome = await clockStep.take(scene, AbortSignal.timeout(1000));
    told.push([seconds, outcome.result, 'finding' in outcome ? outcome.finding : null]);
  }
  assert.deepEqual(told, [
    [-90, 'failed', 'CLOCK_BEHIND'],
    [-30, 'warned', 'CLOCK_BEHIND'],
    [0, 'passed', null],
    [10, 'passed', null],
    [30, 'warned', 'CLOCK_AHEAD'],
    [90, 'failed', 'CLOCK_AHEAD'],
  ]);
});
