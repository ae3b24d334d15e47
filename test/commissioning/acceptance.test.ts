/**
 * Goal: a cart's report goes from its own key over its own road into the gateway and out again, and anybody can check it; without a
 * gateway it waits and loses nothing; whatever is altered on the way is noticed.
 * Method: the real gateway, a cart that enrols with it, its real acceptance, and the real `chaperone verify` on files.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { enrol } from '@chaperone/cart/licence/licence.ts';
import type { CartIdentity } from '@chaperone/cart/licence/licence.ts';
import type { Acceptance } from '@chaperone/cart/acceptance/acceptance.ts';
import { acceptancePart, openAcceptance } from '@chaperone/cart/composition/acceptance-part.ts';
import { parseConfiguration } from '@chaperone/cart/configuration/configuration.ts';
import { openLog } from '@chaperone/cart/platform/log.ts';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import { VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import { newTestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import type { TestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { systemRandom } from '@chaperone/gateway/platform/random/random.ts';
import type { AcceptanceFile } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { acceptanceReportClaims } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import type { Validation } from '@chaperone/protocol/commissioning/validation.ts';
import { decodeJwt } from 'jose';
import { ROOT } from '../../tools/workspace/workspace.ts';

const SERIAL = 'US-1001';
let gateway: TestGateway;
let directory: string;
before(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'chaperone-acceptance-'));
  gateway = await newTestGateway();
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

interface Cart {
  readonly acceptance: Acceptance;
  readonly part: ReturnType<typeof acceptancePart>;
  readonly identity: CartIdentity;
  /** Another start of it, with another identity. */
  openWith(signing: CartIdentity): Acceptance;
  readonly facts: JournalFact[];
  readonly dataDirectory: string;
  readonly site: Parameters<ReturnType<typeof acceptancePart>['accept']>[0]['site'];
  /** Points the road somewhere else. */
  setGatewayPort(port: number): Promise<void>;
}

async function newCart(serial: string): Promise<Cart> {
  const { authority, edgeAddress } = gateway.running;
  const plate = parseCartSerial(serial);
  const { code } = await authority.issueCartLicence(plate, {
    by: 'test',
    features: ['view'],
    facility: 'St. Brigid Hospital',
  });
  const dataDirectory = mkdtempSync(path.join(directory, 'cart-'));
  const at = { host: '127.0.0.1', port: edgeAddress.port, serverName: 'localhost' };
  const identity = await enrol({
    directory: dataDirectory,
    gateway: at,
    proxy: { kind: 'none' },
    serial: plate,
    licenceCode: code,
    rootFingerprint: authority.facts.fingerprints.cart,
    replace: false,
    signal: AbortSignal.timeout(20_000),
  });
  const { writeSiteSettings } = await import('@chaperone/cart/site/site.ts');
  const setGatewayPort = async (port: number): Promise<void> =>
    await writeSiteSettings(dataDirectory, { gateway: { ...at, port }, proxy: { kind: 'none' } });
  const configuration = parseConfiguration({
    dataDirectory,
    cart: { serial, model: 'Sonora 5' },
    gateway: at,
    serviceCentre: { name: 'Centre', phone: '1', phiPolicyUrl: 'https://example.org/phi' },
    screen: { kind: 'demo' },
    directories: [],
    inbox: { path: dataDirectory, label: 'Inbox', bytesMax: 10_000_000 },
    demo: true,
  });
  const facts: JournalFact[] = [];
  const held = async (): Promise<CartIdentity> => identity;
  const openWith = (signing: CartIdentity): Acceptance =>
    openAcceptance(configuration, {
      clock: { utcMs: () => Date.now() },
      software: 'chaperone-cart test',
      randomBytes: systemRandom,
      log: openLog('silent'),
      identity: async () => signing,
      record: async (written) => void facts.push(...written),
    });
  const acceptance = openWith(identity);
  const site = { gateway: at, proxy: { kind: 'none' } } as const;
  const part = acceptancePart(acceptance, held);
  return { acceptance, openWith, part, identity, facts, dataDirectory, site, setGatewayPort };
}

const SEEN: Readonly<Record<string, Validation['steps'][number]['seen']>> = {
  link: { interface: 'eno1', kind: 'wired', hardwareAddress: '00:1b:21:3c:9d:f8', speed: 1000 },
  address: { address: '10.20.31.47', prefixLength: 24, method: 'static' },
  route: { router: '10.20.31.1' },
  names: { by: 'tcp', servers: '10.20.0.53', addresses: '203.0.113.10, 203.0.113.11' },
};
const VALIDATION: Validation = {
  startedUtcMs: Date.now() - 9000,
  endedUtcMs: Date.now(),
  steps: VALIDATION_STEPS.map((step) => ({
    ...{ step, result: 'passed', finding: null, seen: SEEN[step] ?? {}, said: 'As it should be.' },
    ...{ advice: null, tookMs: 5 },
  })),
};
const order = (cart: Cart) => ({
  site: cart.site,
  facility: 'St. Brigid Hospital',
  acceptedBy: 'Finn Eriksen',
  validation: VALIDATION,
  interfaces: [],
});

function verify(...args: readonly string[]) {
  const program = path.join(ROOT, 'verify/src/main.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { code: status, out: stdout, err: stderr };
}
let files = 0;
function fileOf(content: unknown): string {
  files += 1;
  const file = path.join(directory, `acceptance-${files}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

test('signed, countersigned, kept at both ends, and checked by anybody who has root and key', async () => {
  const cart = await newCart(SERIAL);
  const { authority, ledger } = gateway.running;
  const { file, became } = await cart.part.accept(order(cart));
  assert.equal(became, 'received');
  assert.ok(file.receipt !== null, 'the gateway was in reach');
  const claims = acceptanceReportClaims.parse(decodeJwt(file.report));
  assert.equal(claims.accepted, true);
  assert.deepEqual(claims.licence.features, ['view']);
  assert.equal(claims.gateway.rootFingerprint, authority.facts.fingerprints.cart);
  assert.deepEqual(
    claims.firewall.map(({ source, destination, protocol, port }) => [
      source,
      destination,
      protocol,
      port,
    ]),
    [['10.20.31.47', '127.0.0.1', 'TCP', cart.site.gateway.port]],
  );
  assert.deepEqual(cart.facts, [{ kind: 'acceptance-received', reportId: claims.jti }]);
  const [name = ''] = readdirSync(path.join(cart.dataDirectory, 'acceptance'));
  const place = path.join(cart.dataDirectory, 'acceptance', name);
  assert.equal(statSync(place).mode & 0o777, 0o600);
  assert.deepEqual(JSON.parse(readFileSync(place, 'utf8')), file);
  const present = { ...order(cart), isValidating: false };
  const { report: summary } = await cart.part.summary(present);
  assert.equal(summary?.facility, 'St. Brigid Hospital');
  assert.ok(summary.receivedUtcMs !== null);
  assert.match(await cart.part.page(file), /ACCEPTED/);
  assert.equal(summary.isOutOfDate, false);
  assert.match(await cart.part.firewall(present, 'en'), new RegExp(claims.jti));
  assert.match(await cart.part.firewall(present, 'de'), /BITTE ERLAUBEN/);

  // After a change the report is an old one, and the text is about what is set now.
  assert.equal(
    (await cart.part.summary({ ...present, validation: null })).report?.isOutOfDate,
    true,
  );
  const moved = { gateway: { ...cart.site.gateway, host: '192.0.2.77' }, proxy: cart.site.proxy };
  assert.equal((await cart.part.summary({ ...present, site: moved })).report?.isOutOfDate, true);
  const draft = await cart.part.firewall({ ...present, site: moved, validation: null }, 'en');
  assert.match(draft, /192\.0\.2\.77 +TCP/);
  assert.match(draft, /not accepted yet with these settings/);
  assert.doesNotMatch(draft, new RegExp(claims.jti));

  const root = path.join(directory, 'root.pem');
  writeFileSync(root, authority.publicRoots.cartRootPEM);
  const good = verify('--cart-root', root, '--key', ledger.verifierKey(), place);
  assert.equal(good.code, 0, good.out + good.err);
  assert.match(good.out, /Accepted by Finn Eriksen/);
  assert.match(good.out, /All 4 checks hold/);
});

test('behind a name service of the cart itself the rules name the servers of the network', async () => {
  const cart = await newCart('US-1006');
  const { acceptance } = cart;
  const steps = VALIDATION.steps.map((each) =>
    each.step === 'names'
      ? { ...each, seen: { by: 'udp', servers: '127.0.0.53', addresses: '203.0.113.10' } }
      : each,
  );
  const port = cart.site.gateway.port;
  const road = {
    gateway: { host: 'gateway.example', port, serverName: 'localhost' },
    proxy: { kind: 'none' },
  } as const;
  const interfaces = [
    {
      ...{ name: 'eno1', kind: 'wired', state: 'connected', speed: 1000 },
      ...{ hardwareAddress: '00:1b:21:3c:9d:f8', address: '10.20.31.47', prefixLength: 24 },
      ...{ router: '10.20.31.1', nameServers: ['10.20.0.53'], ssid: null, profile: null },
    },
  ] as unknown as Parameters<Acceptance['accept']>[0]['interfaces'];
  const made = { ...order(cart), road, licence: null, validation: { ...VALIDATION, steps } };
  const rulesOf = async (seen: typeof interfaces): Promise<readonly string[]> => {
    const { file } = await acceptance.accept({ ...made, interfaces: seen });
    return acceptanceReportClaims
      .parse(decodeJwt(file.report))
      .firewall.map(({ destination, protocol, port: at }) => `${destination} ${protocol} ${at}`);
  };
  const gatewayRule = `203.0.113.10 TCP ${port}`;
  assert.deepEqual(await rulesOf(interfaces), [
    gatewayRule,
    '10.20.0.53 UDP 53',
    '10.20.0.53 TCP 53',
  ]);
  assert.deepEqual(await rulesOf([]), [gatewayRule]);
});

test('without a gateway the report waits, whole and checkable, and goes when the road carries again', async () => {
  const cart = await newCart('US-1002');
  const { port } = cart.site.gateway;
  // Nothing listens on port 1 of loopback.
  await cart.setGatewayPort(1);
  const { file: waiting, became } = await cart.part.accept(order(cart));
  assert.equal(became, 'waiting');
  assert.equal(waiting.receipt, null);
  assert.deepEqual(cart.facts, []);
  const { code, out } = verify(fileOf(waiting));
  assert.equal(code, 0, out);
  assert.match(out, /Not yet: the gateway had not received it/);
  await cart.setGatewayPort(port);
  await Promise.all([cart.acceptance.sendWaiting(), cart.acceptance.sendWaiting()]);
  const sent = await cart.part.newest();
  assert.equal(sent?.report, waiting.report);
  assert.ok(sent.receipt !== null);
  assert.equal(cart.facts.length, 1);
  await cart.acceptance.sendWaiting();
  assert.equal(cart.facts.length, 1);
});

test('what the gateway will never take is put aside, and the next one goes', async () => {
  const cart = await newCart('US-1003');
  await cart.setGatewayPort(1);
  await cart.part.accept(order(cart));
  const folder = path.join(cart.dataDirectory, 'acceptance');
  const [name = ''] = readdirSync(folder);
  const place = path.join(folder, name);
  const kept = JSON.parse(readFileSync(place, 'utf8')) as AcceptanceFile;
  const [head, body] = kept.report.split('.');
  writeFileSync(place, JSON.stringify({ ...kept, report: `${head}.${body}.${'A'.repeat(86)}` }));
  await cart.setGatewayPort(cart.site.gateway.port);
  const next = await cart.part.accept(order(cart));
  assert.equal(next.became, 'received');
  assert.deepEqual(readdirSync(path.join(folder, 'refused')), [name]);
  const present = { ...order(cart), isValidating: false };
  const { report, reportTrouble } = await cart.part.summary(present);
  assert.deepEqual([report?.receivedUtcMs === null, reportTrouble], [false, null], 'it was before');
});

test('one that is refused for good is said to be that, with the sentence of the gateway', async () => {
  const cart = await newCart('US-1007');
  const { file } = await cart.part.accept(order(cart));
  // A key that the gateway does not know is what it answers for good.
  const { generateKeyPairSync } = await import('node:crypto');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const strange = acceptancePart(
    cart.openWith({ ...cart.identity, key: privateKey }),
    async () => cart.identity,
  );
  const refused = await strange.accept(order(cart));
  assert.deepEqual(
    [refused.became, refused.refusal?.code],
    ['refused', 'ACCEPTANCE_REPORT_REFUSED'],
  );
  assert.match(refused.refusal?.said ?? '', /^[A-Z].*\.$/);
  const present = { ...order(cart), isValidating: false };
  const summary = await strange.summary(present);
  assert.equal(summary.report?.id, acceptanceReportClaims.parse(decodeJwt(file.report)).jti);
  assert.equal(summary.reportTrouble, 'ACCEPTANCE_REFUSED');
  assert.equal(summary.reportRefusal, refused.refusal?.said);
  // Another start of the agent has forgotten the sentence, not the refusal.
  const { reportTrouble, reportRefusal } = await cart.part.summary(present);
  assert.deepEqual([reportTrouble, reportRefusal], ['ACCEPTANCE_REFUSED', null]);
  assert.equal((await cart.part.accept(order(cart))).became, 'received');
  assert.equal((await cart.part.summary(present)).reportTrouble, null);
});

function reportsIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((each) => each.endsWith('.json'))
    .toSorted();
}

test('a damaged file is put aside and said, and is in the way of no report before or after it', async () => {
  const cart = await newCart('US-1008');
  const { port } = cart.site.gateway;
  const folder = path.join(cart.dataDirectory, 'acceptance');
  const present = { ...order(cart), isValidating: false };
  const damages: readonly ((file: AcceptanceFile) => string)[] = [
    () => '{',
    () => '',
    () => '\0'.repeat(900),
    (file) => JSON.stringify({ ...file, report: 'a.b.c' }),
    (file) => JSON.stringify({ ...file, receipt: 'a.b.c' }),
    (file) => JSON.stringify({ ...file, root: 'x'.repeat(2_000_000) }),
  ];
  const damaged: string[] = [];
  await cart.setGatewayPort(1);
  const before = await cart.part.accept(order(cart));
  for (const damage of damages) {
    const spoiled = await cart.part.accept(order(cart));
    const name = reportsIn(folder).at(-1) ?? '';
    damaged.push(name);
    writeFileSync(path.join(folder, name), damage(spoiled.file));
    const told = await cart.part.summary(present);
    assert.equal(told.report?.id, acceptanceReportClaims.parse(decodeJwt(before.file.report)).jti);
    assert.equal(told.reportTrouble, 'ACCEPTANCE_FILE_DAMAGED');
    assert.deepEqual(reportsIn(path.join(folder, 'damaged')), damaged);
  }
  // One in between is found damaged while sending.
  const between = await cart.part.accept(order(cart));
  const name = reportsIn(folder).at(-1) ?? '';
  writeFileSync(path.join(folder, name), damages[0]?.(between.file) ?? '');
  await cart.setGatewayPort(port);
  assert.equal((await cart.part.accept(order(cart))).became, 'received');
  assert.deepEqual(reportsIn(path.join(folder, 'damaged')), [...damaged, name]);
  const after = await cart.part.summary(present);
  assert.deepEqual([after.reportTrouble, after.report?.receivedUtcMs === null], [null, false]);
  // Every one that was whole has gone.
  assert.equal(reportsIn(folder).length, 2);
  for (const each of reportsIn(folder)) {
    const kept = JSON.parse(readFileSync(path.join(folder, each), 'utf8')) as AcceptanceFile;
    assert.ok(kept.receipt !== null, each);
  }
  // Where not even the folder can be read, the page still opens.
  rmSync(folder, { recursive: true });
  writeFileSync(folder, '');
  assert.deepEqual(await cart.part.summary(present), {
    ...{ report: null, reportTrouble: 'ACCEPTANCE_FILE_DAMAGED', reportRefusal: null },
  });
});

test('whatever is altered, exchanged or missing is said in a sentence', async () => {
  const cart = await newCart('US-1004');
  const other = await newCart('US-1005');
  const { file } = await cart.part.accept(order(cart));
  const { file: another } = await other.part.accept(order(other));
  const [head, body = '', signature] = file.report.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
  const resigned = async (changes: object): Promise<AcceptanceFile> => {
    const { signStatement } = await import('@chaperone/protocol/signed/statement.ts');
    const { decodePEM } = await import('@chaperone/protocol/x509/pem.ts');
    const [der = new Uint8Array()] = decodePEM('CERTIFICATE', cart.identity.certificatePem);
    const x5c = [Buffer.from(der).toString('base64')];
    const typ = 'chaperone-acceptance-report+jwt';
    const report = await signStatement(
      typ,
      { ...claims, ...changes },
      cart.identity.key,
      'ES256',
      x5c,
    );
    return { ...file, report, receipt: null };
  };
  const altered = Buffer.from(JSON.stringify({ ...claims, facility: 'Elsewhere' }));
  const { browserRootPEM } = gateway.running.authority.publicRoots;
  const cases: readonly (readonly [unknown, number, RegExp])[] = [
    [
      { ...file, report: `${head}.${altered.toString('base64url')}.${signature}` },
      1,
      /The report was altered/,
    ],
    [{ ...file, report: another.report }, 1, /countersignature is that of another report/],
    [{ ...file, receipt: another.receipt }, 1, /countersignature is that of another report/],
    [{ ...file, receipt: `${file.receipt?.slice(0, -4)}AAAA` }, 1, /countersignature was altered/],
    [{ ...file, root: browserRootPEM }, 1, /certificate in the report/],
    [{ ...file, root: 'no certificate' }, 1, /root/],
    [{ ...file, ledgerKey: 'nonsense' }, 1, /countersignature was altered, or is not/],
    [await resigned({ iss: 'US-1005' }), 1, /in the name of US-1005, and signed by US-1004/],
    [await resigned({ firewall: [] }), 1, /firewall rules do not follow/],
    [await resigned({ accepted: false }), 1, /its steps say otherwise/],
    [await resigned({ iat: Number.MAX_SAFE_INTEGER }), 1, /says what no report can say/],
    [await resigned({ facility: '\u202Eelsewhere' }), 1, /says what no report can say/],
    [{ ...file, version: 2 }, 2, /has not the form of one/],
    [{ kind: 'chaperone-acceptance' }, 2, /has not the form of one/],
    ['{"kind":"chaperone-acceptance"', 2, /not JSON/],
  ];
  for (const [content, code, expected] of cases) {
    const said = verify(fileOf(content));
    assert.match(said.out + said.err, expected);
    assert.equal(said.code, code, said.out + said.err);
  }
  const good = fileOf(file);
  const key = 'gateway.example/chaperone-ledger+c4d4e4a5+AQ==';
  assert.equal(verify('--key', key, good).code, 2);
  const strange = path.join(directory, 'strange.pem');
  writeFileSync(strange, browserRootPEM);
  assert.equal(verify('--cart-root', strange, good).code, 1);
});
