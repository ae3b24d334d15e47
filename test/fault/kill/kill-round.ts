/**
 * One round: a case from its opening to its certificate, with one blow on the way.
 *
 * The work of a phase is a set of goals. Before the blow everything must succeed; what the blow cuts off may fail, but not
 * hang and not with a fault of the program's own; after the restart what was acknowledged is looked for, and the same
 * phase is done again until its goals are reached.
 */
import assert from 'node:assert/strict';
import { cartList } from '@chaperone/protocol/console-api/schema.ts';
import { readEvidence } from '@chaperone/verify/verify.ts';
import { eventually } from '../../harness/eventually.ts';
import { inspectCase, inspectConsents, inspectInbox, inspectStoppedCart } from './acknowledged.ts';
import { armBlow } from './blow.ts';
import { certify, destroy, inspectDestroyed } from './destruction.ts';
import { exportEvidence } from './evidence.ts';
import { SERIAL, journalOf } from './kill-day.ts';
import type { KillDay } from './kill-day.ts';
import { PLANTED } from './kill-files.ts';
import { keeping } from './promise.ts';
import { RoundInPlay } from './round-in-play.ts';
import { PHASES } from './round-plan.ts';
import type { Phase, RoundPlan } from './round-plan.ts';
import { endSession, ensureSession } from './session-steps.ts';
import { fetchFile, fetchFolder, fetchInfected, sendFile } from './transfer-steps.ts';
import { all, isOwnFault, within } from './within.ts';

const NOTES = 3;
/** The cart may hear later than the desk that the connection is gone; it gives it up after 3 s of silence. */
const LOST_TOLD_MS = 10_000;

export interface RoundOutcome {
  readonly caseId: string;
  /** How many things had been acknowledged when the blow fell. */
  readonly acknowledged: number;
  /** Where the time went, such as `work 812 ms`. */
  readonly took: readonly string[];
}

/** Plays a round. @throws AssertionError when something was lost, Error when something hung */
export async function playRound(day: KillDay, plan: RoundPlan): Promise<RoundOutcome> {
  const round = new RoundInPlay(day, plan);
  const took: string[] = [];
  const timed = async <T>(what: string, act: Promise<T>): Promise<T> => {
    const startedMs = performance.now();
    const done = await act;
    took.push(`${what} ${Math.round(performance.now() - startedMs)} ms`);
    return done;
  };
  let acknowledged = 0;
  for (const phase of PHASES) {
    if (phase === plan.phase) {
      took.push(`${await timed(`${phase} until struck`, strike(round, phase))} changes`);
      acknowledged = round.acknowledged.count;
      await timed('restart', restart(round));
      await timed('inspection', within('the inspection', inspectAfterBlow(round, phase)));
    }
    await timed(phase, within(`the ${phase}`, perform(round, phase), round.underWay));
  }
  const { id } = round.opened;
  const destroyed = keeping('destroyed', async () => {
    await inspectDestroyed(day, id);
    await certify(day, id);
  });
  await timed('last look', destroyed);
  return { caseId: id, acknowledged, took };
}

/** Does a phase until it is struck. @returns how many changes of files it had made */
async function strike(round: RoundInPlay, phase: Phase): Promise<number> {
  const { victim, trigger } = round.plan;
  const { day } = round;
  await day.aim(victim);
  const blow = armBlow(trigger, day.foldersOf(victim), () => day.kill(victim));
  round.blow = blow;
  const performing = perform(round, phase).then(
    () => blow.fallNow(),
    (fault: unknown) => {
      if (!blow.hasFallen || isOwnFault(fault)) throw fault;
    },
  );
  try {
    await within(`the ${phase} to be struck`, performing, round.underWay);
  } finally {
    blow.fallNow();
    round.blow = null;
  }
  return blow.changes;
}

/** Starts what was killed. */
async function restart(round: RoundInPlay): Promise<void> {
  const { victim, againAtChange } = round.plan;
  await round.day.restart(victim, againAtChange);
  // Connections that were kept alive have died with their program; that is told by the first use.
  const console = round.until(async () => await listed(round.day).catch(() => null));
  await within('the console to answer', console);
}

/** Looks for what was acknowledged. */
async function inspectAfterBlow(round: RoundInPlay, phase: Phase): Promise<void> {
  const { day, acknowledged } = round;
  const { victim } = round.plan;
  const isCartHit = victim === 'cart' || victim === 'both';
  await keeping('acknowledged', async () => {
    if (isCartHit) await inspectStoppedCart(day);
    await inspectConsents(day, acknowledged);
  });
  await keeping('whole', async () => await inspectInbox(day, acknowledged, isCartHit));
  if (round.case !== null && phase !== 'destruction')
    round.case = await inspectCase(day, round.case.id, acknowledged);
  if (!isCartHit || round.struckSession === null) return;
  // The desk hears of the kill when the connection breaks; from then on nothing can be done in the session.
  await round.until(async () => {
    const { state } = await day.technician.session(round.opened.id);
    return state === 'open' || state === 'granted' ? null : state;
  });
}

async function perform(round: RoundInPlay, phase: Phase): Promise<void> {
  switch (phase) {
    case 'opening':
      return await openCase(round);
    case 'consent':
      await ensureSession(round);
      return;
    case 'work':
      return await work(round);
    case 'ending':
      return await endSession(round);
    case 'destruction': {
      const mayWait = round.blow === null;
      const act = async (): Promise<void> => await destroy(round.day, round.opened, mayWait);
      await (mayWait ? keeping('destroyed', act) : act());
    }
  }
}

async function openCase(round: RoundInPlay): Promise<void> {
  const { technician } = round.day;
  if (round.case === null) {
    // One whose answer was cut off may be there; one that was not answered need not be.
    const { openCase: there } = (await listed(round.day)) ?? { openCase: null };
    round.case =
      there === null ? await technician.openCase(SERIAL) : await technician.case(there.id);
  }
  await technician.designate(round.case.id, technician.person?.id ?? '');
  round.acknowledged.isDesignated = true;
  await all([1, 2, NOTES].map((number) => round.note(`${PLANTED.note} ${number}`)));
}

async function listed({ technician }: KillDay) {
  const { carts } = await technician.ask(cartList, 'GET', '/api/carts');
  return carts.find(({ serial }) => serial === SERIAL) ?? null;
}

async function work(round: RoundInPlay): Promise<void> {
  round.attempt += 1;
  const before = round.struckSession;
  const session = await ensureSession(round);
  const { victim, phase } = round.plan;
  if (before !== null && phase === 'work' && victim === 'gateway')
    assert.equal(session.session, before, 'a session outlives its gateway');
  const { onCart, toSend } = round.day.files;
  await all([
    ...onCart.map((file) => round.doing(`fetching ${file.name}`, fetchFile(round, file))),
    round.doing('fetching the folder', fetchFolder(round)),
    ...(round.day.isScanned ? [round.doing('fetching the infected', fetchInfected(round))] : []),
    ...toSend.map((file) => round.doing(`sending ${file.name}`, sendFile(round, file))),
    round.doing('watching', watchScreen(round)),
    round.doing('exporting evidence', exportOnce(round)),
    round.doing('noting', round.note(`${PLANTED.note} of the work`)),
  ]);
  const isQuiet = round.blow === null;
  await keeping('whole', async () => await inspectInbox(round.day, round.acknowledged, isQuiet));
}

async function watchScreen(round: RoundInPlay): Promise<void> {
  const { technician } = round.day;
  const { id } = round.opened;
  const lostBefore = await connectionsLost(round.day);
  try {
    const viewer = await technician.openScreen(id);
    await viewer.nextFrames(2);
    viewer.close();
    await viewer.closed;
  } catch (fault) {
    if (round.blow?.hasFallen === true) throw fault;
    // A screen ends with its connection; that is no fault, and it is opened again.
    const isLost = async (): Promise<boolean> => (await connectionsLost(round.day)) > lostBefore;
    await eventually('the cart to have lost its connection', isLost, LOST_TOLD_MS).catch(() => {
      throw fault;
    });
    await ensureSession(round);
    await watchScreen(round);
  }
}

/** How often the cart has lost its connection, as it tells in its journal. */
async function connectionsLost({ system }: KillDay): Promise<number> {
  return (await journalOf(system)).filter(({ fact }) => fact.kind === 'tunnel-lost').length;
}

async function exportOnce({ day, opened }: RoundInPlay): Promise<void> {
  const bundle = readEvidence(JSON.parse(await exportEvidence(day.technician, opened.id)));
  assert.equal(bundle.case, opened.id);
}
