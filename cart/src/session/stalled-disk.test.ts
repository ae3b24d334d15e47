// Goal: a disk that does not answer holds up neither Pause nor End, refuses what widens, and loses nothing when it comes
// back. Method: the real journal on a real file system that is frozen, under the production stepper.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import { UNBOUNDED } from '@chaperone/domain/session/bounds.ts';
import { DEFAULT_SESSION_LIMITS } from '@chaperone/domain/session/limits.ts';
import { openJournal } from '../journal/journal.ts';
import { newFrozenDisk } from '../journal/testing/frozen-disk.ts';
import { SessionStepper } from './stepper.ts';

test('End is taken at once while the disk stalls, and is written when it thaws', async (t) => {
  const disk = newFrozenDisk();
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const directory = path.join(disk.directory, 'journal');
  const clock = { utcMs: () => Date.now() };
  const journal = await openJournal({ directory, key: privateKey, serial: 'US-1', clock });
  t.after(async () => {
    disk.thaw();
    await journal.close();
    disk.remove();
  });
  const stepper = new SessionStepper({
    journal,
    now: () => ({ monotonicMs: performance.now(), utcMs: Date.now() }),
    limits: DEFAULT_SESSION_LIMITS,
    noticeVersion: '1',
    bounds: () => UNBOUNDED,
    onTaken: () => undefined,
  });
  stepper.narrow({ type: 'press' });
  await journal.settled();
  disk.freeze();

  let isAccepted = false;
  const sessionId = newId('session', (length) => new Uint8Array(length));
  const accepting = stepper.widen({ type: 'accept-notice', noticeVersion: '1', sessionId }).then(
    () => (isAccepted = true),
    () => undefined,
  );
  // Until the journal calls the disk stalled: the event loop has to be alive for this to come.
  while (journal.writable()) await delay(50);
  assert.equal(isAccepted, false, 'nothing is allowed before it is on the disk');
  assert.equal(phaseOf(stepper), 'notice');

  stepper.narrow({ type: 'end', reason: 'operator-ended' });
  assert.equal(phaseOf(stepper), 'ended');
  assert.equal(journal.waiting, 1);

  disk.thaw();
  await accepting;
  await journal.settled();
  assert.equal(isAccepted, false, 'an acceptance that was overtaken by End opens nothing');
  assert.equal(phaseOf(stepper), 'ended');
  assert.equal(journal.writable(), true);
  assert.match(readFileSync(path.join(directory, 'journal.ndjson'), 'utf8'), /"operator-ended"/);
});

/** The state changes under the compiler's eyes, which would remember it. */
function phaseOf({ state }: SessionStepper): string {
  return state.phase;
}
