/**
 * Goal: what an account allows counts at once, a confirmation is of one cookie and does not last, and a password that an
 * administrator made lets nobody in before its owner has chosen another.
 * Method: the gates on both databases, with a clock turned by hand.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIRMATION_LIFE_MS } from '@chaperone/protocol/console-api/administration.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import { codeOfApp } from '../../platform/one-time-code/testing/authenticator-app.ts';
import { SecondFactorRefused } from '../second-factor/second-factor.ts';
import { hashPassword } from './password.ts';
import {
  ConfirmationRefused,
  ConfirmationRequired,
  NoRoleHere,
  NotSignedIn,
  PasswordUnfit,
  SignInRefused,
  SignInThrottled,
  givePassword,
} from './sign-in.ts';
import type { Caller, FactorUse } from './sign-in.ts';
import { PEOPLE, enrolApp, from, kinds, newDesk, useCode } from './testing/third-gate-desk.ts';
import type { Desk } from './testing/third-gate-desk.ts';

const PASSWORD = PEOPLE.tara.second.password;
const OFFER_MS = 15 * 60_000;
const FIRST = 'cobbler-lagoon-8841';
const OWN = 'trellis-mosaic-5526';

/** Somebody who is in with an app; each has another second of the clock, so that no code is used twice. */
async function signedIn(desk: Desk, secret: string): Promise<{ caller: Caller; token: string }> {
  desk.clock.advance(60_000);
  const { token } = await desk.passwords();
  const done = await useCode(desk, token, codeOfApp(secret, desk.clock.utcMs()));
  assert.ok(done.next === 'done');
  return { caller: done.caller, token: done.token };
}

const byApp = (desk: Desk, secret: string): FactorUse => {
  desk.clock.advance(60_000);
  const code = codeOfApp(secret, desk.clock.utcMs());
  return async (at, factors) => await factors.useCode(at, code);
};

forEachDatabase('own account', (open) => {
  test('a confirmation is fresh for its time, at its cookie only, and a sign-in is one', async () => {
    const desk = await newDesk(open);
    const { own } = desk.signIn;
    const { secret } = await enrolApp(desk);
    const one = await signedIn(desk, secret);
    const other = await signedIn(desk, secret);
    own.assertFresh(other.caller);
    desk.clock.advance(CONFIRMATION_LIFE_MS + 1);
    for (const { token } of [one, other]) {
      const caller = await desk.signIn.callerOf(token);
      assert.ok(caller);
      assert.throws(() => own.assertFresh(caller), ConfirmationRequired);
    }
    await own.confirm(other.caller, PASSWORD, byApp(desk, secret), from);
    const confirmed = await desk.signIn.callerOf(other.token);
    assert.ok(confirmed);
    own.assertFresh(confirmed);
    const still = await desk.signIn.callerOf(one.token);
    assert.ok(still);
    assert.throws(() => own.assertFresh(still), ConfirmationRequired);
    assert.ok(kinds(desk.facts).includes('sign-in-confirmed'));
    // A clock that was set back makes nothing fresh.
    desk.clock.setUtc(desk.clock.utcMs() - 60_000);
    assert.throws(() => own.assertFresh(confirmed), ConfirmationRequired);
  });

  test('password and second factor are both asked for, wrong ones are one answer, and guessing is slowed', async () => {
    const desk = await newDesk(open);
    const { own } = desk.signIn;
    const { secret } = await enrolApp(desk);
    const { caller } = await signedIn(desk, secret);
    const wrong: FactorUse = async (at, factors) => await factors.useCode(at, '000000');
    for (const [password, use] of [
      ['not the password', byApp(desk, secret)],
      [PASSWORD, null],
      [PASSWORD, wrong],
    ] as const) {
      await assert.rejects(own.confirm(caller, password, use, from), ConfirmationRefused);
    }
    const guess = async () => await own.confirm(caller, 'not the password', null, from);
    await assert.rejects(async () => {
      for (let tries = 0; tries < 10; tries += 1)
        await guess().catch((fault: unknown) => {
          if (!(fault instanceof ConfirmationRefused)) throw fault;
        });
    }, SignInThrottled);
    assert.ok(kinds(desk.facts).includes('confirmation-refused'));
  });

  test('another password ends whatever else is open, and follows the rules of passwords', async () => {
    const desk = await newDesk(open);
    const { own } = desk.signIn;
    const { secret } = await enrolApp(desk);
    const one = await signedIn(desk, secret);
    const other = await signedIn(desk, secret);
    for (const unfit of ['short', PASSWORD, 'tara.lindqvist-tara'])
      await assert.rejects(own.changePassword(other.caller, unfit, from), PasswordUnfit, unfit);
    await own.changePassword(other.caller, OWN, from);
    assert.equal(await desk.signIn.callerOf(one.token), null);
    assert.ok(await desk.signIn.callerOf(other.token));
    await assert.rejects(desk.passwords(), SignInRefused);
    assert.equal((await own.signIns(other.caller)).length, 1);
    await own.signOutEverywhere(other.caller);
    assert.equal(await desk.signIn.callerOf(other.token), null);
  });

  test('a secret that was offered for another app counts for a quarter of an hour', async () => {
    const desk = await newDesk(open);
    const { factor } = desk.signIn.own;
    const { secret } = await enrolApp(desk);
    const { caller } = await signedIn(desk, secret);
    const offered = async (ageMs: number) => {
      const offer = await factor.offerCode(caller);
      desk.clock.advance(ageMs);
      return codeOfApp(offer.secret, desk.clock.utcMs());
    };
    const late = await offered(OFFER_MS + 1);
    await assert.rejects(factor.takeCode(caller, late), SecondFactorRefused);
    const inTime = await offered(OFFER_MS);
    assert.equal((await factor.takeCode(caller, inTime)).kind, 'code');
  });

  test('a password that an administrator made leads to a new one, and nowhere else', async () => {
    const desk = await newDesk(open);
    const { signIn } = desk;
    const account = await signIn.accounts.byName('tara');
    assert.ok(account);
    await givePassword(desk.database, account.id, await hashPassword(FIRST), desk.clock.utcMs());
    const half = await signIn.passDirectory(PEOPLE.tara.first, from);
    const second = { accountName: 'tara', password: FIRST };
    const passed = await signIn.passGateway(half.token, second, from);
    assert.equal(passed.next, 'new-password');
    assert.equal(await signIn.callerOf(passed.token), null);
    assert.equal(await signIn.isAtThirdGate(passed.token), false);
    assert.equal(await signIn.isAtNewPassword(passed.token), true);
    await assert.rejects(signIn.atFactor(passed.token), NotSignedIn);
    for (const unfit of [FIRST, 'short'])
      await assert.rejects(signIn.chooseFirstPassword(passed.token, unfit, from), PasswordUnfit);
    const next = await signIn.chooseFirstPassword(passed.token, OWN, from);
    assert.equal(next.next, 'enrolment');
    await assert.rejects(signIn.chooseFirstPassword(passed.token, OWN, from), NotSignedIn);
    assert.equal((await signIn.accounts.byName('tara'))?.hasGivenPassword, false);
  });

  test('a password that an administrator made opens nothing after a week, and says so to its owner alone', async () => {
    const desk = await newDesk(open);
    const { signIn, clock } = desk;
    const account = await signIn.accounts.byName('tara');
    assert.ok(account);
    await givePassword(desk.database, account.id, await hashPassword(FIRST), clock.utcMs());
    const pass = async (password: string) => {
      const half = await signIn.passDirectory(PEOPLE.tara.first, from);
      return await signIn.passGateway(half.token, { accountName: 'tara', password }, from);
    };
    clock.advance(7 * 86_400_000);
    assert.equal((await pass(FIRST)).next, 'new-password');
    clock.advance(1);
    await assert.rejects(pass(FIRST), { code: 'FIRST_PASSWORD_EXPIRED' });
    await assert.rejects(pass('not it at all'), { code: 'SIGN_IN_REFUSED' });
  });

  test('an account narrows what the directory says, at once, and a disabled one is out', async () => {
    const desk = await newDesk(open);
    const { accounts } = desk.signIn;
    const { secret } = await enrolApp(desk);
    const { token, caller } = await signedIn(desk, secret);
    assert.deepEqual(caller.roles, ['technician']);
    await accounts.setRoles(caller.id, ['lead', 'administrator']);
    assert.equal(await desk.signIn.callerOf(token), null);
    const { token: half } = await desk.passwords();
    desk.clock.advance(60_000);
    const code = codeOfApp(secret, desk.clock.utcMs());
    await assert.rejects(useCode(desk, half, code), NoRoleHere);
    await accounts.setRoles(caller.id, ['technician', 'lead']);
    assert.deepEqual((await desk.signIn.callerOf(token))?.roles, ['technician']);
    assert.equal(await accounts.setDisabled(caller.id, true), true);
    assert.equal(await accounts.setDisabled(caller.id, true), false);
    assert.equal(await desk.signIn.callerOf(token), null);
    await assert.rejects(desk.passwords(), SignInRefused);
    await accounts.setDisabled(caller.id, false);
    assert.ok(await desk.signIn.callerOf(token));
  });
});
