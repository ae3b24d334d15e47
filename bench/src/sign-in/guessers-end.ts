/**
 * Those who guess, in a process of their own: each at a licensed workstation and an address of its own, with the directory's
 * gate passed, guessing at one account after another and never twice at the same.
 *
 * Who is told to wait, or that too many sign in, asks again after half a second to one and a half: more would not guess more. The process has a
 * low priority, since in life it is not on the gateway's machine.
 */
import { getPriority, setPriority } from 'node:os';
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { text as readAll } from 'node:stream/consumers';
import { serve } from '../ends/serve.ts';

export interface GuessersPlan {
  readonly consoleUrl: string;
  /** Ids of licensed workstations, one for each who guesses. */
  readonly workstations: readonly string[];
  /** What passes the first gate. */
  readonly login: string;
  readonly password: string;
}

/** How often each answer came. */
export type Answers = Readonly<Record<string, number>>;

const NICER = 10;
const NICE_MAX = 19;
const AGAIN_MS = 1_000;
const ADDRESSES_PER_BLOCK = 200;

const answers = new Map<string, number>();
let going = false;
let ended: Promise<unknown> = Promise.resolve();
let guess = 0;

setPriority(Math.min(NICE_MAX, getPriority() + NICER));
serve({
  async begin(plan: GuessersPlan): Promise<void> {
    const guessers = plan.workstations.map((workstation, at) => new Guesser(plan, workstation, at));
    await Promise.all(guessers.map(async (each) => await each.passDirectory()));
    answers.clear();
    going = true;
    ended = Promise.all(guessers.map(async (each) => await each.guess()));
  },
  async end(): Promise<Answers> {
    going = false;
    await ended;
    return Object.fromEntries(answers);
  },
});

class Guesser {
  readonly #plan: GuessersPlan;
  readonly #workstation: string;
  readonly #agent: Agent;
  #cookie = '';

  constructor(plan: GuessersPlan, workstation: string, at: number) {
    this.#plan = plan;
    this.#workstation = workstation;
    const block = 1 + Math.floor(at / ADDRESSES_PER_BLOCK);
    const localAddress = `127.0.${block}.${1 + (at % ADDRESSES_PER_BLOCK)}`;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1, localAddress });
  }

  async passDirectory(): Promise<void> {
    const { login, password } = this.#plan;
    const ask = { login, password, workstation: this.#workstation };
    const { status } = await this.#post('/api/sign-in/directory', ask);
    if (status !== 200) throw new Error(`the first gate answered ${status} to one who guesses`);
  }

  async guess(): Promise<void> {
    while (going) {
      guess += 1;
      const ask = { userId: `account-${guess}`, password: 'a guess that is wrong' };
      const { code } = await this.#post('/api/sign-in/gateway', ask);
      answers.set(code, (answers.get(code) ?? 0) + 1);
      if (code !== 'SIGN_IN_REFUSED') await pause(AGAIN_MS * (0.5 + Math.random()));
    }
    this.#agent.destroy();
  }

  async #post(
    path: string,
    body: object,
  ): Promise<{ readonly status: number; readonly code: string }> {
    const { consoleUrl } = this.#plan;
    const asked = request(new URL(path, consoleUrl), {
      agent: this.#agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: consoleUrl, cookie: this.#cookie },
    });
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    asked.once('response', resolve).once('error', reject);
    asked.end(JSON.stringify(body));
    const response = await promise;
    const [cookie] = response.headers['set-cookie'] ?? [];
    if (cookie !== undefined) this.#cookie = cookie.split(';')[0] ?? '';
    const { code } = JSON.parse(await readAll(response)) as { readonly code?: string };
    return { status: response.statusCode ?? 0, code: code ?? 'PASSED' };
  }
}
