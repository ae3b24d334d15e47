/**
 * Goal: a crowd that guesses neither turns away nor slows down much who signs in where they did before, and does not fill the
 * ledger. Method: the gates with real hashes, more who guess at once than there is room for.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { PasswordUnfit, hashPassword } from './password.ts';
import { givePassword } from './sign-in.ts';
import { PEOPLE, from, newDesk } from './testing/third-gate-desk.ts';

const GUESSERS = 90;
const GIVEN = 'cobbler-lagoon-8841';

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

  test('one who chooses a password again and again keeps nobody from signing in', async () => {
    const desk = await newDesk(open);
    const { signIn, database, clock, licensed } = desk;
    const workstation = newId('workstation', systemRandom);
    licensed.add(workstation);
    const account = await signIn.accounts.byName('tara');
    assert.ok(account);
    await givePassword(database, account.id, await hashPassword(GIVEN), clock.utcMs());
    const { first, second } = PEOPLE.tara;
    const half = await signIn.passDirectory(first, from);
    const given = { ...second, password: GIVEN };
    const { token } = await signIn.passGateway(half.token, given, from);
    const choices = Array.from({ length: GUESSERS }, async () => {
      const choice = signIn.chooseFirstPassword(token, GIVEN, from);
      const fault: unknown = await choice.catch((refusal: unknown) => refusal);
      return String((fault as { readonly code: string }).code);
    });
    await new Promise((resolve) => setImmediate(resolve));
    const { lena } = PEOPLE;
    const other = await signIn.passDirectory({ ...lena.first, workstation }, from);
    const passed = await signIn.passGateway(other.token, lena.second, from);
    assert.equal(passed.next, 'enrolment');
    const answered = await Promise.all(choices);
    const hashed = answered.filter((code) => code === 'PASSWORD_UNFIT').length;
    assert.ok(hashed > 0 && hashed <= 5, `${hashed} were hashed`);
    const throttled = answered.filter((code) => code === 'SIGN_IN_THROTTLED').length;
    assert.equal(throttled, GUESSERS - hashed);
    // Those that the rules refuse cost nothing; and whoever waited chooses.
    await assert.rejects(signIn.chooseFirstPassword(token, 'short', from), PasswordUnfit);
    clock.advance(60_000);
    const chosen = await signIn.chooseFirstPassword(token, 'trellis-mosaic-5526', from);
    assert.equal(chosen.next, 'enrolment');
  });
});
