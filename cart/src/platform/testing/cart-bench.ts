/**
 * Test support: a cart's session, files and tunnel put together against a scripted desk, with temporary directories
 * and everything cleaned up at the end of the test.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import type { TemplatesPin } from '@chaperone/deidentification/dicom/template.ts';
import { DEFAULT_BLOCKED_KEYS } from '@chaperone/domain/key-block/key-block.ts';
import { mayUseTemplates } from '@chaperone/domain/facility-policy/facility-policy.ts';
import type { PolicyStanding } from '@chaperone/domain/facility-policy/facility-policy.ts';
import { NOTICE_VERSION } from '@chaperone/domain/notice/notice.ts';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import { DEFAULT_SESSION_LIMITS } from '@chaperone/domain/session/limits.ts';
import type { SessionLimits } from '@chaperone/domain/session/limits.ts';
import type { SessionState } from '@chaperone/domain/session/state.ts';
import type { Hello } from '@chaperone/protocol/cart-api/schema.ts';
import { keyThumbprint } from '@chaperone/protocol/x509/algorithm.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { CartEvidence } from '../../evidence/evidence.ts';
import { Deidentification } from '../../deidentification/deidentification.ts';
import { Files } from '../../files/files.ts';
import { IndicatorKeeper, noIndicator } from '../../indicator/indicator.ts';
import type { Indicator } from '../../indicator/indicator.ts';
import { connectSource, Masking } from '../../screen/screen.ts';
import type { ScreenSource } from '../../screen/screen.ts';
import { TestPolicy } from '../../session/testing/test-policy.ts';
import { TestLicence } from '../../session/testing/test-licence.ts';
import { InterlockMark, PanelPresence, Session } from '../../session/session.ts';
import { Tunnel } from '../../tunnel/tunnel.ts';
import { Unmasking } from '../../unmask/unmask.ts';
import { Watching } from '../../watching/watching.ts';
import { instantOf, systemClock } from '../clock.ts';
import { openLog } from '../log.ts';
import { LicensedWorkstation, TEST_CASE } from './licensed-workstation.ts';
import { MemoryJournal } from './memory-journal.ts';
import { ScriptedDesk, TEST_SERVER_NAME } from './scripted-desk.ts';
import type { DeskConnection } from './scripted-desk.ts';
import { TestAuthority } from './test-authority.ts';
import type { Certified } from './test-authority.ts';

export const TEST_SERIAL = 'US-1' as unknown as CartSerial;

/** Certificates are slow to make; one set serves all tests of a file. */
export interface TestCertificates {
  readonly root: TestAuthority;
  readonly workstations: TestAuthority;
  readonly server: Certified;
  readonly cart: Certified;
  readonly workstation: LicensedWorkstation;
}

export async function testCertificates(): Promise<TestCertificates> {
  const root = await TestAuthority.make('p256-sha3-256', 'Carts');
  const workstations = await TestAuthority.make('p256-sha256', 'Workstations');
  return {
    root,
    workstations,
    server: await root.server(TEST_SERVER_NAME),
    cart: await root.cart(TEST_SERIAL),
    workstation: await LicensedWorkstation.license(workstations),
  };
}

export interface BenchOptions {
  readonly certificates: TestCertificates;
  readonly limits?: Partial<SessionLimits>;
  readonly templates?: TemplatesPin;
  readonly inboxBytesMax?: number;
  /** The ledger's verifier key that it has pinned. */
  readonly ledgerKey?: string;
  /** What its licence includes; everything by default. */
  readonly licensed?: readonly Activity[];
  /** How the cart stands to its facility's policy; without one by default. */
  readonly standing?: PolicyStanding;
  /** Where the inbox is; a directory of its own by default. */
  readonly inboxPath?: string;
  readonly proxy?: ProxySettings;
  /** What the cart dials instead of the desk itself. */
  readonly dial?: { readonly host?: string; readonly port?: number; readonly serverName?: string };
  readonly cart?: Certified;
  /** What the cart believes, PEM; the desk's own root by default. */
  readonly cartRootPem?: string;
  readonly screenSource?: ScreenSource;
  /** What its display shows of a session; by default the panel is the display. */
  readonly indicator?: Indicator;
  /** How long input waits after the operator's own hand. */
  readonly operatorPauseMs?: number;
  /** Combinations of keys that do not pass; the usual ones by default. */
  readonly blockedKeys?: readonly string[];
  /** What the gateway says when it is asked whether it refuses this cart; nothing by default. */
  readonly isRefused?: () => boolean;
  /** What of the screen is covered; default: nothing. */
  readonly masking?: Masking;
}

export interface CartBench {
  readonly desk: ScriptedDesk;
  readonly session: Session;
  readonly journal: MemoryJournal;
  readonly files: Files;
  readonly evidence: CartEvidence;
  readonly presence: PanelPresence;
  readonly indicator: IndicatorKeeper;
  readonly policy: TestPolicy;
  readonly unmasking: Unmasking;
  readonly watching: Watching;
  readonly exposed: string;
  readonly inbox: string;
  /** Settles when the session's state fits. */
  until(fits: (state: SessionState) => boolean): Promise<void>;
}

/** Starts desk and cart; both are gone when the test is over. */
export async function startBench(t: TestContext, options: BenchOptions): Promise<CartBench> {
  const { root, server, workstations } = options.certificates;
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-cart-'));
  const exposed = path.join(directory, 'exposed');
  const inbox = options.inboxPath ?? path.join(directory, 'inbox');
  await mkdir(exposed);
  await mkdir(inbox, { recursive: true });
  const desk = await ScriptedDesk.start(root, server);
  const journal = new MemoryJournal();
  const clock = systemClock();
  const log = openLog('silent');
  const cart = options.cart ?? options.certificates.cart;
  const sign = (typ: string, claims: object) => signStatement(typ, claims, cart.key, 'ES256');
  const policy = new TestPolicy();
  policy.standing = options.standing ?? { is: 'none' };
  const presence = new PanelPresence(false, () => clock.monotonicMs());
  const indicator = new IndicatorKeeper({
    indicator: options.indicator ?? noIndicator(null),
    now: () => instantOf(clock),
    language: () => presence.language,
  });
  const session = new Session({
    indicator,
    interlockMark: new InterlockMark(directory, log),
    operatorPauseMs: options.operatorPauseMs ?? 3000,
    serial: TEST_SERIAL,
    journal,
    sign,
    clock,
    limits: { ...DEFAULT_SESSION_LIMITS, ...options.limits },
    licence: new TestLicence(options.licensed),
    policy,
    randomBytes,
    log,
  });
  indicator.follow(session);
  const files = await Files.open({
    dataDirectory: directory,
    directories: [{ id: 'images', label: 'Images', path: exposed }],
    inbox: { path: inbox, label: 'Inbox', bytesMax: options.inboxBytesMax ?? 10_000_000 },
    deidentification: await Deidentification.open({
      dataDirectory: directory,
      templates: options.templates ?? {},
      mayUseTemplates: (sha256) => mayUseTemplates(policy.standing, sha256),
    }),
    onTransfers: () => session.observed(),
  });
  const evidence = await CartEvidence.open({
    dataDirectory: directory,
    identity: () => ({
      certificatePem: cart.pem,
      cartRootPem: root.pem,
      ledgerKey: options.ledgerKey ?? '',
    }),
    appendLater: (facts) => journal.appendLater(facts),
    utcMs: () => clock.utcMs(),
    log,
  });
  evidence.follow(session);
  const unmasking = new Unmasking(options.masking ?? new Masking({ is: 'off' }), session);
  const watching = new Watching({ session, indicator, serial: TEST_SERIAL, sign, randomBytes });
  const tunnel = new Tunnel({
    session,
    unmasking,
    watching,
    evidence,
    files,
    presence,
    indicator,
    blockedKeys: options.blockedKeys ?? DEFAULT_BLOCKED_KEYS,
    screenSource: options.screenSource ?? connectSource({ kind: 'demo' }),
    journalPage: async (from) => ({ entries: [...(await journal.lines(from))], head: 'a.b.c' }),
    identity: {
      serial: TEST_SERIAL,
      model: 'Bench',
      software: 'test',
      keyThumbprint: keyThumbprint(cart.publicKey),
      workstationAuthority: workstations.der,
    },
    roadSettings: async () => ({
      gateway: {
        host: '127.0.0.1',
        port: desk.port,
        serverName: TEST_SERVER_NAME,
        ...options.dial,
      },
      proxy: options.proxy ?? { kind: 'none' },
    }),
    dialling: {
      certificatePem: cart.pem,
      keyPem: cart.keyPem,
      cartRootPem: options.cartRootPem ?? root.pem,
    },
    isRefused: async () => options.isRefused?.() ?? false,
    randomBytes,
    monotonicMs: () => clock.monotonicMs(),
    utcMs: () => clock.utcMs(),
    log,
  });
  t.after(async () => {
    // At once: after the end the cart waits 2 s for a desk that is still there.
    await Promise.all([session.close(), tunnel.close(), desk.close()]);
    indicator.close();
    unmasking.close();
    watching.close();
    // The receipt of what has just ended is still being kept.
    await evidence.settled();
    await rm(directory, { recursive: true, force: true });
  });
  const until = (fits: (state: SessionState) => boolean): Promise<void> =>
    new Promise((resolve) => {
      if (fits(session.state)) return resolve();
      const stop = session.onChange((state) => {
        if (!fits(state)) return;
        stop();
        resolve();
      });
    });
  const parts = {
    desk,
    unmasking,
    watching,
    indicator,
    session,
    journal,
    files,
    evidence,
    presence,
    policy,
  };
  return { ...parts, exposed, inbox, until };
}

export interface OpenedBench extends CartBench {
  readonly interactive: DeskConnection;
  readonly bulk: DeskConnection;
  readonly hello: Hello;
}

/** Presses, accepts, and greets both connections: the session waits for an offer. */
export async function connect(bench: CartBench): Promise<OpenedBench> {
  bench.session.press();
  await bench.session.acceptNotice(NOTICE_VERSION);
  const interactive = await bench.desk.connection();
  const hello = await interactive.hello();
  const bulk = await bench.desk.connection();
  assert.equal((await bulk.hello()).connection, 'bulk');
  return { ...bench, interactive, bulk, hello };
}

export interface GrantedBench extends OpenedBench {
  readonly grantId: string;
  /** Headers that name the grant. */
  readonly granted: Readonly<Record<string, string>>;
}

/** Offers the workstation's request and touches it. */
export async function grant(
  opened: OpenedBench,
  workstation: LicensedWorkstation,
  activities: readonly Activity[] = ['view', 'control', 'fetch-files', 'send-files'],
): Promise<GrantedBench> {
  const { session, interactive, hello } = opened;
  const jws = await workstation.request(hello);
  const offered = await interactive.ask('PUT', '/v1/offer', {
    body: { case: TEST_CASE, requests: [jws] },
  });
  assert.deepEqual(offered.json()['refused'], []);
  const waiting = session.state;
  assert.ok(waiting.phase === 'waiting');
  const [request] = waiting.requests;
  assert.ok(request);
  await session.consent(request.id, activities);
  const given: SessionState = session.state;
  assert.ok(given.phase === 'granted');
  const grantId: string = given.grant.id;
  return { ...opened, grantId, granted: { 'chaperone-grant': grantId } };
}
