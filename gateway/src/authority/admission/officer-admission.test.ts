/**
 * Goal: only the certificate of a facility's officer that is in time, known and not revoked comes in; it names the one
 * facility that the administrator said, whatever the request said. Method: real TLS 1.3 on port 0 between this process's
 * two ends, with certificates of every chain.
 */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect, createServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { randomBytes } from 'node:crypto';
import { newId, parseCartSerial } from '@chaperone/domain/id/id.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { certify } from '@chaperone/protocol/x509/certificate.ts';
import type { CertificateTerms, SigningIssuer } from '@chaperone/protocol/x509/certificate.ts';
import { makeKeyCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { readOfficerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { newTestAuthority } from '../testing/authority-harness.ts';
import { OfficerRefused } from '../contract.ts';
import type { AdmittedOfficer, Authority } from '../contract.ts';
import { loadAuthority } from '../establishment/establishment.ts';
import { AUTHORITY_MIGRATIONS, PublicKeyInUse } from '../registry/registry.ts';

const DAY_MS = 86_400_000;

interface Shown {
  readonly key: KeyObject;
  readonly certificate: Uint8Array;
}
type Verdict = AdmittedOfficer | { readonly refused: string; readonly who: string | null };

interface Portal extends AsyncDisposable {
  /** Dials, perhaps with a certificate, and gives the server's verdict. */
  dial(shown?: Shown): Promise<Verdict>;
}

async function listenAsPortal(authority: Authority): Promise<Portal> {
  const verdicts: ((verdict: Verdict) => void)[] = [];
  const options = await authority.portalServerOptions(['portal.test']);
  const server = createServer(options, (socket: TLSSocket) => {
    socket.on('error', () => undefined);
    void judge(authority, socket).then((verdict) => {
      socket.end();
      verdicts.shift()?.(verdict);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    dial: async (shown) => {
      const verdict = new Promise<Verdict>((resolve) => verdicts.push(resolve));
      const socket = connect({
        host: '127.0.0.1',
        port,
        servername: 'portal.test',
        ca: authority.publicRoots.browserRootPEM,
        ...(shown === undefined
          ? {}
          : {
              key: shown.key.export({ type: 'pkcs8', format: 'pem' }),
              cert: encodePEM('CERTIFICATE', shown.certificate),
            }),
      });
      socket.resume();
      await once(socket, 'secureConnect');
      equal(socket.getProtocol(), 'TLSv1.3');
      await once(socket, 'close');
      return await verdict;
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

async function judge(authority: Authority, socket: TLSSocket): Promise<Verdict> {
  try {
    return await authority.admitOfficer(socket);
  } catch (fault) {
    ok(fault instanceof OfficerRefused, String(fault));
    return { refused: fault.reason, who: fault.shown?.id ?? null };
  }
}

async function newShown(issuer: SigningIssuer, terms: Partial<CertificateTerms>): Promise<Shown> {
  const { privateKey, publicKey } = await newKeyPair('p256-sha256');
  const certificate = await certify(issuer, {
    subject: { kind: 'other', commonName: 'Nobody' },
    purpose: 'peer',
    publicKey,
    notBeforeMs: Date.now() - DAY_MS,
    notAfterMs: Date.now() + DAY_MS,
    ...terms,
  });
  return { key: privateKey, certificate };
}

const newOfficer = () => ({
  id: newId('officer', randomBytes),
  name: 'Jo Müller',
  facility: 'St. Example',
});

forEachDatabase('officers', (open) => {
  test('one in force is admitted with its facility; every other certificate is refused with a reason', async () => {
    const nowMs = Date.now();
    const clock = new ManualClock(nowMs);
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS), { clock });
    const { authority, ledger } = held;
    const { roots } = await loadAuthority(held.directory);
    await using portal = await listenAsPortal(authority);
    const officer = newOfficer();
    const { privateKey } = await newKeyPair('p256-sha256');
    // What the request calls itself counts for nothing.
    const request = makeKeyCertificationRequest('Somebody at another facility', privateKey);
    const certificate = await authority.certifyOfficer(officer, request);
    const own: Shown = { key: privateKey, certificate };
    const { certificateSerialHex, fingerprint, notAfterMs } = readOfficerCertificate(certificate);
    deepEqual(await portal.dial(own), {
      ...officer,
      certificateSerialHex,
      fingerprint,
      notAfterMs,
    });
    deepEqual(
      ledger.facts.findLast(({ kind }) => kind === 'certificate-issued'),
      {
        kind: 'certificate-issued',
        certificateSerial: certificateSerialHex,
        subjectId: officer.id,
      },
    );

    const subject = { kind: 'officer', ...officer } as const;
    const cart = { kind: 'cart', serial: parseCartSerial('US-1') } as const;
    const workstation = {
      kind: 'workstation',
      id: newId('workstation', randomBytes),
      label: 'Desk 1',
    } as const;
    const strangers: readonly (readonly [string, Shown | undefined])[] = [
      ['none', undefined],
      ['a cart', await newShown(roots.cart, { subject: cart })],
      ['a workstation', await newShown(roots.workstation, { subject: workstation })],
      ['an officer by the workstation root', await newShown(roots.workstation, { subject })],
      ['a cart by the facility root', await newShown(roots.facility, { subject: cart })],
      ['a server', await newShown(roots.browser, { purpose: 'server', hostNames: ['a.test'] })],
    ];
    for (const [what, shown] of strangers) {
      const verdict = await portal.dial(shown);
      deepEqual(
        verdict,
        { refused: shown === undefined ? 'no-certificate' : 'foreign', who: null },
        what,
      );
    }
    // A stolen key of the root signs what the registry does not know.
    const forged = await newShown(roots.facility, { subject, notBeforeMs: nowMs });
    deepEqual(await portal.dial(forged), { refused: 'unknown', who: officer.id });

    clock.setUtc(nowMs + 366 * DAY_MS);
    deepEqual(await portal.dial(own), { refused: 'not-in-time', who: officer.id });
    clock.setUtc(nowMs);

    const revoked: string[] = [];
    authority.onRevoked(({ holder }) => revoked.push(holder.id));
    await authority.retireOfficer(officer.id);
    deepEqual(revoked, [officer.id]);
    deepEqual(await portal.dial(own), { refused: 'revoked', who: officer.id });
    equal(ledger.kinds().at(-1), 'certificate-revoked');
    await rejects(authority.certifyOfficer(newOfficer(), request), PublicKeyInUse);
  });
});
