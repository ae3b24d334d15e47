/**
 * Goal: the root of gateway and carts changes in the life of a service centre, and no cart that is used meanwhile notices more
 * than a renewal; one that slept through it is told what to do. Method: a rehearsal of the whole change with the real gateway
 * program, stopped for each step and started anew, and carts that enrol, renew and hear of roots by their own code.
 */
import { deepEqual, equal, match, notEqual, ok, rejects } from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Renewal, enrol, loadIdentity } from '@chaperone/cart/licence/licence.ts';
import type { CartIdentity, SessionStanding } from '@chaperone/cart/licence/licence.ts';
import { openLog } from '@chaperone/cart/platform/log.ts';
import { ManualClock } from '@chaperone/cart/platform/testing/manual-clock.ts';
import { decodePEM } from '@chaperone/protocol/x509/pem.ts';
import { ProgramFailed, call, start } from '../../tools/demo/program.ts';
import type { RunningProgram } from '../../tools/demo/program.ts';

const DAY = 86_400_000;

interface Standing {
  readonly phase: string;
  readonly roots: readonly { readonly fingerprint: string; readonly state: string }[];
  readonly waiting: readonly { readonly serial: string }[];
  readonly renewed: number;
}

/** A service centre that consists of the program and its data. */
class ServiceCentre implements AsyncDisposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'chaperone-rollover-'));
  readonly #config = path.join(this.folder, 'gateway.json');
  #program: RunningProgram | null = null;
  port = 0;

  constructor() {
    const loopback = { host: '127.0.0.1', port: 0 };
    const configuration = {
      dataDirectory: 'data',
      demo: true,
      serviceCentre: { name: 'Test', phone: '+1 555 0100', phiPolicyUrl: 'https://example.com/' },
      edge: { listen: loopback, gatewayNames: ['localhost'] },
      console: { listen: loopback, names: ['127.0.0.1'], tls: 'off' },
      directory: { kind: 'demo' },
      antivirus: { kind: 'none-demo' },
      log: { level: 'error' },
    };
    writeFileSync(this.#config, JSON.stringify(configuration));
  }

  async call(...command: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
    const { output } = await call('gateway', [...command, '--config', this.#config]);
    return JSON.parse(output) as Record<string, unknown>;
  }

  async start(): Promise<void> {
    const args = ['gateway', 'run', '--config', this.#config].slice(1);
    const { program, ready } = await start('gateway', args, path.join(this.folder, 'log'), (text) =>
      text.trimEnd().endsWith('}') ? (JSON.parse(text) as { edge: { port: number } }) : null,
    );
    this.#program = program;
    this.port = ready.edge.port;
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
    this.#program = null;
  }

  /** Takes a step as its manual says: stopped, then started anew. */
  async step(wrong: readonly (readonly [step: string, refusal: RegExp])[], ...command: string[]) {
    await this.stop();
    for (const [step, refusal] of wrong) {
      await rejects(this.call('rollover', step), (fault) => {
        ok(fault instanceof ProgramFailed);
        match(fault.message, refusal);
        return true;
      });
    }
    const standing = (await this.call('rollover', ...command)) as unknown as Standing;
    await this.start();
    return standing;
  }

  async standing(): Promise<Standing> {
    return (await this.call('rollover', 'status')) as unknown as Standing;
  }

  /** Kinds of the ledger's entries; the gateway must be stopped. */
  facts(): readonly Readonly<Record<string, unknown>>[] {
    const database = new DatabaseSync(path.join(this.folder, 'data', 'gateway.db'), {
      readOnly: true,
    });
    try {
      const rows = database.prepare('select line from ledger_entry order by entry_index').all();
      return rows.map(
        ({ line }) => (JSON.parse(String(line)) as { fact: Record<string, unknown> }).fact,
      );
    } finally {
      database.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A cart as far as its certificate goes. */
class Cart {
  readonly serial: string;
  readonly directory: string;
  readonly #centre: ServiceCentre;
  readonly clock = new ManualClock(Date.now());
  readonly facts: string[] = [];
  session: SessionStanding = 'none';
  renewal!: Renewal;

  constructor(centre: ServiceCentre, serial: string) {
    this.#centre = centre;
    this.serial = serial;
    this.directory = path.join(centre.folder, serial);
  }

  get #gateway() {
    return { host: '127.0.0.1', port: this.#centre.port, serverName: 'localhost' };
  }

  async enrol(replace = false): Promise<CartIdentity> {
    const { code, rootFingerprint } = await this.#centre.call(
      ...['licence', 'issue', 'cart', '--serial', this.serial],
    );
    const identity = await enrol({
      directory: this.directory,
      gateway: this.#gateway,
      proxy: { kind: 'none' },
      serial: this.serial,
      licenceCode: String(code),
      rootFingerprint: String(rootFingerprint),
      signal: new AbortController().signal,
      replace,
    });
    this.renewal = new Renewal({
      directory: this.directory,
      identity,
      mode: 'by-itself',
      road: async () => ({ gateway: this.#gateway, proxy: { kind: 'none' } }),
      session: () => this.session,
      journal: {
        append: async (facts) => void this.facts.push(...facts.map(({ kind }) => kind)),
        appendLater: (facts) => void this.facts.push(...facts.map(({ kind }) => kind)),
      },
      clock: this.clock,
      randomBytes: (length) => new Uint8Array(length),
      log: openLog('silent'),
    });
    return identity;
  }

  /** A session of an operator: connected, and over. */
  async holdSession(): Promise<void> {
    this.session = 'connected';
    await this.renewal.look();
    this.session = 'none';
    await this.renewal.look();
  }

  /** Fingerprints of the roots that it holds, and that of the one which issued its certificate. */
  async roots(): Promise<{ readonly held: readonly string[]; readonly own: string }> {
    const identity = await loadIdentity(this.directory);
    deepEqual(identity, this.renewal.identity);
    const of = (pem: string): readonly string[] =>
      decodePEM('CERTIFICATE', pem).map((der) =>
        new X509Certificate(der).fingerprint256.replaceAll(':', '').toLowerCase(),
      );
    return { held: of(identity.cartRootPem), own: of(identity.ownRootPem)[0] ?? '' };
  }
}

test('the cart root is changed: announced, activated, finished; who slept through it enrols again', async () => {
  await using centre = new ServiceCentre();
  await centre.call('establish');
  await centre.start();
  const [quick, late, sleeper] = ['US-QUICK', 'US-LATE', 'US-SLEEPER'].map(
    (serial) => new Cart(centre, serial),
  ) as [Cart, Cart, Cart];
  for (const cart of [quick, late, sleeper]) await cart.enrol();
  const { own: older } = await quick.roots();
  await rejects(centre.call('rollover', 'announce'), /using the data directory/);

  // First step: the new root is made, and heard of.
  const notYet = /No new cart root was announced/;
  const announced = await centre.step(
    [
      ['activate', notYet],
      ['finish', notYet],
    ],
    'announce',
  );
  equal(announced.phase, 'announced');
  const newer = announced.roots.at(-1)?.fingerprint ?? '';
  notEqual(newer, older);
  await quick.holdSession();
  deepEqual(await quick.roots(), { held: [older, newer], own: older });
  deepEqual(quick.facts, ['cart-roots-changed']);
  await quick.holdSession();
  deepEqual(quick.facts, ['cart-roots-changed']);
  const young = new Cart(centre, 'US-YOUNG');
  await young.enrol();
  deepEqual(await young.roots(), { held: [older, newer], own: older });

  // Second step: it certifies. Carts that hold the old root only still know the gateway by what the old root certified.
  const goOn = /A new cart root is announced\. Go on with: .* activate/;
  const activated = await centre.step(
    [
      ['announce', goOn],
      ['finish', goOn],
    ],
    'activate',
  );
  equal(activated.phase, 'replacing');
  deepEqual((await centre.standing()).waiting.map(({ serial }) => serial).toSorted(), [
    'US-LATE',
    'US-QUICK',
    'US-SLEEPER',
    'US-YOUNG',
  ]);
  for (const cart of [quick, late, young]) {
    await cart.holdSession();
    deepEqual(await cart.roots(), { held: [older, newer], own: newer }, cart.serial);
    equal(cart.renewal.due().state, 'good');
  }
  deepEqual(late.facts, ['cart-roots-changed', 'renewal-begun', 'certificate-renewed']);
  const born = new Cart(centre, 'US-BORN');
  await born.enrol();
  deepEqual(await born.roots(), { held: [newer], own: newer });
  const half = await centre.standing();
  deepEqual(
    half.waiting.map(({ serial }) => serial),
    ['US-SLEEPER'],
  );
  equal(half.renewed, 4);

  // Third step: the old one goes. Nobody is left behind unless by name.
  ok(existsSync(path.join(centre.folder, 'data/authority/cart.key.pem')));
  const finished = await centre.step(
    [['finish', /no certificate of the new root yet: US-SLEEPER\. /]],
    ...['finish', '--leave', 'US-SLEEPER'],
  );
  deepEqual([finished.phase, finished.waiting], ['settled', []]);
  deepEqual(
    finished.roots.map(({ state }) => state),
    ['gone', 'issuing'],
  );
  ok(!existsSync(path.join(centre.folder, 'data/authority/cart.key.pem')));
  await quick.holdSession();
  deepEqual(await quick.roots(), { held: [newer], own: newer });

  // The sleeper wakes in the last third of its certificate's life. It knows the gateway, and hears what to do.
  sleeper.clock.advance(500 * DAY);
  await sleeper.renewal.look();
  deepEqual(sleeper.facts, ['renewal-begun', 'renewal-failed']);
  const { state, failure, advice } = sleeper.renewal.due();
  deepEqual([state, failure], ['refused', 'CART_ROOT_RETIRED']);
  match(advice ?? '', /changed its root while this cart was away\. Enrol the cart again/);
  deepEqual(await sleeper.roots(), { held: [older], own: older });
  await sleeper.enrol(true);
  deepEqual(await sleeper.roots(), { held: [newer], own: newer });

  await centre.stop();
  const told = centre.facts().filter(({ kind }) => String(kind).startsWith('cart-root-'));
  deepEqual(
    told.map(({ kind, fingerprint, left }) => [kind, fingerprint, left]),
    [
      ['cart-root-announced', newer, undefined],
      ['cart-root-activated', newer, undefined],
      ['cart-root-retired', older, ['US-SLEEPER']],
    ],
  );
});
