/**
 * Test support: a whole demo gateway in a temporary directory, a cart that does what it is told, and a technician who
 * signs with a key of WebCrypto, all through the same roads as in life.
 */
import { randomBytes } from 'node:crypto';
import type { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { ClientRequest, RequestOptions } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { parseLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import { decodeESTBody, encodeESTBody } from '@chaperone/protocol/est/est.ts';
import { readCertificatesOnly } from '@chaperone/protocol/est/certificates-only.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { makeCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { makeWorkstationProof } from '@chaperone/protocol/x509/workstation-proof.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { exportJWK } from 'jose';
import WebSocket from 'ws';
import { DEMO_SIGN_INS, establishGateway, startGateway } from '../../composition.ts';
import type { DemoSignIn, GatewayOverrides, RunningGateway } from '../../composition.ts';
import { BUILT_IN_DEMO_PEOPLE } from '../../directory/demo/demo.ts';
import { ScriptedCart } from '../../desk/tunnel/testing/scripted-cart.ts';
import type { ScriptedCartOptions } from '../../desk/tunnel/testing/scripted-cart.ts';
import { checkConfiguration } from '../../platform/configuration/configuration.ts';
import type { Configuration } from '../../platform/configuration/configuration.ts';
import type { DatabaseLocation } from '../../platform/database/database.ts';
import { silentLog } from '../../platform/log/log.ts';
import type { Answer, AskOptions } from './answer.ts';
import { licenseOverTLS } from './licensed-over-tls.ts';

export type { Answer, AskOptions } from './answer.ts';

export const SERIAL = 'US-1001';
const PASSWORD = 'chestnut-velvet-19';

/** The configuration of a demo gateway on free ports. */
export function demoConfiguration(
  directory: string,
  location: DatabaseLocation | null = null,
  tls: 'off' | 'browser-chain' = 'off',
  secondFactor: 'off-demo' | 'required' = 'off-demo',
  sections: object = {},
): Configuration {
  const database = databaseSetting(directory, location);
  return checkConfiguration(
    {
      dataDirectory: path.join(directory, 'gateway'),
      demo: true,
      serviceCentre: {
        name: 'Test Centre',
        phone: '+1 555 0100',
        phiPolicyUrl: 'https://example.com/phi',
      },
      edge: { listen: { host: '127.0.0.1', port: 0 }, gatewayNames: ['localhost'] },
      console: {
        listen: { host: '127.0.0.1', port: 0 },
        names: ['127.0.0.1', 'localhost'],
        tls,
      },
      database,
      directory: { kind: 'demo', peopleFile: path.join(directory, 'people.json') },
      portal: { listen: { host: '127.0.0.1', port: 0 }, names: ['localhost', '127.0.0.1'] },
      antivirus: { kind: 'none-demo' },
      signIn: { secondFactor },
      posture: { kind: 'off-demo' },
      ...sections,
    },
    { source: 'test', directory },
  );
}

/** SQLite is inside the data directory; a PostgreSQL database is given by the suite. */
function databaseSetting(directory: string, location: DatabaseLocation | null): object {
  if (location?.kind !== 'postgresql') return { url: 'sqlite' };
  if (location.password === undefined) return { url: location.url };
  const passwordFile = path.join(directory, 'database-password');
  writeFileSync(passwordFile, location.password, { mode: 0o600 });
  return { url: location.url, passwordFile };
}

/** A lead who is no technician and no administrator either: the demo has none. */
export const LEAD_ALONE = {
  login: 'mira.solberg',
  displayName: 'Mira Solberg',
  roles: ['lead'],
  password: PASSWORD,
} as const;

/** The made-up people of a demo, by their accounts. */
export type DemoName = 'tara' | 'lena' | 'ada' | 'amir' | 'ines' | 'finn';

export interface TestGateway extends AsyncDisposable {
  readonly directory: string;
  readonly configuration: Configuration;
  readonly running: RunningGateway;
  /** Stops and starts it again on the same data. */
  restart(): Promise<void>;
  enrolCart(serial?: string): Promise<ScriptedCart>;
  signedIn(person?: DemoName): Promise<Technician>;
  /** Somebody of the test's own people file, with an account made now. */
  signedInAs(person: { readonly login: string; readonly displayName: string }): Promise<Technician>;
}

/**
 * Establishes and starts a gateway.
 * @param sections of the configuration, in the place of the demo's own
 * @param real sections of production, which are put in after the configuration was checked as a demo's
 */
export async function newTestGateway(
  overrides: GatewayOverrides = {},
  location: DatabaseLocation | null = null,
  secondFactor: 'off-demo' | 'required' = 'off-demo',
  tls: 'off' | 'browser-chain' = 'off',
  sections: object = {},
  real: Partial<Configuration> = {},
): Promise<TestGateway> {
  const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-gateway-'));
  const otto = {
    login: 'otto.brandt',
    displayName: 'Otto Brandt',
    roles: ['technician'],
    password: PASSWORD,
  };
  const people = { people: [...BUILT_IN_DEMO_PEOPLE.people, otto, LEAD_ALONE] };
  writeFileSync(path.join(directory, 'people.json'), JSON.stringify(people), { mode: 0o600 });
  const checked = demoConfiguration(directory, location, tls, secondFactor, sections);
  const configuration = { ...checked, ...real };
  const given = { log: silentLog(), ...overrides };
  await establishGateway(configuration, { by: 'test' }, given);
  let running = await startGateway(configuration, given);
  const carts: ScriptedCart[] = [];
  return {
    directory,
    configuration,
    get running() {
      return running;
    },
    restart: async () => {
      await running.close();
      running = await startGateway(configuration, given);
    },
    enrolCart: async (serial = SERIAL) => {
      const cart = await enrolCart(running, serial);
      carts.push(cart);
      return cart;
    },
    signedIn: async (person = 'tara') => await Technician.signIn(running, person),
    signedInAs: async ({ login, displayName }) => {
      const accountName = login.replace('.', '-');
      const account = { accountName, directoryLogin: login, name: displayName, password: PASSWORD };
      await running.administer({ act: 'add-account', by: 'test', ...account });
      const technician = new Technician(running.consoleUrl);
      await technician.enrol(running);
      await technician.passGatesWith(
        { login, password: PASSWORD },
        { userId: accountName, password: PASSWORD },
      );
      return technician;
    },
    [Symbol.asyncDispose]: async () => {
      for (const cart of carts) cart.drop();
      await running.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Enrols a cart by EST through the edge, with a key of its own. */
export async function enrolCart(
  running: Pick<RunningGateway, 'authority' | 'edgeAddress'>,
  serial: string,
): Promise<ScriptedCart> {
  return new ScriptedCart(await enrolKey(running, serial));
}

/** Enrols a key by EST through the edge: what a cart has then. */
export async function enrolKey(
  running: Pick<RunningGateway, 'authority' | 'edgeAddress'>,
  serial: string,
): Promise<ScriptedCartOptions> {
  const { code } = await running.authority.issueCartLicence(parseCartSerial(serial), {
    by: 'test',
  });
  return await enrolByCode(running, serial, code);
}

/** The same with a licence that was issued before. */
export async function enrolByCode(
  running: Pick<RunningGateway, 'authority' | 'edgeAddress'>,
  serial: string,
  code: string,
): Promise<ScriptedCartOptions> {
  const plate = parseCartSerial(serial);
  const { privateKey, publicKey } = await newKeyPair('p256-sha3-256');
  const { port } = running.edgeAddress;
  const root = running.authority.publicRoots.cartRootPEM;
  const request = httpsRequest({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca: root,
    method: 'POST',
    path: '/.well-known/est/simpleenroll',
    auth: `${serial}:${code}`,
    headers: { 'content-type': 'application/pkcs10', host: 'localhost' },
    agent: new Agent({ ALPNProtocols: ['http/1.1'] }),
  });
  request.end(encodeESTBody(makeCertificationRequest(plate, privateKey)));
  const [response] = await once(request, 'response');
  const body = await readAll(response);
  if (response.statusCode !== 200) throw new Error(`enrolment: ${response.statusCode} ${body}`);
  const [der] = readCertificatesOnly(decodeESTBody(body, 65_536));
  const certificate = encodePEM('CERTIFICATE', der ?? new Uint8Array());
  const at = { host: '127.0.0.1', port, serverName: 'localhost', root };
  return { ...at, serial, privateKey, publicKey, certificate };
}

/** What came over an event stream. */
export interface Heard {
  readonly events: readonly Readonly<Record<string, unknown>>[];
  until(fits: (event: Readonly<Record<string, unknown>>) => boolean): Promise<void>;
  close(): void;
  /** When the stream ends, whoever ends it. */
  readonly ended: Promise<void>;
}

/** A technician at a licensed workstation, with a browser's means. */
export class Technician {
  #base: URL;
  /** What the browser trusts and shows; used where the console has TLS. */
  tls: { readonly ca?: string; readonly key?: string; readonly cert?: string } = {};
  cookie = '';
  workstation = '';
  id = '';
  name = '';
  chain: readonly string[] = [];
  keys: webcrypto.CryptoKeyPair | null = null;

  constructor(base: string) {
    this.#base = new URL(base);
  }

  /** Enrols a workstation and passes both gates. */
  static async signIn(running: RunningGateway, person: DemoName): Promise<Technician> {
    const technician = new Technician(running.consoleUrl);
    await technician.enrol(running);
    await technician.passGates(person);
    return technician;
  }

  /** Goes on with a gateway that was started again on another port. */
  moveTo(running: RunningGateway): void {
    this.#base = new URL(running.consoleUrl);
  }

  async enrol(running: RunningGateway): Promise<void> {
    const { code } = await running.authority.issueWorkstationLicence('Desk 1', { by: 'test' });
    if (this.#base.protocol === 'https:') {
      this.tls = { ca: running.authority.publicRoots.browserRootPEM };
      const licensed = await licenseOverTLS(this, code);
      this.tls = { ...this.tls, ...licensed.browser };
      this.workstation = licensed.workstation;
      ({ chain: this.chain, keys: this.keys } = licensed);
      return;
    }
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
      'verify',
    ]);
    this.keys = keys;
    const { kty, crv, x, y } = await exportJWK(keys.publicKey);
    const proof = await makeWorkstationProof(keys, parseLicenceCode(code), Date.now());
    const body = { licenceCode: code, label: 'Desk 1', jwk: { kty, crv, x, y }, proof };
    const {
      status,
      body: licence,
      text,
    } = await this.ask('POST', '/api/workstation/enrol', { body });
    if (status !== 200) throw new Error(`workstation: ${status} ${text}`);
    const { workstation, chain } = licence as unknown as { workstation: string; chain: string[] };
    this.workstation = workstation;
    this.chain = chain;
  }

  async passGates(person: DemoName): Promise<void> {
    const demo = DEMO_SIGN_INS.find((each) => each.gateway.userId === person) as DemoSignIn;
    await this.passGatesWith(demo.directory, demo.gateway);
  }

  async passGatesWith(
    directory: DemoSignIn['directory'],
    gateway: DemoSignIn['gateway'],
  ): Promise<void> {
    const first = { ...directory, workstation: this.workstation };
    const one = await this.ask('POST', '/api/sign-in/directory', { body: first });
    if (one.status !== 200) throw new Error(`first gate: ${one.text}`);
    const two = await this.ask('POST', '/api/sign-in/gateway', { body: gateway });
    if (two.status !== 200) throw new Error(`second gate: ${two.text}`);
    const { technician } = two.body as unknown as { technician: { id: string; name: string } };
    this.id = technician.id;
    this.name = technician.name;
  }

  async ask(method: string, target: string, options: AskOptions = {}): Promise<Answer> {
    const payload =
      options.bytes ??
      (options.body === undefined ? null : Buffer.from(JSON.stringify(options.body)));
    const request = this.#request({
      method,
      path: target,
      headers: {
        host: this.#base.host,
        origin: this.#base.origin,
        // As a script of the console's own page asks.
        'sec-fetch-dest': 'empty',
        ...(this.cookie === '' ? {} : { cookie: this.cookie }),
        ...(payload === null ? {} : { 'content-length': String(payload.length) }),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options.bytes === undefined ? {} : { 'content-type': 'application/octet-stream' }),
        ...options.headers,
      },
    });
    request.end(payload ?? undefined);
    const [response] = await once(request, 'response');
    const text = await readAll(response);
    const [cookie] = (response.headers['set-cookie'] ?? []) as string[];
    if (cookie !== undefined) this.cookie = cookie.split(';')[0] ?? '';
    let body = {};
    try {
      body = JSON.parse(text) as object;
    } catch {
      // Not every answer is JSON.
    }
    return { status: response.statusCode, headers: response.headers, text, body };
  }

  /** Asks over a connection of its own. */
  #request(options: RequestOptions): ClientRequest {
    const at = { host: '127.0.0.1', port: this.#base.port, agent: false as const, ...options };
    return this.#base.protocol === 'https:'
      ? httpsRequest({ ...at, servername: 'localhost', ...this.tls })
      : httpRequest(at);
  }

  /** Listens to the event stream as a page does. */
  async listen(): Promise<Heard> {
    const request = this.#request({
      path: '/api/events',
      headers: { host: this.#base.host, cookie: this.cookie },
    });
    request.end();
    const [response] = await once(request, 'response');
    const events: Readonly<Record<string, unknown>>[] = [];
    // A connection that is cut off is an error of what was being read.
    response.on('error', () => undefined);
    const ended = new Promise<void>((resolve) => response.once('close', () => resolve()));
    let waiters: (() => void)[] = [];
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (text + chunk).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        if (line.startsWith('data: '))
          events.push(JSON.parse(line.slice(6)) as Record<string, unknown>);
      }
      for (const waiter of waiters.splice(0)) waiter();
    });
    return {
      events,
      ended,
      until: async (fits) => {
        while (!events.some(fits)) await new Promise<void>((resolve) => waiters.push(resolve));
      },
      close: () => {
        waiters = [];
        request.destroy();
      },
    };
  }

  /** Signs a session request for what the desk says about the case now. */
  async signedRequest(
    serviceCase: {
      readonly id: string;
      readonly number: string;
      readonly cart: string;
      readonly deidentification?: string;
    },
    activities: readonly Activity[],
    change: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    const { body } = await this.ask('GET', `/api/cases/${serviceCase.id}/session`);
    const detail = body as unknown as { session: string; challenge: string; grant: string | null };
    const iat = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.workstation,
      sub: this.id,
      name: this.name,
      cart: serviceCase.cart,
      case: serviceCase.id,
      caseNumber: serviceCase.number,
      session: detail.session,
      challenge: detail.challenge,
      purpose: 'request',
      grant: null,
      activities,
      deidentification: serviceCase.deidentification ?? 'not-required',
      iat,
      exp: iat + 300,
      ...change,
    };
    if (this.keys === null) throw new Error('the workstation is not enrolled');
    return await signStatement(
      TYP.sessionRequest,
      claims,
      this.keys.privateKey,
      'ES256',
      this.chain,
    );
  }

  /** Opens a WebSocket as a page of the console does. */
  webSocket(target: string, headers: Readonly<Record<string, string>> = {}): WebSocket {
    const scheme = this.#base.protocol === 'https:' ? 'wss' : 'ws';
    return new WebSocket(`${scheme}://${this.#base.host}${target}`, {
      ...this.tls,
      headers: { origin: this.#base.origin, cookie: this.cookie, ...headers },
      perMessageDeflate: false,
    });
  }
}

/** Every fact of the ledger so far. */
export async function factsOf({ ledger }: RunningGateway): Promise<readonly LedgerFact[]> {
  await ledger.settle();
  const { size } = ledger.status();
  return size === 0 ? [] : (await ledger.page(0, Math.min(size, 1000))).map(({ fact }) => fact);
}

type FactOf<K extends LedgerFact['kind']> = LedgerFact & { readonly kind: K };

/** Waits for a fact that the gateway writes in its own time. */
export async function factOf<K extends LedgerFact['kind']>(
  running: RunningGateway,
  kind: K,
  fits: (fact: FactOf<K>) => boolean = () => true,
): Promise<FactOf<K>> {
  for (let tries = 0; tries < 1000; tries += 1) {
    for (const fact of await factsOf(running)) {
      const own = fact as FactOf<K>;
      if (fact.kind === kind && fits(own)) return own;
    }
    await delay(10);
  }
  throw new Error(`no fact ${kind} came`);
}

/** Random content for a file. */
export function someBytes(length: number): Buffer {
  return randomBytes(length);
}
