/**
 * Goal: a password that was right when its comparing began lets nobody on once the account has another, changes nothing any
 * more, and no sign-in outlives what ended all of an account.
 * Method: the gates on both databases; the account is recovered while a password is compared, and while the ledger writes
 * its change.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import { codeOfApp } from '../../platform/one-time-code/testing/authenticator-app.ts';
import { SecondFactorRefused } from '../second-factor/second-factor.ts';
import { hashPassword } from './password.ts';
import { NotSignedIn, SignInRefused, endSignInsOf, givePassword } from './sign-in.ts';
import type { Account } from './sign-in.ts';
import { PEOPLE, enrolApp, from, kinds, newDesk, useCode } from './testing/third-gate-desk.ts';
import type { Desk } from './testing/third-gate-desk.ts';

const { first, second } = PEOPLE.tara;
const GIVEN = 'cobbler-lagoon-8841';
const GIVEN_AGAIN = 'granite-heron-3307';
const OWN = 'trellis-mosaic-5526';

async function give(desk: Desk, password: string): Promise<void> {
  const account = await desk.signIn.accounts.byName('tara');
  assert.ok(account);
  await givePassword(desk.database, account.id, await hashPassword(password), desk.clock.utcMs());
}

/** Somebody who has passed both passwords, the second one made by an administrator. */
async function atNewPassword(desk: Desk): Promise<string> {
  const { token } = await desk.signIn.passDirectory(first, from);
  const passed = await desk.signIn.passGateway(token, { ...second, password: GIVEN }, from);
  assert.equal(passed.next, 'new-password');
  return passed.token;
}

/** Who is next to read the account goes on with what it was before `meanwhile`. */
function whileRead(desk: Desk, by: 'byId' | 'byName', meanwhile: () => Promise<void>): void {
  const { accounts } = desk.signIn;
  const read = accounts[by].bind(accounts);
  accounts[by] = async (of: string): Promise<Account | null> => {
    accounts[by] = read;
    const account = await read(of);
    await meanwhile();
    return account;
  };
}

/** Whoever changes the password, or enrols, waits for the ledger, until `meanwhile` is done. */
function whileWritten(
  desk: Desk,
  meanwhile: () => Promise<void>,
  entry: LedgerFact['kind'] = 'password-changed',
): void {
  const { ledger } = desk;
  const append = ledger.append.bind(ledger);
  ledger.append = async (fact) => {
    if (fact.kind === entry) await meanwhile();
    return await append(fact);
  };
}

async function openOf(desk: Desk): Promise<number> {
  const tables = desk.database.db<{ desk_sign_in: { technician_id: string | null } }>();
  const all = tables.selectFrom('desk_sign_in').select('technician_id');
  return (await all.where('technician_id', 'is not', null).execute()).length;
}

forEachDatabase('a password that was outlived', (open) => {
  for (const before of ['own', 'given'] as const)
    test(`the old password (${before}) lets nobody on who was compared while the account was recovered`, async () => {
      const desk = await newDesk(open);
      if (before === 'given') await give(desk, GIVEN);
      const { token } = await desk.signIn.passDirectory(first, from);
      whileRead(desk, 'byName', async () => await give(desk, GIVEN_AGAIN));
      const password = before === 'given' ? GIVEN : second.password;
      const passed = desk.signIn.passGateway(token, { ...second, password }, from);
      await assert.rejects(passed, SignInRefused);
      assert.equal(await openOf(desk), 0);
      const owner = { ...second, password: GIVEN_AGAIN };
      assert.equal((await desk.signIn.passGateway(token, owner, from)).next, 'new-password');
    });

  test('the old password lets nobody on who was compared while its owner changed it', async () => {
    const desk = await newDesk(open);
    const { secret } = await enrolApp(desk);
    desk.clock.advance(60_000);
    const { token: third } = await desk.passwords();
    const done = await useCode(desk, third, codeOfApp(secret, desk.clock.utcMs()));
    assert.ok(done.next === 'done');
    const { token } = await desk.signIn.passDirectory(first, from);
    const { own } = desk.signIn;
    whileRead(desk, 'byName', async () => await own.changePassword(done.caller, OWN, from));
    await assert.rejects(desk.signIn.passGateway(token, second, from), SignInRefused);
    assert.equal(await openOf(desk), 1);
  });

  for (const [when, during] of [
    ['while passwords are hashed', whileHashed],
    ['while the ledger writes', whileWritten],
  ] as const) {
    test(`a change by its owner never undoes a recovery ${when}`, async () => {
      const desk = await newDesk(open);
      const { done } = await enrolApp(desk);
      assert.ok(done.next === 'done');
      during(desk, async () => await give(desk, GIVEN));
      const { own } = desk.signIn;
      await assert.rejects(own.changePassword(done.caller, OWN, from), NotSignedIn);
      assert.equal(kinds(desk.facts).includes('password-changed'), during === whileWritten);
      await atNewPassword(desk);
    });

    test(`a first choice of a password never undoes a recovery ${when}`, async () => {
      const desk = await newDesk(open);
      await give(desk, GIVEN_AGAIN);
      const { token: half } = await desk.signIn.passDirectory(first, from);
      const given = { ...second, password: GIVEN_AGAIN };
      const { token } = await desk.signIn.passGateway(half, given, from);
      during(desk, async () => await give(desk, GIVEN));
      await assert.rejects(desk.signIn.chooseFirstPassword(token, OWN, from), NotSignedIn);
      await atNewPassword(desk);
    });
  }

  test('a sign-in that was ended changes no password, also when it is known which one is in force', async () => {
    const desk = await newDesk(open);
    await give(desk, GIVEN);
    const token = await atNewPassword(desk);
    const account = await desk.signIn.accounts.byName('tara');
    assert.ok(account);
    whileWritten(desk, async () => await endSignInsOf(desk.database, account.id));
    await assert.rejects(desk.signIn.chooseFirstPassword(token, OWN, from), NotSignedIn);
    await atNewPassword(desk);
  });

  test('who chooses the first password ends whatever else got as far by the one that was given', async () => {
    const desk = await newDesk(open);
    await give(desk, GIVEN);
    const other = await atNewPassword(desk);
    const next = await desk.signIn.chooseFirstPassword(await atNewPassword(desk), OWN, from);
    await assert.rejects(desk.signIn.atFactor(other), NotSignedIn);
    assert.ok(await desk.signIn.atFactor(next.token));
  });

  test('a factor and recovery codes that are being enrolled do not outlive a recovery', async () => {
    for (const entry of ['factor-enrolled', 'recovery-codes-issued'] as const) {
      const desk = await newDesk(open);
      const { factors, signIn } = desk;
      const recover = async () => {
        const account = await signIn.accounts.byName('tara');
        assert.ok(account);
        await give(desk, GIVEN);
        await factors.reset(account.id, 'root');
      };
      whileWritten(desk, recover, entry);
      await assert.rejects(enrolApp(desk), SecondFactorRefused);
      const next = await signIn.chooseFirstPassword(await atNewPassword(desk), OWN, from);
      assert.equal(next.next, 'enrolment');
      const { technicianId } = await signIn.atFactor(next.token);
      assert.equal(await factors.needsRecoveryCodes(technicianId), true);
    }
  });

  test('nothing that goes on outlives what ends all of an account at the same time', async () => {
    const desk = await newDesk(open);
    const { live, accounts } = desk.signIn;
    const account = await accounts.byName('tara');
    assert.ok(account);
    const { id: technicianId } = account;
    for (let times = 0; times < 20; times += 1) {
      const { token } = await desk.passwords();
      const half = await live.half(token, 'password-passed');
      await Promise.all([
        live.goOn(half, { technicianId, state: 'full' }, null).catch((fault: unknown) => {
          assert.ok(fault instanceof NotSignedIn, String(fault));
        }),
        endSignInsOf(desk.database, technicianId),
      ]);
      assert.equal(await openOf(desk), 0);
    }
  });
});

/** Whoever changes the password has read the account, and hashes. */
function whileHashed(desk: Desk, meanwhile: () => Promise<void>): void {
  const { accounts } = desk.signIn;
  const read = accounts.byId.bind(accounts);
  let times = 0;
  // The last read before the hashes; the one after them is the next.
  accounts.byId = async (of) => {
    const account = await read(of);
    times += 1;
    if (times === (account?.hasGivenPassword === true ? 2 : 1)) await meanwhile();
    return account;
  };
}
