/**
 * A captured gateway against a real cart: the composition of the agent with its real panel, files, journal and
 * demo screen, and a peer that holds every key a gateway holds and does what a test says.
 *
 * It keeps books: what was refused to the gateway must be in the cart's journal, no more and no less, and at the end
 * an honest session over the same cart works and `chaperone verify` believes its journal.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { startAgent, enrolledCart } from '@chaperone/cart/composition/testing/enrolled-cart.ts';
import type { EnrolledCart } from '@chaperone/cart/composition/testing/enrolled-cart.ts';
import type { RunningCart } from '@chaperone/cart/composition.ts';
import { testCertificates } from '@chaperone/cart/platform/testing/cart-bench.ts';
import type { TestCertificates } from '@chaperone/cart/platform/testing/cart-bench.ts';
import {
  LicensedWorkstation,
  TEST_CASE,
} from '@chaperone/cart/platform/testing/licensed-workstation.ts';
import { ScriptedDesk } from '@chaperone/cart/platform/testing/scripted-desk.ts';
import type { Answer, DeskConnection } from '@chaperone/cart/platform/testing/scripted-desk.ts';
import { PROBLEM_TABLE } from '@chaperone/cart/platform/problem-table.ts';
import type { ProblemCode } from '@chaperone/cart/platform/problem-table.ts';
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import { problem } from '@chaperone/protocol/cart-api/schema.ts';
import type { Hello } from '@chaperone/protocol/cart-api/schema.ts';
import { eventually } from '../../harness/eventually.ts';
import { Operator } from '../../harness/operator.ts';

const VERIFY = path.resolve(import.meta.dirname, '../../../verify/src/main.ts');
const run = promisify(execFile);

/** What lies outside of everything that the cart exposes; it must never be seen in any answer. */
export const SECRET = 'not for any technician';
/** What may be fetched. */
export const IMAGE = Buffer.from('an image that may be fetched');

/** A line of the cart's journal, as far as the tests look into it. */
export interface JournalLine {
  readonly kind: string;
  readonly sessionId?: string | null;
  readonly operation?: string;
  readonly code?: string;
  readonly count?: number;
}

/** What a captured gateway has in hand of one session. */
export interface Foothold {
  readonly interactive: DeskConnection;
  readonly bulk: DeskConnection;
  readonly hello: Hello;
}

export interface GrantedFoothold extends Foothold {
  readonly request: string;
  readonly grantId: string;
  readonly grantJWS: string;
  /** Headers that name the grant, and a transfer. */
  readonly granted: Readonly<Record<string, string>>;
}

let certificates: Promise<TestCertificates> | null = null;

export class Stage {
  readonly certificates: TestCertificates;
  readonly gateway: ScriptedDesk;
  readonly enrolled: EnrolledCart;
  readonly cart: RunningCart;
  readonly operator: Operator;
  /** How often the journal has to tell of each `operation code`, by what the gateway was told. */
  readonly #refusals = new Map<string, number>();

  private constructor(
    given: TestCertificates,
    gateway: ScriptedDesk,
    enrolled: EnrolledCart,
    cart: RunningCart,
  ) {
    this.certificates = given;
    this.gateway = gateway;
    this.enrolled = enrolled;
    this.cart = cart;
    this.operator = new Operator(cart.panelUrl, cart.credential);
  }

  /**
   * Starts gateway and cart; both are gone when the test is over.
   * @param change of the cart's configuration
   * @param prepare what is put on the cart's disk before its agent starts
   */
  static async start(
    t: TestContext,
    change: object = {},
    prepare: (enrolled: EnrolledCart) => Promise<void> = () => Promise.resolve(),
  ): Promise<Stage> {
    certificates ??= testCertificates();
    const given = await certificates;
    const gateway = await ScriptedDesk.start(given.root, given.server);
    t.after(() => gateway.close());
    const enrolled = await enrolledCart(t, given, gateway.port, change);
    await mkdir(path.join(enrolled.directory, 'exposed', 'study'));
    await writeFile(path.join(enrolled.directory, 'exposed', 'image.bin'), IMAGE);
    await writeFile(path.join(enrolled.directory, 'exposed', 'study', 'one.bin'), IMAGE);
    await writeFile(path.join(enrolled.directory, 'secret.txt'), SECRET);
    await prepare(enrolled);
    const cart = await startAgent(enrolled);
    return new Stage(given, gateway, enrolled, cart);
  }

  get exposed(): string {
    return path.join(this.enrolled.directory, 'exposed');
  }
  get inbox(): string {
    return path.join(this.enrolled.directory, 'inbox');
  }

  /** The operator presses and accepts; the gateway greets both connections. */
  async connect(): Promise<Foothold> {
    // What the cart dialled for a session that is over.
    this.gateway.dropWaiting();
    await this.operator.press();
    await this.operator.accept();
    return this.greet();
  }

  /** The gateway greets the two connections that the cart dials. */
  async greet(): Promise<Foothold> {
    const interactive = await this.gateway.connection();
    const hello = await interactive.hello();
    const bulk = await this.gateway.connection();
    assert.equal((await bulk.hello()).connection, 'bulk');
    return { interactive, bulk, hello };
  }

  /** Shows an honest request, and the operator grants some of it. */
  async grant(
    foothold: Foothold,
    activities: readonly Activity[] = ACTIVITIES,
    workstation = this.certificates.workstation,
  ): Promise<GrantedFoothold> {
    const request = await workstation.request(foothold.hello);
    const offered = await patiently(() => offer(foothold, [request]));
    assert.deepEqual(offered.json()['refused'], []);
    const [shown] = (await this.operator.view()).requests;
    await this.operator.consent(shown?.id ?? '', activities);
    const grantJWS = (await foothold.interactive.hello()).grant ?? '';
    const grantId = idOf(grantJWS);
    const granted = {
      'chaperone-grant': grantId,
      'chaperone-transfer': newId('transfer', randomBytes),
    };
    return { ...foothold, request, grantId, grantJWS, granted };
  }

  /** Notes that the gateway was refused something, so that the journal has to tell of it. */
  expectRefusal(operation: string, code: string, count = 1): void {
    const key = `${operation} ${code}`;
    this.#refusals.set(key, (this.#refusals.get(key) ?? 0) + count);
  }

  /** Asserts that an answer is the problem of a code, whole and in its form, and enters it into the books. */
  assertRefused(answer: Answer, operation: string, code: ProblemCode): void {
    assertProblem(answer, code);
    this.expectRefusal(operation, code);
  }

  /** The operator ends; the gateway lets go of its connections. */
  async end({ interactive }: Foothold): Promise<void> {
    await this.operator.end();
    interactive.destroy();
  }

  /**
   * An honest session over this cart, from press to End, then the facility's own check of the journal, then the books:
   * what the gateway was refused stands in the journal, and nothing else does.
   * @param how `at least` when the connection was cut before all answers had come
   */
  async proveSound(how: 'exactly' | 'at least' = 'exactly'): Promise<readonly JournalLine[]> {
    const head = await this.#honestSession();
    await this.#verify(head);
    await this.cart.close();
    const lines = await this.journal();
    assert.ok(!lines.some(({ kind }) => kind === 'facts-lost'));
    const told: Record<string, number> = {};
    for (const { kind, operation, code, count = 1 } of lines) {
      if (kind !== 'operation-refused' && kind !== 'request-refused') continue;
      const key = kind === 'request-refused' ? `request ${code}` : `${operation} ${code}`;
      told[key] = (told[key] ?? 0) + count;
    }
    if (how === 'exactly') assert.deepEqual(told, { ...Object.fromEntries(this.#refusals) });
    for (const [key, count] of this.#refusals) {
      assert.ok((told[key] ?? 0) >= count, `${key}: ${told[key] ?? 0} of ${count}`);
    }
    return lines;
  }

  /** Facts of the cart's journal as it stands on its disk. */
  async journal(): Promise<readonly JournalLine[]> {
    const text = await readFile(path.join(this.#journalDirectory, 'journal.ndjson'), 'utf8');
    const lines = text.trimEnd().split('\n');
    return lines.map((line) => (JSON.parse(line) as { fact: JournalLine }).fact);
  }

  async journalBytes(): Promise<number> {
    return (await readFile(path.join(this.#journalDirectory, 'journal.ndjson'))).length;
  }

  get #journalDirectory(): string {
    return path.join(this.enrolled.dataDirectory, 'journal');
  }

  async #honestSession(): Promise<string> {
    const { phase } = await this.operator.view();
    if (phase !== 'idle' && phase !== 'ended') await this.operator.end();
    const held = await this.grant(await this.connect());
    const fetched = await patiently(() =>
      held.bulk.ask('GET', '/v1/content/images?path=image.bin', { headers: held.granted }),
    );
    assert.ok(fetched.body.equals(IMAGE), 'an honest technician fetches an image');
    await this.operator.end();
    // The connection outlives the session by two seconds for this one question.
    const page = (await patiently(() => held.interactive.ask('GET', '/v1/journal?from=0'))).json();
    held.interactive.destroy();
    return String(page['head']);
  }

  async #verify(head: string): Promise<void> {
    const { directory } = this.enrolled;
    const files = {
      head,
      certificate: this.certificates.cart.pem,
      root: this.certificates.root.pem,
    };
    for (const [name, content] of Object.entries(files)) {
      await writeFile(path.join(directory, name), content);
    }
    const file = (name: keyof typeof files): string => path.join(directory, name);
    const options = ['--cart-root', file('root'), '--certificate', file('certificate')];
    const args = [VERIFY, ...options, '--head', file('head'), this.#journalDirectory];
    const { stdout } = await run(process.execPath, args).catch((failure: unknown) => {
      throw new Error(`chaperone verify: ${(failure as { stdout: string }).stdout}`);
    });
    assert.match(stdout, /lines/);
  }
}

/** Asks until the cart has recovered from a flood, as an honest desk does. */
async function patiently(ask: () => Promise<Answer>): Promise<Answer> {
  return eventually('the cart to have time', async () => {
    const answer = await ask();
    return answer.status !== PROBLEM_TABLE.RATE_LIMITED.status && answer;
  });
}

/** Puts an offer. */
export async function offer(
  { interactive }: Pick<Foothold, 'interactive'>,
  requests: readonly string[],
  offered: object | null = TEST_CASE,
): Promise<Answer> {
  return interactive.ask('PUT', '/v1/offer', { body: { case: offered, requests } });
}

/** Asserts the form of RFC 9457 and the code; the answer tells nothing that lies outside. */
export function assertProblem(answer: Answer, code: ProblemCode): void {
  const said = answer.body.toString('utf8');
  assert.equal(answer.headers['content-type'], 'application/problem+json', said);
  const parsed = problem.parse(JSON.parse(said));
  assert.equal(parsed.code, code, said);
  assert.equal(answer.status, PROBLEM_TABLE[code].status);
  assert.equal(parsed.status, answer.status);
  assert.ok(!said.includes(SECRET) && !/\bat \S+:\d+/.test(said), said);
}

/** Gives what a grant's statement calls itself. */
export function idOf(jws: string): string {
  const claims = Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8');
  return (JSON.parse(claims) as { jti: string }).jti;
}

/** Another technician at another licensed workstation. */
export async function anotherTechnician(stage: Stage): Promise<LicensedWorkstation> {
  return LicensedWorkstation.license(stage.certificates.workstations);
}

/** Waits until the operator's panel shows that a session is over. */
export async function untilEnded(stage: Stage, reason: string): Promise<void> {
  await eventually(`the session to end (${reason})`, async () => {
    const { ended } = await stage.operator.view();
    return ended?.reason === reason;
  });
}
