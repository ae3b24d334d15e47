// Goal: nobody goes on working on a cart whose operator is not shown any more that somebody is in. Method: a granted
// session against a scripted desk, a panel that reports and stops to, and looks that the test takes itself.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { connect, grant, startBench, testCertificates } from '../platform/testing/cart-bench.ts';
import type { TestCertificates } from '../platform/testing/cart-bench.ts';
import { IndicatorWatch, LOOKS_MAX } from './indicator-watch.ts';

let certificates: TestCertificates;
before(async () => {
  certificates = await testCertificates();
});

const PLACE = { x: 0, y: 0, width: 100, height: 100, focused: true };

async function stage(t: TestContext) {
  const bench = await startBench(t, { certificates });
  const watch = new IndicatorWatch(bench.session, bench.presence, LOOKS_MAX);
  // Only the test looks.
  watch.stop();
  const look = (times: number): void => {
    for (let done = 0; done < times; done += 1) watch.look();
  };
  const enter = async () => await grant(await connect(bench), certificates.workstation);
  return { ...bench, look, enter };
}

test('a panel that reports no more ends the session, and the journal says why', async (t) => {
  const { session, presence, journal, look, enter } = await stage(t);
  session.press();
  session.declineNotice();
  session.dismiss();
  await enter();
  presence.report(PLACE);
  look(LOOKS_MAX);
  assert.equal(session.state.phase, 'granted');
  look(1);
  assert.partialDeepStrictEqual({ ...session.state }, { phase: 'ended', reason: 'indicator-lost' });
  const ends = journal.facts.filter(({ kind }) => kind === 'session-ended');
  assert.partialDeepStrictEqual(ends.at(-1), { reason: 'indicator-lost' });
});

test('a report in time keeps the session, however often it is late', async (t) => {
  const { session, presence, look, enter } = await stage(t);
  await enter();
  for (let times = 0; times < 3; times += 1) {
    presence.report(PLACE);
    look(LOOKS_MAX);
    assert.equal(session.state.phase, 'granted');
  }
});

test('outside of a session nothing is ended, and a look back ends at the last end', async (t) => {
  const { session, presence, look, enter } = await stage(t);
  session.press();
  presence.report(PLACE);
  look(LOOKS_MAX + 1);
  assert.equal(session.state.phase, 'notice', 'it is no session yet');
  session.declineNotice();
  session.dismiss();
  look(1);
  await enter();
  look(LOOKS_MAX + 1);
  assert.equal(session.state.phase, 'granted', 'what was before the last end does not count');
});
