/**
 * Goal: a crowd that guesses neither turns away nor slows down much who signs in where they did before, and does not fill the
 * ledger. Method: the gates with real hashes, more who guess at once than there is room for.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { PEOPLE, newDesk } from './testing/third-gate-desk.ts';

const GUESSERS = 90;

forEachDatabase('a crowd at the gates', (open) => {
  test('who came in here before is served before all who guess, and is never turned away', async () => {
    const desk = await newDesk(open);
    const { signIn, licensed, passwords } = desk;
    await passwords('lena');
    const halves: string[] = [];
    for (let count = 0; count < GUESSERS; count += 1) {
      const workstation = newId('workstation', systemRandom);
      licensed.add(workstation);
      const { first } = PEOPLE.tara;
      const address = `192.0.2.${count}`;
      halves.push((await signIn.passDirectory({ ...first, workstation }, { address })).token);
    }
    const answered: string[] = [];
    const guesses = halves.map(async (token, at) => {
      const ask = { accountName: `account-${at}`, password: 'a guess that is wrong' };
      const fault: unknown = await signIn
        .passGateway(token, ask, { address: `192.0.2.${at}` })
        .catch((refusal: unknown) => refusal);
      answered.push(String((fault as { readonly code: string }).code));
    });
    await new Promise((resolve) => setImmediate(resolve));
    const passed = await passwords('lena');
    assert.equal(passed.next, 'enrolment');
    // Those who were served meanwhile had begun before, or were turned away.
    const served = answered.filter((code) => code === 'SIGN_IN_REFUSED').length;
    assert.ok(served < GUESSERS / 4, `${served} guesses were served first`);
    await Promise.all(guesses);
    assert.equal(answered.length, GUESSERS);
    assert.ok(answered.includes('SIGN_IN_BUSY'), 'there was not room for all');
    signIn.close();
    const told = desk.facts.reduce(
      (sum, fact) =>
        fact.kind === 'sign-ins-refused'
          ? sum + fact.count
          : sum + (fact.kind === 'sign-in-refused' ? 1 : 0),
      0,
    );
    assert.equal(told, answered.filter((code) => code === 'SIGN_IN_REFUSED').length);
  });
});
