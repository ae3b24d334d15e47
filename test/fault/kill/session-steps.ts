/** A round's session: from whatever both sides show to one that can be used, and to its end. */
import assert from 'node:assert/strict';
import { Refused } from '../../harness/technician.ts';
import type { Session } from '../../harness/technician.ts';
import { inspectCase } from './acknowledged.ts';
import { journalOf } from './kill-day.ts';
import type { RoundInPlay } from './round-in-play.ts';
import { isOwnFault } from './within.ts';

const ACTIVITIES = ['view', 'fetch-files', 'send-files'] as const;

/** Goes on from whatever both sides show to a session that can be used. */
export async function ensureSession(round: RoundInPlay): Promise<Session> {
  let refusal = '';
  try {
    return await round.until(async () => {
      try {
        return await stepToSession(round);
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

async function stepToSession(round: RoundInPlay): Promise<Session | null> {
  const { technician } = round.day;
  const operator = round.day.operator();
  const { opened } = round;
  const view = await operator.view();
  const session = await technician.session(opened.id);
  const isUsable = session.state === 'open' || session.state === 'granted';
  if (isUsable && view.session?.link === 'up') {
    round.struckSession = session.session;
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
        await noteConsent(round);
      } else if (session.state === 'waiting') await technician.request(opened);
      return null;
    }
    default:
      return null;
  }
}

/** The touch was taken: which session it was for stands in the journal, the last of its kind. */
async function noteConsent({ day, acknowledged }: RoundInPlay): Promise<void> {
  const issued = (await journalOf(day.system)).findLast(({ fact }) => fact.kind === 'grant-issued');
  assert.ok(issued, 'a consent that was taken is in the journal');
  acknowledged.consents.add(String(issued.fact['sessionId']));
}

/** Ends the session as the plan says. */
export async function endSession(round: RoundInPlay): Promise<void> {
  const { opened, day, plan } = round;
  const { technician } = day;
  await round.until(async () => {
    const view = await day.operator().view();
    const { state } = await technician.session(opened.id);
    const isOverHere = view.phase === 'ended' || view.phase === 'idle';
    if (isOverHere && state !== 'open' && state !== 'granted' && state !== 'interrupted')
      return true;
    // A desk that has not heard of the end waits for its lease, unless its technician leaves.
    if (isOverHere || plan.endedBy === 'technician') await technician.leave(opened.id);
    else await day.operator().end();
    return null;
  });
  if (round.blow === null) await inspectCase(day, opened.id, round.acknowledged);
}
