/**
 * Goal: an act that the desk wants confirmed goes on by itself once the person did, and not at all when they did not.
 * Method: acts that refuse as the desk does; a person who answers what the test says.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeskProblem } from './ask.ts';
import { askToConfirmBy, confirmed } from './confirmation.ts';

function refusal(code: string): DeskProblem {
  return new DeskProblem(code, 403, 'Refused.', null);
}

/** An act that is refused until `isFresh` says otherwise. */
function freshAct(isFresh: () => boolean): { readonly act: () => Promise<string>; tries: number } {
  const made = {
    tries: 0,
    act: async () => {
      made.tries += 1;
      if (!isFresh()) throw refusal('CONFIRMATION_REQUIRED');
      return 'done';
    },
  };
  return made;
}

test('two acts that wait at once are confirmed once, and both go on', async (t) => {
  let isFresh = false;
  let asked = 0;
  t.after(
    askToConfirmBy(async () => {
      asked += 1;
      await Promise.resolve();
      isFresh = true;
      return true;
    }),
  );
  const [one, other] = [freshAct(() => isFresh), freshAct(() => isFresh)];
  assert.deepEqual(await Promise.all([confirmed(one.act), confirmed(other.act)]), ['done', 'done']);
  assert.deepEqual([asked, one.tries, other.tries], [1, 2, 2]);
});

test('who does not confirm does not act', async (t) => {
  t.after(askToConfirmBy(async () => false));
  const { act } = freshAct(() => false);
  await assert.rejects(confirmed(act), { code: 'NOT_CONFIRMED' });
});

test('any other refusal asks for nothing', async (t) => {
  t.after(
    askToConfirmBy(async () => {
      throw new Error('nobody may be asked');
    }),
  );
  const other = async (): Promise<void> => {
    throw refusal('NOT_ALLOWED');
  };
  await assert.rejects(confirmed(other), { code: 'NOT_ALLOWED' });
});

test('a refusal that comes again is told, not asked about for ever', async (t) => {
  let asked = 0;
  t.after(
    askToConfirmBy(async () => {
      asked += 1;
      return true;
    }),
  );
  const made = freshAct(() => false);
  await assert.rejects(confirmed(made.act), { code: 'CONFIRMATION_REQUIRED' });
  assert.deepEqual([asked, made.tries], [1, 2]);
});
