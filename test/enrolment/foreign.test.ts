/**
 * Goal: somebody else's EST peer gets a cart's certificate from us, and renews it, with nothing but RFC 7030: ours are not the
 * only programs that can. Method: Debian's curl and openssl as a cart, against a whole gateway through its edge. Their OpenSSL
 * 3.0 refuses ECDSA with SHA-3, so the cart chain is RSA there; the P-256 chain refuses them by TLS and not by us.
 */
import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { newTestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import type { TestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';

const SERIAL = 'US-FOREIGN-1';
const EST = '/.well-known/est';
const P256 = ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
const run = promisify(execFile);

/** A cart that consists of two of Debian's programs and a directory. */
class ForeignCart implements Disposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'chaperone-foreign-'));
  readonly #origin: string;
  readonly #address: string;

  constructor({ running }: TestGateway) {
    const { host, port } = running.edgeAddress;
    this.#origin = `https://localhost:${port}`;
    this.#address = `localhost:${port}:${host}`;
  }

  /** Asks EST. @returns status, body, and the code of a problem */
  async curl(path: string, ...args: readonly string[]) {
    const common = ['-sS', '--resolve', this.#address, '--tlsv1.3', '-w', '\n%{http_code}'];
    const { stdout } = await run('curl', [...common, ...args, `${this.#origin}${EST}${path}`], {
      cwd: this.#directory,
    });
    const at = stdout.lastIndexOf('\n');
    const body = stdout.slice(0, at);
    const status = Number(stdout.slice(at + 1));
    const code = status === 200 ? null : (JSON.parse(body) as { code: string }).code;
    return { status, body, code };
  }

  async openssl(...args: readonly string[]): Promise<string> {
    return (await run('openssl', args, { cwd: this.#directory })).stdout;
  }

  /** Makes a key and a request for it, as EST wants it unless told otherwise. */
  async request(
    name: string,
    serial = SERIAL,
    { key = P256, subject = `/serialNumber=${serial}`, digest = '-sha256' } = {},
  ): Promise<void> {
    const made = ['-newkey', ...key, '-nodes', '-keyout', `${name}.key`];
    const said = ['-subj', subject, digest, '-outform', 'DER', '-out', 'a'];
    await this.openssl('req', '-new', ...made, ...said);
    await this.openssl('base64', '-e', '-in', 'a', '-out', `${name}.csr`);
  }

  /** Keeps the certificates of an answer. */
  async keep(file: string, body: string): Promise<void> {
    writeFileSync(join(this.#directory, 'answer'), body);
    await this.openssl('base64', '-d', '-in', 'answer', '-out', 'answer.p7');
    const pem = await this.openssl('pkcs7', '-inform', 'DER', '-in', 'answer.p7', '-print_certs');
    writeFileSync(join(this.#directory, file), pem);
  }

  read = (file: string): string => readFileSync(join(this.#directory, file), 'utf8');

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true });
  }
}

const posted = (name: string, type = 'application/pkcs10'): readonly string[] => [
  ...['--cacert', 'root.pem', '--data-binary', `@${name}.csr`],
  ...['-H', `Content-Type: ${type}`],
];
const showing = (name: string): readonly string[] => [
  ...['--cert', `${name}.pem`, '--key', `${name}.key`],
];

async function issueLicence({ running }: TestGateway, serial = SERIAL) {
  const asked = { act: 'issue-cart-licence', serial, by: 'test' };
  return (await running.administer(asked)) as { code: string; rootFingerprint: string };
}

test('curl and openssl enrol a cart, renew it, and are refused once it is retired', async () => {
  const sections = { authority: { cartKey: 'rsa3072' } };
  await using gateway = await newTestGateway({}, null, 'off-demo', 'off', sections);
  using cart = new ForeignCart(gateway);
  const { code, rootFingerprint } = await issueLicence(gateway);

  // What a foreign peer does by hand: the root without proof, believed by the fingerprint on the licence alone.
  const roots = await cart.curl('/cacerts', '-k');
  equal(roots.status, 200);
  await cart.keep('root.pem', roots.body);
  const told = await cart.openssl('x509', '-in', 'root.pem', '-noout', '-fingerprint', '-sha256');
  equal(told.split('=')[1]?.trim().replaceAll(':', '').toLowerCase(), rootFingerprint);
  const wanted = await cart.curl('/csrattrs', '--cacert', 'root.pem');
  equal(wanted.status, 200);
  ok(Buffer.from(wanted.body, 'base64').length > 20);

  await cart.request('first');
  const given = await cart.curl('/simpleenroll', ...posted('first'), '-u', `${SERIAL}:${code}`);
  equal(given.status, 200, given.body);
  await cart.keep('first.pem', given.body);
  match(
    await cart.openssl('verify', '-purpose', 'sslclient', '-CAfile', 'root.pem', 'first.pem'),
    /first\.pem: OK/,
  );
  const subject = await cart.openssl('x509', '-in', 'first.pem', '-noout', '-subject');
  match(subject, new RegExp(`serialNumber = ${SERIAL}`));

  await cart.request('second');
  const renewed = await cart.curl('/simplereenroll', ...posted('second'), ...showing('first'));
  equal(renewed.status, 200, renewed.body);
  await cart.keep('second.pem', renewed.body);
  notEqual(cart.read('second.pem'), cart.read('first.pem'));
  match(await cart.openssl('verify', '-CAfile', 'root.pem', 'second.pem'), /OK/);

  const why = { reason: 'sold', by: 'test' };
  await gateway.running.administer({ act: 'retire-cart', serial: SERIAL, ...why });
  for (const name of ['first', 'second']) {
    const refused = await cart.curl('/simplereenroll', ...posted('second'), ...showing(name));
    deepEqual([refused.status, refused.code], [403, 'CART_REFUSED']);
  }
});

test('what a foreign peer gets wrong is said with a status and a code', async () => {
  const sections = { authority: { cartKey: 'rsa3072' } };
  await using gateway = await newTestGateway({}, null, 'off-demo', 'off', sections);
  using cart = new ForeignCart(gateway);
  const { code } = await issueLicence(gateway);
  await cart.keep('root.pem', (await cart.curl('/cacerts', '-k')).body);
  await cart.request('own');
  await cart.request('other', 'US-FOREIGN-2');
  const licensed = ['-u', `${SERIAL}:${code}`];
  const cases: readonly (readonly [string, readonly string[], number, string])[] = [
    ['/simpleenroll', posted('own'), 401, 'ENROLMENT_CREDENTIALS_MISSING'],
    ['/simpleenroll', [...posted('own'), '-u', SERIAL + ':x'], 400, 'LICENCE_CODE_MISTYPED'],
    ['/simpleenroll', [...posted('other'), ...licensed], 403, 'LICENCE_SERIAL_MISMATCH'],
    ['/simpleenroll', [...posted('own', 'text/plain'), ...licensed], 415, 'MEDIA_TYPE_UNSUPPORTED'],
    [
      '/simpleenroll',
      ['--cacert', 'root.pem', '-H', 'Content-Type: application/pkcs10', '-d', '%%', ...licensed],
      400,
      'MALFORMED_EST_BODY',
    ],
    ['/simplereenroll', posted('own'), 403, 'CART_REFUSED'],
    ['/cacerts', [...posted('own')], 405, 'ENROLMENT_METHOD_REFUSED'],
    ['/csrattrs', ['--cacert', 'root.pem', '-X', 'DELETE'], 405, 'ENROLMENT_METHOD_REFUSED'],
    ['/serverkeygen', posted('own'), 404, 'ROUTE_NOT_FOUND'],
    ['/label/cacerts', ['--cacert', 'root.pem'], 404, 'ROUTE_NOT_FOUND'],
  ];
  for (const [path, args, status, expected] of cases) {
    const answer = await cart.curl(path, ...args);
    deepEqual([answer.status, answer.code], [status, expected], path);
  }
});

test('a request with another key, another digest or without its one serial number is refused, and uses nothing up', async () => {
  const sections = { authority: { cartKey: 'rsa3072' } };
  await using gateway = await newTestGateway({}, null, 'off-demo', 'off', sections);
  using cart = new ForeignCart(gateway);
  const { code } = await issueLicence(gateway);
  const licensed = ['-u', `${SERIAL}:${code}`];
  await cart.keep('root.pem', (await cart.curl('/cacerts', '-k')).body);
  const own = `/serialNumber=${SERIAL}`;
  const wrong: readonly Parameters<ForeignCart['request']>[2][] = [
    { key: ['ec', '-pkeyopt', 'ec_paramgen_curve:secp384r1'] },
    { key: ['rsa:2048'] },
    { key: ['ed25519'] },
    { digest: '-sha1' },
    { digest: '-sha512' },
    { subject: '/CN=US-FOREIGN-1' },
    { subject: `${own}${own}` },
    { subject: '/serialNumber=a:b' },
  ];
  for (const [at, terms] of wrong.entries()) {
    await cart.request(`wrong-${at}`, SERIAL, terms);
    const answer = await cart.curl('/simpleenroll', ...posted(`wrong-${at}`), ...licensed);
    const expected = [400, 'MALFORMED_CERTIFICATION_REQUEST'];
    deepEqual([answer.status, answer.code], expected, JSON.stringify(terms));
  }
  await cart.request('right', SERIAL, { key: ['rsa:3072'], subject: `/CN=anything${own}` });
  const given = await cart.curl('/simpleenroll', ...posted('right'), ...licensed);
  equal(given.status, 200, given.body);
});
