/**
 * Goal: only a cart with a certificate of ours, for a peer, in time, known and not revoked, on a full handshake, is
 * admitted. Method: real TLS 1.3 on port 0 between this process's two ends, under both cart chains, with default
 * verification at the cart's end.
 */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect, createServer } from 'node:tls';
import type { ConnectionOptions, TLSSocket, TlsOptions } from 'node:tls';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { CART_ALPN } from '@chaperone/protocol/cart-api/version.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { certify } from '@chaperone/protocol/x509/certificate.ts';
import type { CertificateTerms, SigningIssuer } from '@chaperone/protocol/x509/certificate.ts';
import { readPeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { signerOf } from '@chaperone/protocol/x509/signer.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import { newTestAuthority } from '../testing/authority-harness.ts';
import type { TestAuthority } from '../testing/authority-harness.ts';
import { CartRefused } from '../contract.ts';
import type { Authority } from '../contract.ts';
import { CART_KEY_KINDS, loadAuthority } from '../establishment/establishment.ts';
import { AUTHORITY_MIGRATIONS, openRegistry } from '../registry/registry.ts';

const serial = parseCartSerial('US-1001');
const DAY = 86_400_000;

/** What the tunnel's server found about one connection. */
type Verdict =
  | { readonly serial: string }
  | { readonly refused: string; readonly serial: string | null };

interface Shown {
  readonly key: KeyObject;
  readonly certificate: Uint8Array;
}

interface Tunnel extends AsyncDisposable {
  readonly port: number;
  /** Dials as a cart and gives the server's verdict; `session` tries to resume. */
  dial(
    shown: Shown | undefined,
    more?: ConnectionOptions,
  ): Promise<{ readonly verdict: Verdict; readonly sessions: readonly Buffer[] }>;
}

async function listenAsTunnel(authority: Authority, more: TlsOptions = {}): Promise<Tunnel> {
  const verdicts: ((verdict: Verdict) => void)[] = [];
  const options = { ...authority.tunnelServerOptions([CART_ALPN]), ...more };
  const server = createServer(options, (socket: TLSSocket) => {
    socket.on('error', () => undefined);
    void judge(authority, socket).then((verdict) => {
      socket.end('judged');
      verdicts.shift()?.(verdict);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    dial: async (shown, more = {}) => {
      const verdict = new Promise<Verdict>((resolve) => verdicts.push(resolve));
      const socket = connect({
        host: '127.0.0.1',
        port,
        servername: 'gateway.test',
        ca: authority.publicRoots.cartRootPEM,
        ALPNProtocols: [CART_ALPN],
        ...(shown === undefined
          ? {}
          : {
              key: shown.key.export({ type: 'pkcs8', format: 'pem' }),
              cert: encodePEM('CERTIFICATE', shown.certificate),
            }),
        ...more,
      });
      const sessions: Buffer[] = [];
      socket.on('session', (session) => sessions.push(session));
      socket.resume();
      await once(socket, 'secureConnect');
      equal(socket.getProtocol(), 'TLSv1.3');
      equal(socket.alpnProtocol, CART_ALPN);
      await once(socket, 'close');
      return { verdict: await verdict, sessions };
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

async function judge(authority: Authority, socket: TLSSocket): Promise<Verdict> {
  try {
    return { serial: (await authority.admitCart(socket)).serial };
  } catch (fault) {
    ok(fault instanceof CartRefused, String(fault));
    return { refused: fault.reason, serial: fault.serial };
  }
}

/** Makes a certificate that the registry knows or not. */
async function newCart(
  issuer: SigningIssuer,
  terms: Partial<CertificateTerms> = {},
): Promise<Shown> {
  const { privateKey, publicKey } = await newKeyPair('p256-sha256');
  const certificate = await certify(issuer, {
    subject: { kind: 'cart', serial },
    purpose: 'peer',
    publicKey,
    notBeforeMs: Date.now() - DAY,
    notAfterMs: Date.now() + DAY,
    ...terms,
  });
  return { key: privateKey, certificate };
}

forEachDatabase('admission', (open) => {
  for (const cartKey of CART_KEY_KINDS) {
    test(`${cartKey}: a cart in force is admitted, all others are refused with a reason`, async () => {
      const database = await open(AUTHORITY_MIGRATIONS);
      const registry = openRegistry(database);
      await using held: TestAuthority = await newTestAuthority(database, { cartKey });
      await using other = await newTestAuthority(await open(AUTHORITY_MIGRATIONS), { cartKey });
      const { authority } = held;
      const { roots } = await loadAuthority(held.directory);
      const foreignRoots = (await loadAuthority(other.directory)).roots;
      await using tunnel = await listenAsTunnel(authority);
      const verdictOn = async (shown: Shown | undefined): Promise<Verdict> =>
        (await tunnel.dial(shown)).verdict;
      const register = async ({ certificate }: Shown): Promise<string> => {
        const read = readPeerCertificate(certificate);
        const { certificateSerialHex, keyThumbprint, fingerprint, notAfterMs } = read;
        await registry.addCertificate({
          certificateSerialHex,
          keyThumbprint,
          fingerprint,
          notAfterMs,
          chain: 'cart',
          holder: { kind: 'cart', id: serial },
          use: null,
          licenceId: null,
          der: certificate,
          issuedAtMs: Date.now(),
          state: 'pending',
          revokedAtMs: null,
          revocationReason: null,
        });
        return certificateSerialHex;
      };

      const cart = await newCart(roots.cart);
      deepEqual(await verdictOn(cart), { refused: 'unknown', serial });
      const certificateSerialHex = await register(cart);
      deepEqual(await verdictOn(cart), { refused: 'unknown', serial });
      await registry.release(certificateSerialHex, Date.now(), 'all');
      deepEqual(await verdictOn(cart), { serial });

      deepEqual(await verdictOn(undefined), { refused: 'no-certificate', serial: null });
      const expired = await newCart(roots.cart, {
        notBeforeMs: Date.now() - 2 * DAY,
        notAfterMs: Date.now() - DAY,
      });
      await registry.release(await register(expired), Date.now(), 'all');
      deepEqual(await verdictOn(expired), { refused: 'not-in-time', serial });
      const early = await newCart(roots.cart, {
        notBeforeMs: Date.now() + DAY,
        notAfterMs: Date.now() + 2 * DAY,
      });
      deepEqual(await verdictOn(early), { refused: 'not-in-time', serial });
      deepEqual(await verdictOn(await newCart(foreignRoots.cart)), {
        refused: 'foreign-authority',
        serial,
      });
      deepEqual(await verdictOn(await newCart(roots.workstation)), {
        refused: 'foreign-authority',
        serial,
      });
      const forger = await newKeyPair(roots.cart.profile);
      const forged = await newCart({ ...roots.cart, signer: signerOf(forger.privateKey) });
      deepEqual(await verdictOn(forged), { refused: 'foreign-authority', serial });
      const posing = await newCart(roots.cart, { purpose: 'server' });
      deepEqual(await verdictOn(posing), { refused: 'not-a-cart', serial: null });
      const nameless = await newCart(roots.cart, {
        subject: { kind: 'other', commonName: 'US-1001' },
      });
      deepEqual(await verdictOn(nameless), { refused: 'not-a-cart', serial: null });

      const told: string[] = [];
      authority.onRevoked((entry) => told.push(entry.certificateSerialHex));
      await authority.revokeCertificate(certificateSerialHex.toUpperCase(), 'key-compromise');
      deepEqual(told, [certificateSerialHex]);
      deepEqual(await verdictOn(cart), { refused: 'revoked', serial });
    });
  }

  test('nothing can be resumed: each connection is a full handshake and a full judgement', async () => {
    const database = await open(AUTHORITY_MIGRATIONS);
    await using held = await newTestAuthority(database);
    const { roots } = await loadAuthority(held.directory);
    await using tunnel = await listenAsTunnel(held.authority);
    const cart = await newCart(roots.cart);
    const first = await tunnel.dial(cart);
    for (const session of first.sessions) {
      deepEqual((await tunnel.dial(cart, { session })).verdict, { refused: 'unknown', serial });
    }
    // The control: with tickets, the same dialling does resume, and is refused for it.
    await using careless = await listenAsTunnel(held.authority, { secureOptions: 0 });
    const [session] = (await careless.dial(cart)).sessions;
    ok(session !== undefined);
    deepEqual((await careless.dial(cart, { session })).verdict, { refused: 'resumed', serial });
  });

  test('TLS 1.2 does not get in, and a cart does not accept another name', async () => {
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS));
    await using tunnel = await listenAsTunnel(held.authority);
    const code = (expected: string) => (fault: unknown) =>
      (fault as { code?: string }).code === expected;
    await rejects(
      tunnel.dial(undefined, { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }),
      code('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'),
    );
    await rejects(
      tunnel.dial(undefined, { servername: 'elsewhere.test' }),
      code('ERR_TLS_CERT_ALTNAME_INVALID'),
    );
    await rejects(
      tunnel.dial(undefined, { ca: held.authority.publicRoots.browserRootPEM }),
      code('SELF_SIGNED_CERT_IN_CHAIN'),
    );
  });

  test('the gateway’s own certificates: kept over a restart, made anew for other names and near their end', async () => {
    const database = await open(AUTHORITY_MIGRATIONS);
    await using held = await newTestAuthority(database);
    const serialOf = (authority: Authority): string =>
      new X509Certificate(String(authority.tunnelServerOptions([]).cert)).serialNumber;
    const first = serialOf(held.authority);
    equal(serialOf(await held.reopen()), first);
    const later = { monotonicMs: () => 0, utcMs: () => Date.now() + 300 * DAY };
    const renewed = serialOf(await held.reopen(later));
    ok(renewed !== first);
    await held.authority.revokeCertificate(first, 'administrative');
    equal(serialOf(await held.reopen(later)), renewed);
    ok(held.ledger.kinds().includes('certificate-issued'));
    const console = new X509Certificate(String(held.authority.consoleServerOptions().cert));
    equal(console.subjectAltName, 'DNS:console.test');
    ok(console.verify(new X509Certificate(held.authority.publicRoots.browserRootPEM).publicKey));
  });
});
