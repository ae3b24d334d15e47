/**
 * Goal: a workstation gets each of its certificates for what the protocol asks and nothing else, seats are counted, uses
 * are kept apart, and only a TLS certificate of the workstation chain that is in force is admitted. Method: the real
 * authority on SQLite and PostgreSQL, WebCrypto keys as in a browser, and real TLS connections to the console's options.
 */
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import type { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect, createServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { parseLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import { LicenceRetired, LicenceUsed } from '@chaperone/domain/licence/licence.ts';
import { MalformedCertificate, readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import {
  MalformedCertificationRequest,
  makeKeyCertificationRequest,
} from '@chaperone/protocol/x509/certification-request.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { admitWorkstationCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import {
  MalformedWorkstationProof,
  makeSigningKeyProof,
  makeWorkstationProof,
} from '@chaperone/protocol/x509/workstation-proof.ts';
import { ManualClock } from '../platform/testing/manual-clock.ts';
import { forEachDatabase } from '../platform/database/testing/database-suite.ts';
import type { WorkstationCertificates, WorkstationPeer } from './contract.ts';
import { WorkstationRefused } from './contract.ts';
import { RenewedTooOften } from './issuance/issuance.ts';
import { AUTHORITY_MIGRATIONS, PublicKeyInUse, SeatsTaken } from './registry/registry.ts';
import { newTestAuthority } from './testing/authority-harness.ts';
import type { TestAuthority } from './testing/authority-harness.ts';
import { newConnectingKey, shownBy } from './testing/workstation-keys.ts';
import type { ConnectingKey, Shown } from './testing/workstation-keys.ts';

const by = 'admin';
const DAY_MS = 86_400_000;
const newSigningKeys = (isExtractable = false) =>
  crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, isExtractable, [
    'sign',
    'verify',
  ]);
const exportedPEM = async (key: webcrypto.CryptoKey): Promise<string> => {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();
};

interface Workstation {
  readonly program: ConnectingKey;
  readonly enrolled: WorkstationCertificates;
  readonly peer: WorkstationPeer;
}

async function newWorkstation({ authority }: TestAuthority, label = 'One'): Promise<Workstation> {
  const { code } = await authority.issueWorkstationLicence(label, { by });
  const program = await newConnectingKey();
  const enrolled = await authority.enrolWorkstation(code, program.request);
  return { program, enrolled, peer: peerOf(enrolled, 'program') };
}

/** What admission makes of a certificate. */
function peerOf(given: WorkstationCertificates, use: 'program' | 'browser'): WorkstationPeer {
  const { certificateSerialHex, notBeforeMs, notAfterMs } = readCertificate(leafOf(given));
  const { workstationId, label } = given;
  return { workstationId, label, use, certificateSerialHex, notBeforeMs, notAfterMs };
}

const leafOf = ({ chain: [leaf] }: WorkstationCertificates): Uint8Array => leaf ?? new Uint8Array();
const serialOf = (given: WorkstationCertificates): string =>
  readCertificate(leafOf(given)).certificateSerialHex;

/** Listens as the console does, and says who was admitted. */
async function listenAsConsole({ authority }: TestAuthority) {
  const waiting: ((socket: TLSSocket) => void)[] = [];
  const server = createServer(authority.consoleServerOptions(), (socket) => {
    socket.on('error', () => socket.destroy());
    waiting.shift()?.(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    /** Who is admitted with this certificate, or why nobody is. */
    verdictOn: async (shown?: Shown): Promise<string> => {
      const arrived = new Promise<TLSSocket>((resolve) => waiting.push(resolve));
      const client = connect({
        port,
        host: '127.0.0.1',
        servername: 'console.test',
        ca: authority.publicRoots.browserRootPEM,
        ...shown,
      });
      client.on('error', () => client.destroy());
      const socket = await arrived;
      try {
        const { workstationId, use } = await authority.admitWorkstation(socket);
        return `${use} of ${workstationId}`;
      } catch (fault) {
        if (fault instanceof WorkstationRefused) return fault.reason;
        throw fault;
      } finally {
        client.destroy();
        socket.destroy();
      }
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

forEachDatabase('workstations', (open) => {
  test('a licence code and a request give the program its certificate, once', async () => {
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS));
    const { authority, ledger } = held;
    const { code } = await authority.issueWorkstationLicence('Büro 3', { by });
    const key = await newConnectingKey();
    const enrolled = await authority.enrolWorkstation(code.toLowerCase(), key.request);
    equal(enrolled.label, 'Büro 3');
    const read = readCertificate(leafOf(enrolled));
    equal(read.purpose, 'peer');
    // The same key asks again: the answer may have been lost.
    deepEqual(await authority.enrolWorkstation(code, key.request), enrolled);
    const other = await newConnectingKey();
    await rejects(authority.enrolWorkstation(code, other.request), LicenceUsed);
    deepEqual(ledger.kinds().slice(-3), [
      'licence-redeemed',
      'certificate-issued',
      'licence-refused',
    ]);
  });

  test('of two workstations that race for a code one wins', async () => {
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS));
    const { authority } = held;
    const { code } = await authority.issueWorkstationLicence('One', { by });
    const keys = await Promise.all(Array.from({ length: 6 }, newConnectingKey));
    const outcomes = await Promise.allSettled(
      keys.map(async ({ request }) => await authority.enrolWorkstation(code, request)),
    );
    const lost = outcomes.filter((one) => one.status === 'rejected');
    equal(outcomes.length - lost.length, 1);
    ok(lost.every(({ reason }) => reason instanceof LicenceUsed));
    equal((await authority.workstations()).length, 1);
  });

  test('a request for a key that is not P-256, or that proves nothing, is refused', async () => {
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS));
    const { authority } = held;
    const { code } = await authority.issueWorkstationLicence('One', { by });
    const rsa = await newKeyPair('rsa3072-sha3-256');
    const { request } = await newConnectingKey();
    const forged = Uint8Array.from(request);
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    for (const wrong of [
      makeKeyCertificationRequest('x', rsa.privateKey),
      forged,
      new Uint8Array(10_000),
      new Uint8Array(0),
    ]) {
      await rejects(authority.enrolWorkstation(code, wrong), MalformedCertificationRequest);
    }
    equal((await authority.licences()).filter(({ redeemed }) => redeemed !== undefined).length, 0);
  });

  test('the seats are counted when a licence is issued and when it is used; retired and expired ones are free', async () => {
    const clock = new ManualClock(Date.now());
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS), {
      clock,
      workstations: { seatsMax: 2, lifeMs: 10 * DAY_MS },
    });
    const { authority } = held;
    const spare = await authority.issueWorkstationLicence('Spare', { by });
    const first = await newWorkstation(held, 'First');
    clock.advance(DAY_MS);
    await newWorkstation(held, 'Second');
    await rejects(authority.issueWorkstationLicence('Third', { by }), (fault: unknown) => {
      ok(fault instanceof SeatsTaken);
      match(fault.message, /Retire a workstation .* for example First \(wrks-/);
      return true;
    });
    const { request } = await newConnectingKey();
    await rejects(authority.enrolWorkstation(spare.code, request), SeatsTaken);
    // The refusal has not used the code up.
    await authority.retireWorkstation(first.enrolled.workstationId);
    await authority.enrolWorkstation(spare.code, request);
    await rejects(authority.issueWorkstationLicence('Third', { by }), SeatsTaken);
    clock.advance(11 * DAY_MS);
    await authority.issueWorkstationLicence('Third', { by });
    deepEqual(
      (await authority.workstations()).map(({ label, state }) => `${label}: ${state}`).toSorted(),
      ['First: retired', 'Second: expired', 'Spare: expired'],
    );
  });

  test('a new certificate takes the place of older ones of its use only, and the one before it stays', async () => {
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS));
    const { authority } = held;
    const { enrolled, peer } = await newWorkstation(held);
    const { workstationId } = enrolled;
    const browsers = [];
    const consoles = [];
    for (let round = 0; round < 3; round += 1) {
      const { request } = await newConnectingKey();
      browsers.push(await authority.certifyWorkstation(peer, 'browser', request));
      const proof = await makeSigningKeyProof(await newSigningKeys(), workstationId, Date.now());
      consoles.push(await authority.certifySigningKey(peer, proof));
    }
    const revoked = async (all: readonly WorkstationCertificates[]): Promise<readonly boolean[]> =>
      await Promise.all(all.map(async (one) => await authority.isRevoked(serialOf(one))));
    deepEqual(await revoked(browsers), [true, false, false]);
    deepEqual(await revoked(consoles), [true, false, false]);
    deepEqual(await revoked([enrolled]), [false]);
    const program = await newConnectingKey();
    const second = await authority.certifyWorkstation(peer, 'program', program.request);
    deepEqual(await authority.certifyWorkstation(peer, 'program', program.request), second);
    const third = await authority.certifyWorkstation(
      peerOf(second, 'program'),
      'program',
      (await newConnectingKey()).request,
    );
    deepEqual(await revoked([enrolled, second, third]), [true, false, false]);
    deepEqual(await revoked(browsers), [true, false, false]);
  });

  test('only the program asks for TLS certificates, only for itself, and not for ever', async () => {
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS));
    const { authority } = held;
    const { enrolled, peer } = await newWorkstation(held);
    const browser = await authority.certifyWorkstation(
      peer,
      'browser',
      (await newConnectingKey()).request,
    );
    const { request } = await newConnectingKey();
    for (const use of ['browser', 'program'] as const) {
      await rejects(
        authority.certifyWorkstation(peerOf(browser, 'browser'), use, request),
        (fault: unknown) =>
          fault instanceof WorkstationRefused && fault.reason === 'not-the-program',
      );
    }
    const other = await newWorkstation(held, 'Two');
    const keys = await newSigningKeys();
    const elsewhere = await makeSigningKeyProof(keys, other.enrolled.workstationId, Date.now());
    await rejects(authority.certifySigningKey(peer, elsewhere), MalformedWorkstationProof);
    const { code } = await authority.issueWorkstationLicence('Three', { by });
    const byCode = await makeWorkstationProof(keys, parseLicenceCode(code), Date.now());
    await rejects(authority.certifySigningKey(peer, byCode), MalformedWorkstationProof);
    const again = async (): Promise<void> => {
      const proof = await makeSigningKeyProof(
        await newSigningKeys(),
        enrolled.workstationId,
        Date.now(),
      );
      await authority.certifySigningKey(peer, proof);
    };
    for (let times = 0; times < 11; times += 1) await again();
    await rejects(again(), RenewedTooOften);
  });

  test('a TLS key signs nothing that is believed, and the console’s key connects nowhere', async () => {
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS));
    const { authority } = held;
    const { enrolled, program, peer } = await newWorkstation(held);
    const root = enrolled.chain.at(-1) ?? new Uint8Array();
    await rejects(
      async () => admitWorkstationCertificate(leafOf(enrolled), root, Date.now()),
      MalformedCertificate,
    );
    // In a browser it cannot be taken out.
    const keys = await newSigningKeys(true);
    const proof = await makeSigningKeyProof(keys, enrolled.workstationId, Date.now());
    const signing = await authority.certifySigningKey(peer, proof);
    const read = admitWorkstationCertificate(leafOf(signing), root, Date.now());
    equal(read.workstationId, enrolled.workstationId);
    await using console = await listenAsConsole(held);
    equal(
      await console.verdictOn(shownBy(program, leafOf(enrolled))),
      `program of ${enrolled.workstationId}`,
    );
    // Nor is one key certified for both.
    const keyPEM = await exportedPEM(keys.privateKey);
    const both = makeKeyCertificationRequest('x', createPrivateKey(keyPEM));
    await rejects(authority.certifyWorkstation(peer, 'browser', both), PublicKeyInUse);
    await rejects(authority.certifyWorkstation(peer, 'browser', program.request), PublicKeyInUse);
    equal(await console.verdictOn(shownBy({ keyPEM }, leafOf(signing))), 'foreign');
  });

  test('nobody is admitted without a workstation’s certificate that is in force', async () => {
    const clock = new ManualClock(Date.now());
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS), {
      clock,
      workstations: { seatsMax: 9, lifeMs: 10 * DAY_MS },
    });
    await using other = await newTestAuthority(await open(AUTHORITY_MIGRATIONS));
    const { authority } = held;
    await using console = await listenAsConsole(held);
    equal(await console.verdictOn(), 'no-certificate');
    const own = await newWorkstation(held);
    const shown = shownBy(own.program, leafOf(own.enrolled));
    const { workstationId } = own.enrolled;
    equal(await console.verdictOn(shown), `program of ${workstationId}`);
    const stranger = await newWorkstation(other);
    equal(await console.verdictOn(shownBy(stranger.program, leafOf(stranger.enrolled))), 'foreign');
    const replaced = await newConnectingKey();
    const renewed = await authority.certifyWorkstation(own.peer, 'program', replaced.request);
    clock.advance(9 * DAY_MS);
    const third = await authority.certifyWorkstation(
      peerOf(renewed, 'program'),
      'program',
      (await newConnectingKey()).request,
    );
    equal(await console.verdictOn(shown), 'retired', 'its place was taken twice');
    equal(
      await console.verdictOn(shownBy(replaced, leafOf(renewed))),
      `program of ${workstationId}`,
    );
    clock.advance(2 * DAY_MS);
    equal(await console.verdictOn(shownBy(replaced, leafOf(renewed))), 'expired');
    equal(await authority.isRevoked(serialOf(third)), false);
    const last = await newWorkstation(held, 'Two');
    const lastShown = shownBy(last.program, leafOf(last.enrolled));
    await authority.retireWorkstation(last.enrolled.workstationId);
    equal(await console.verdictOn(lastShown), 'retired');
    const { request: wanted } = await newConnectingKey();
    await rejects(authority.certifyWorkstation(last.peer, 'browser', wanted), LicenceRetired);
  });
});
