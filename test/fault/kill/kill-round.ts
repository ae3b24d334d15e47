/**
 * One round: a case from its opening to its certificate, with one blow on the way.
 *
 * The work of a phase is a set of goals. Before the blow everything must succeed; what the blow cuts off may fail, but not
 * hang and not with a fault of the program's own; after the restart what was acknowledged is looked for, and the same
 * phase is done again until its goals are reached.
 */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { cartList } from '@chaperone/protocol/console-api/schema.ts';
import { isSettled } from '@chaperone/domain/transfer/transfer.ts';
import { readEvidence } from '@chaperone/verify/verify.ts';
import { Refused } from '../../harness/technician.ts';
import type { Case, Session } from '../../harness/technician.ts';
import {
  Acknowledged,
  inspectCase,
  inspectConsents,
  inspectInbox,
  inspectStoppedCart,
} from './acknowledged.ts';
import { armBlow } from './blow.ts';
import type { Blow } from './blow.ts';
import { certify, destroy, inspectDestroyed } from './destruction.ts';
import { exportEvidence } from './evidence.ts';
import { SERIAL, journalOf } from './kill-day.ts';
import type { KillDay } from './kill-day.ts';
import { PLANTED, digestOf } from './kill-files.ts';
import type { KnownFile } from './kill-files.ts';
import { brokenBy, keeping } from './promise.ts';
import { PHASES } from './round-plan.ts';
import type { Phase, RoundPlan } from './round-plan.ts';

/** Nothing in a round takes longer unless it hangs. */
const HANGS_AFTER_MS = 30_000;
const LOOK_EVERY_MS = 15;
const NOTES = 3;
const ACTIVITIES = ['view', 'fetch-files', 'send-files'] as const;
/** Codes of a begun transfer whose session is over. */
const OVER_CODES: ReadonlySet<string | null> = new Set(['SESSION_OVER', 'NO_SESSION']);
/** And of one whose database was away. */
const AWAY_CODES: ReadonlySet<string | null> = new Set([
  'DATABASE_UNAVAILABLE',
  'LEDGER_UNAVAILABLE',
]);
const NO_CODES: ReadonlySet<string | null> = new Set();

export interface RoundOutcome {
  readonly caseId: string;
  /** How many things had been acknowledged when the blow fell. */
  readonly acknowledged: number;
}

/** The blow fell while this was waited for. */
class Struck extends Error {
  override readonly name = 'Struck';
}

/** Plays a round. @throws AssertionError when something was lost, Error when something hung */
export async function playRound(day: KillDay, plan: RoundPlan): Promise<RoundOutcome> {
  return await new Round(day, plan).play();
}

class Round {
  readonly #day: KillDay;
  readonly #plan: RoundPlan;
  readonly #acknowledged = new Acknowledged();
  #case: Case | null = null;
  #blow: Blow | null = null;
  /** How often the work was taken up: names that are sent are never used twice. */
  #attempt = 0;
  /** The session in which the blow fell. */
  #struckSession: string | null = null;
  #acknowledgedAtBlow = 0;

  constructor(day: KillDay, plan: RoundPlan) {
    this.#day = day;
    this.#plan = plan;
  }

  async play(): Promise<RoundOutcome> {
    for (const phase of PHASES) {
      if (phase === this.#plan.phase) await this.#strike(phase);
      await within(`the ${phase}`, this.#perform(phase));
    }
    const { id } = this.#opened();
    await keeping('destroyed', async () => {
      await inspectDestroyed(this.#day, id);
      await certify(this.#day, id);
    });
    return { caseId: id, acknowledged: this.#acknowledgedAtBlow };
  }

  /** Does a phase until it is struck, starts what was killed, and looks for what was acknowledged. */
  async #strike(phase: Phase): Promise<void> {
    const { victim, trigger, againAtChange } = this.#plan;
    const day = this.#day;
    await day.aim(victim);
    const blow = armBlow(trigger, day.foldersOf(victim), () => day.kill(victim));
    this.#blow = blow;
    const performing = this.#perform(phase).then(
      () => blow.fallNow(),
      (fault: unknown) => {
        if (!blow.hasFallen || isOwnFault(fault)) throw fault;
      },
    );
    try {
      await within(`the ${phase} to be struck`, performing);
    } finally {
      blow.fallNow();
      this.#blow = null;
    }
    this.#acknowledgedAtBlow = this.#acknowledged.count;
    await day.restart(victim, againAtChange);
    // Connections that were kept alive have died with their program; that is told by the first use.
    const console = this.#until(async () => await this.#cart().catch(() => null));
    await within('the console to answer', console);
    await within('the inspection', this.#inspectAfterBlow(phase));
  }

  async #inspectAfterBlow(phase: Phase): Promise<void> {
    const day = this.#day;
    const { victim } = this.#plan;
    const isCartHit = victim === 'cart' || victim === 'both';
    await keeping('acknowledged', async () => {
      if (isCartHit) await inspectStoppedCart(day);
      await inspectConsents(day, this.#acknowledged);
    });
    await keeping('whole', async () => await inspectInbox(day, this.#acknowledged, isCartHit));
    if (this.#case !== null && phase !== 'destruction')
      this.#case = await inspectCase(day, this.#case.id, this.#acknowledged);
    if (!isCartHit || this.#struckSession === null) return;
    // The desk hears of the kill when the connection breaks; from then on nothing can be done in the session.
    const over = this.#until(async () => {
      const { state } = await day.technician.session(this.#opened().id);
      return state === 'open' || state === 'granted' ? null : state;
    });
    await within('the session of the killed cart to be over', over);
  }

  async #perform(phase: Phase): Promise<void> {
    switch (phase) {
      case 'opening':
        return await this.#open();
      case 'consent':
        await this.#ensureSession();
        return;
      case 'work':
        return await this.#work();
      case 'ending':
        return await this.#end();
      case 'destruction':
        return await this.#destroy();
    }
  }

  async #destroy(): Promise<void> {
    const mayWait = this.#blow === null;
    const act = async (): Promise<void> => await destroy(this.#day, this.#opened(), mayWait);
    await (mayWait ? keeping('destroyed', act) : act());
  }

  async #open(): Promise<void> {
    const { technician } = this.#day;
    if (this.#case === null) {
      // One whose answer was cut off may be there; one that was not answered need not be.
      const { openCase } = (await this.#cart()) ?? { openCase: null };
      this.#case =
        openCase === null ? await technician.openCase(SERIAL) : await technician.case(openCase.id);
    }
    const { id } = this.#case;
    await technician.designate(id, technician.person?.id ?? '');
    this.#acknowledged.isDesignated = true;
    await all([1, 2, NOTES].map((number) => this.#note(`${PLANTED.note} ${number}`)));
  }

  async #cart() {
    const { carts } = await this.#day.technician.ask(cartList, 'GET', '/api/carts');
    return carts.find(({ serial }) => serial === SERIAL) ?? null;
  }

  async #note(text: string): Promise<void> {
    if (this.#acknowledged.notes.has(text)) return;
    await this.#day.technician.call('POST', `/api/cases/${this.#opened().id}/notes`, { text });
    this.#acknowledged.notes.add(text);
  }

  /** Goes on from whatever both sides show to a session that can be used. */
  async #ensureSession(): Promise<Session> {
    let refusal = '';
    try {
      return await this.#until(async () => {
        try {
          return await this.#stepToSession();
        } catch (fault) {
          // Both sides move on while they are looked at: what was right to ask may be out of turn now.
          if (!(fault instanceof Refused) || isOwnFault(fault)) throw fault;
          refusal = fault.message;
          return null;
        }
      });
    } catch (fault) {
      throw new Error(`no session came about; the last refusal: ${refusal}`, { cause: fault });
    }
  }

  async #stepToSession(): Promise<Session | null> {
    const { technician } = this.#day;
    const operator = this.#day.operator();
    const opened = this.#opened();
    const view = await operator.view();
    const session = await technician.session(opened.id);
    const isUsable = session.state === 'open' || session.state === 'granted';
    if (isUsable && view.session?.link === 'up') {
      this.#struckSession = session.session;
      return session;
    }
    if (session.state === 'interrupted' && session.challenge !== null) {
      await technician.resume(opened, session.activities);
      return null;
    }
    switch (view.phase) {
      case 'idle':
        await operator.press();
        return null;
      case 'ended':
        await operator.dismiss();
        return null;
      case 'notice':
        await operator.accept();
        return null;
      case 'waiting': {
        const [request] = view.requests;
        if (request !== undefined) {
          await operator.consent(request.id, ACTIVITIES);
          await this.#noteConsent();
        } else if (session.state === 'waiting') await technician.request(opened);
        return null;
      }
      default:
        return null;
    }
  }

  /** The touch was taken: which session it was for stands in the journal, the last of its kind. */
  async #noteConsent(): Promise<void> {
    const issued = (await journalOf(this.#day.system)).findLast(
      ({ fact }) => fact.kind === 'grant-issued',
    );
    assert.ok(issued, 'a consent that was taken is in the journal');
    this.#acknowledged.consents.add(String(issued.fact['sessionId']));
  }

  async #work(): Promise<void> {
    this.#attempt += 1;
    const before = this.#struckSession;
    const session = await this.#ensureSession();
    const { victim, phase } = this.#plan;
    if (before !== null && phase === 'work' && victim === 'gateway')
      assert.equal(session.session, before, 'a session outlives its gateway');
    const { onCart, toSend } = this.#day.files;
    await all([
      ...onCart.map((file) => this.#fetch(file)),
      ...toSend.map((file) => this.#send(file)),
      this.#watch(),
      this.#export(),
      this.#note(`${PLANTED.note} of the work`),
    ]);
    const isQuiet = this.#blow === null;
    await keeping('whole', async () => {
      await inspectInbox(this.#day, this.#acknowledged, isQuiet);
    });
  }

  async #fetch(file: KnownFile): Promise<void> {
    const { technician } = this.#day;
    const { id } = this.#opened();
    const { transfers } = await technician.case(id);
    const under = transfers.findLast(
      ({ name, direction }) => name === file.name && direction === 'from-cart',
    );
    const begun =
      under !== undefined && under.state !== 'failed'
        ? under
        : await technician.fetchFile(id, 'logs', file.name);
    this.#acknowledged.transfers.add(begun.id);
    const settled = await this.#settled(begun.id);
    if (settled.state === 'failed') {
      this.#mayFail(settled.failure);
      return await this.#fetch(file);
    }
    assert.equal(settled.state, 'done');
    this.#acknowledged.done.add(begun.id);
    this.#acknowledged.records.set(settled.record ?? '?', file.digest);
    await this.#readHalf(settled.record ?? '?', file);
  }

  /** Reads a record back; the blow may wait for its first part. */
  async #readHalf(record: string, file: KnownFile): Promise<void> {
    const address = `/api/cases/${this.#opened().id}/records/${record}/content`;
    const { body } = await this.#day.technician.raw('GET', address);
    assert.ok(body);
    const parts: Uint8Array[] = [];
    for await (const part of body) {
      parts.push(part);
      this.#blow?.halfAnswer();
    }
    assert.equal(digestOf(Buffer.concat(parts)), file.digest);
  }

  async #send(file: KnownFile): Promise<void> {
    const { technician } = this.#day;
    const { id } = this.#opened();
    const { transfers } = await technician.case(id);
    const under = transfers.findLast(
      ({ name, direction, state }) =>
        name.endsWith(file.name) && direction === 'to-cart' && state !== 'failed',
    );
    const begun = under ?? (await this.#beginSend(file));
    this.#acknowledged.transfers.add(begun.id);
    const settled = await this.#settled(begun.id);
    if (settled.state === 'failed') {
      this.#mayFail(settled.failure);
      this.#attempt += 1;
      return await this.#send(file);
    }
    assert.equal(settled.state, 'done');
    this.#acknowledged.done.add(begun.id);
    this.#acknowledged.placed.set(begun.name, file.digest);
  }

  async #beginSend(file: KnownFile) {
    const { technician } = this.#day;
    const { id } = this.#opened();
    const name = `${this.#plan.round}-${this.#attempt}-${file.name}`;
    const record = await technician.upload(id, name, file.content);
    this.#acknowledged.records.set(record, file.digest);
    return await technician.send(id, record);
  }

  /** A begun transfer may fail only because its session is over where the cart was killed, or for its database. */
  #mayFail(failure: string | null): void {
    const { victim, phase } = this.#plan;
    const codes = { gateway: NO_CODES, cart: OVER_CODES, both: OVER_CODES, database: AWAY_CODES };
    const isExcused = phase === 'work' && codes[victim].has(failure);
    assert.ok(isExcused, `a transfer failed with ${failure}`);
  }

  async #settled(transferId: string) {
    return await this.#until(async () => {
      const { transfers } = await this.#day.technician.case(this.#opened().id);
      const found = transfers.find(({ id }) => id === transferId);
      assert.ok(found, `transfer ${transferId} is lost`);
      return isSettled(found.state) ? found : null;
    });
  }

  async #watch(): Promise<void> {
    const viewer = await this.#day.technician.openScreen(this.#opened().id);
    await viewer.nextFrames(2);
    viewer.close();
    await viewer.closed;
  }

  async #export(): Promise<void> {
    const { id } = this.#opened();
    const bundle = readEvidence(JSON.parse(await exportEvidence(this.#day.technician, id)));
    assert.equal(bundle.case, id);
  }

  async #end(): Promise<void> {
    const { technician } = this.#day;
    const opened = this.#opened();
    await this.#until(async () => {
      const view = await this.#day.operator().view();
      const { state } = await technician.session(opened.id);
      const isOverHere = view.phase === 'ended' || view.phase === 'idle';
      if (isOverHere && state !== 'open' && state !== 'granted' && state !== 'interrupted')
        return true;
      // A desk that has not heard of the end waits for its lease, unless its technician leaves.
      if (isOverHere || this.#plan.endedBy === 'technician') await technician.leave(opened.id);
      else await this.#day.operator().end();
      return null;
    });
    if (this.#blow === null) await inspectCase(this.#day, opened.id, this.#acknowledged);
  }

  #opened(): Case {
    assert.ok(this.#case, 'the case is open');
    return this.#case;
  }

  /** Looks again until there is an answer; gives up at once when the blow has fallen. */
  async #until<T>(look: () => Promise<T | null>): Promise<T> {
    const until = performance.now() + HANGS_AFTER_MS;
    for (;;) {
      if (this.#blow?.hasFallen === true) throw new Struck();
      const answer = await look();
      if (answer !== null) return answer;
      if (performance.now() > until) throw new Error('nothing came of it');
      await delay(LOOK_EVERY_MS);
    }
  }
}

/** Waits for all, and only then tells the first fault: nothing goes on behind the back. */
async function all(acts: readonly Promise<unknown>[]): Promise<void> {
  const settled = await Promise.allSettled(acts);
  const faults = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  const [worst] = [...faults.filter(isOwnFault), ...faults];
  if (worst !== undefined) throw worst;
}

/** A fault of the program or of the rules, which no blow excuses. */
function isOwnFault(fault: unknown): boolean {
  if (fault instanceof assert.AssertionError || brokenBy(fault) !== null) return true;
  return fault instanceof Refused && fault.code === 'INTERNAL_FAULT';
}

/** @throws Error when it hangs */
async function within<T>(what: string, act: Promise<T>): Promise<T> {
  const late = new AbortController();
  const hangs = delay(HANGS_AFTER_MS + 1000, null, { signal: late.signal }).then(
    () => {
      throw new Error(`gave up waiting for ${what}`);
    },
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([act, hangs]);
  } finally {
    late.abort();
  }
}
