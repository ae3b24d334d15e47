/**
 * Goal: nobody comes in by two passwords alone; a code and a recovery code count once, for their own account and time,
 * whoever races; and guessing six digits is slowed without locking the owner out.
 * Method: the real sign-in and second factors on both databases with a clock turned by hand; codes by a second
 * implementation of RFC 6238.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import { systemRandom } from '../../platform/random/random.ts';
import {
  FactorEnrolled,
  FactorNotHere,
  SecondFactorRefused,
} from '../second-factor/second-factor.ts';
import type { FactorHolder } from '../second-factor/second-factor.ts';
import { codeOfApp } from '../../platform/one-time-code/testing/authenticator-app.ts';
import { NotSignedIn, SignInRefused, SignInThrottled } from './sign-in.ts';
import {
  PEOPLE,
  enrolApp,
  from,
  kinds,
  newDesk,
  party,
  useCode,
  useRecovery,
  workstation,
} from './testing/third-gate-desk.ts';

forEachDatabase('the third gate', (open) => {
  test('two passwords open nothing; who has no factor enrols one and confirms recovery codes first', async () => {
    const desk = await newDesk(open);
    const { signIn, facts, passwords, database } = desk;
    const step = await passwords();
    assert.equal(step.next, 'enrolment');
    assert.equal(await signIn.callerOf(step.token), null);
    await assert.rejects(signIn.confirmRecoveryCodes(step.token), NotSignedIn);
    const { secret, codes, done } = await enrolApp(desk);
    assert.notEqual(await signIn.callerOf(done.token), null);
    assert.deepEqual(kinds(facts), ['factor-enrolled', 'recovery-codes-issued', 'sign-in']);
    // Neither the secret nor a code is anywhere in the database.
    const tables = database.db<Record<string, object>>();
    let all = '';
    for (const table of [
      'desk_factor',
      'desk_factor_challenge',
      'desk_recovery_code',
      'desk_sign_in',
    ])
      all += JSON.stringify(await tables.selectFrom(table).selectAll().execute());
    assert.ok(all.length > 1000);
    for (const plain of [secret.replaceAll(' ', ''), ...codes]) assert.ok(!all.includes(plain));
    const next = await passwords();
    assert.deepEqual([next.next, next.next === 'factor' && next.factor], ['factor', 'code']);
  });

  test('the cookie of each gate is worth nothing at the next: a planted one does not become a sign-in', async () => {
    const desk = await newDesk(open);
    const { signIn, clock } = desk;
    const { secret } = await enrolApp(desk);
    const { first, second } = PEOPLE.tara;
    const planted = (await signIn.passDirectory(first, from)).token;
    const half = (await signIn.passGateway(planted, second, from)).token;
    await assert.rejects(useCode(desk, planted, codeOfApp(secret, clock.utcMs())), NotSignedIn);
    const { token } = await useCode(desk, half, codeOfApp(secret, clock.utcMs()));
    for (const old of [planted, half]) {
      assert.equal(await signIn.callerOf(old), null);
      await assert.rejects(signIn.atFactor(old), NotSignedIn);
    }
    assert.equal(new Set([planted, half, token]).size, 3);
  });

  test('before the password was right nothing tells whether an account has a factor', async () => {
    const desk = await newDesk(open);
    const { signIn } = desk;
    await enrolApp(desk, 'lena');
    const said = new Set<string>();
    for (const accountName of ['lena', 'tara', 'nobody']) {
      const { token } = await signIn.passDirectory(PEOPLE.tara.first, from);
      await assert.rejects(
        signIn.passGateway(token, { accountName, password: 'not this password' }, from),
        (fault: unknown) => {
          assert.ok(fault instanceof SignInRefused);
          said.add(JSON.stringify([fault.code, fault.message]));
          return true;
        },
      );
      await assert.rejects(signIn.atFactor(token), NotSignedIn);
    }
    assert.equal(said.size, 1);
  });

  test('a code counts once: not again, not after a restart, not at a second process, not an older one', async () => {
    const desk = await newDesk(open);
    const { clock, passwords, start } = desk;
    const { secret } = await enrolApp(desk);
    const older = codeOfApp(secret, clock.utcMs() - 30_000);
    const code = codeOfApp(secret, clock.utcMs());
    assert.equal((await useCode(desk, (await passwords()).token, code)).next, 'done');
    await assert.rejects(useCode(desk, (await passwords()).token, code), SecondFactorRefused);
    await assert.rejects(useCode(desk, (await passwords()).token, older), SecondFactorRefused);
    const other = start();
    const { token } = await passwords('tara', other.signIn);
    await assert.rejects(useCode(other, token, code), SecondFactorRefused);
    clock.advance(30_000);
    assert.equal((await useCode(other, token, codeOfApp(secret, clock.utcMs()))).next, 'done');
  });

  test('of two processes that are shown one code at the same time, one takes it', async () => {
    const desk = await newDesk(open);
    const { clock, passwords, start } = desk;
    const { secret } = await enrolApp(desk);
    const code = codeOfApp(secret, clock.utcMs());
    const others = [start(), start(), start()];
    const tokens: string[] = [];
    for (const { signIn } of others) tokens.push((await passwords('tara', signIn)).token);
    const settled = await Promise.allSettled(
      others.map((other, index) => useCode(other, tokens[index] ?? '', code)),
    );
    assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1);
  });

  test("another person's code, and the code that enrolled, do not count", async () => {
    const desk = await newDesk(open);
    const { clock, passwords } = desk;
    const { secret } = await enrolApp(desk);
    await enrolApp(desk, 'lena');
    const { token } = await passwords('lena');
    await assert.rejects(
      useCode(desk, token, codeOfApp(secret, clock.utcMs())),
      SecondFactorRefused,
    );
    const again = await newDesk(open);
    const half = await again.passwords();
    const offer = await again.factors.offerCode(await again.signIn.atFactor(half.token));
    const code = codeOfApp(offer.secret, again.clock.utcMs());
    const use = (at: FactorHolder) => again.factors.enrolCode(at, code);
    const shown = await again.signIn.passFactor(half.token, 'code', from, use);
    await again.signIn.confirmRecoveryCodes(shown.token);
    await assert.rejects(
      useCode(again, (await again.passwords()).token, code),
      SecondFactorRefused,
    );
  });

  test('guessing six digits is slowed, elsewhere without the owner at the own workstation, and leaves its record', async () => {
    const desk = await newDesk(open);
    const { clock, facts, licensed, passwords, signIn } = desk;
    const { secret } = await enrolApp(desk);
    const elsewhere = newId('workstation', systemRandom);
    licensed.add(elsewhere);
    const { first, second } = PEOPLE.tara;
    const begun = await signIn.passDirectory({ ...first, workstation: elsewhere }, from);
    const { token } = await signIn.passGateway(begun.token, second, from);
    const right = codeOfApp(secret, clock.utcMs());
    let refused = 0;
    let throttled = 0;
    for (let guess = 0; guess < 20; guess += 1) {
      const code = String(guess).padStart(6, '7');
      await useCode(desk, token, code === right ? '000000' : code).catch((fault: unknown) => {
        if (fault instanceof SignInThrottled) throttled += 1;
        else if (fault instanceof SecondFactorRefused) refused += 1;
      });
    }
    assert.deepEqual([refused, throttled], [5, 15]);
    await assert.rejects(useCode(desk, token, right), SignInThrottled);
    assert.equal(facts.filter(({ kind }) => kind === 'second-factor-refused').length, 5);
    assert.equal((await useCode(desk, (await passwords()).token, right)).next, 'done');
    clock.advance(120_000);
    const half = await signIn.passDirectory({ ...first, workstation: elsewhere }, from);
    const late = await signIn.passGateway(half.token, second, from);
    assert.equal((await useCode(desk, late.token, codeOfApp(secret, clock.utcMs()))).next, 'done');
  });

  test('a recovery code counts once, whoever races, and its use is told at the next sign-in', async () => {
    const desk = await newDesk(open);
    const { clock, facts, passwords } = desk;
    const { secret, codes } = await enrolApp(desk);
    const [code = '', other = ''] = codes;
    const tokens = [await passwords(), await passwords(), await passwords()];
    const raced = await Promise.allSettled(
      tokens.map(({ token }) => useRecovery(desk, token, code.toLowerCase())),
    );
    assert.equal(raced.filter(({ status }) => status === 'fulfilled').length, 1);
    await assert.rejects(useRecovery(desk, (await passwords()).token, code), SecondFactorRefused);
    const used = facts.filter(({ kind }) => kind === 'recovery-code-used');
    assert.deepEqual(
      used.map((fact) => fact.kind === 'recovery-code-used' && fact.left),
      [9],
    );
    // Lena has none, and is told nothing else than Tara is.
    await assert.rejects(
      useRecovery(desk, (await passwords('lena')).token, other),
      SecondFactorRefused,
    );
    clock.advance(120_000);
    const next = await useCode(desk, (await passwords()).token, codeOfApp(secret, clock.utcMs()));
    assert.ok(next.next === 'done');
    assert.deepEqual(
      next.tell.map(({ workstation: at, left }) => [at, left]),
      [[workstation, 9]],
    );
    clock.advance(120_000);
    const after = await useCode(desk, (await passwords()).token, codeOfApp(secret, clock.utcMs()));
    assert.ok(after.next === 'done');
    assert.deepEqual(after.tell, []);
  });

  test('codes that were shown and not confirmed are worth nothing, and others are shown at the next sign-in', async () => {
    const desk = await newDesk(open);
    const { signIn, factors, clock, passwords } = desk;
    const { token } = await passwords();
    const { secret } = await factors.offerCode(await signIn.atFactor(token));
    const code = codeOfApp(secret, clock.utcMs());
    const use = (at: FactorHolder) => factors.enrolCode(at, code);
    const lost = await signIn.passFactor(token, 'code', from, use);
    assert.ok(lost.next === 'recovery-codes');
    assert.equal(await signIn.callerOf(lost.token), null);
    clock.advance(60_000);
    const [first = ''] = lost.recoveryCodes;
    await assert.rejects(useRecovery(desk, (await passwords()).token, first), SecondFactorRefused);
    const again = await useCode(desk, (await passwords()).token, codeOfApp(secret, clock.utcMs()));
    assert.ok(again.next === 'recovery-codes');
    assert.equal(new Set([...again.recoveryCodes, ...lost.recoveryCodes]).size, 20);
    await assert.rejects(signIn.confirmRecoveryCodes(lost.token), SecondFactorRefused);
    await signIn.confirmRecoveryCodes(again.token);
    const own = await useRecovery(desk, (await passwords()).token, again.recoveryCodes[9] ?? '');
    assert.equal(own.next, 'done');
  });

  test('who has a factor enrols no other; of two who enrol at once, one does', async () => {
    const desk = await newDesk(open);
    const { signIn, factors, clock, passwords } = desk;
    const halves = [await passwords(), await passwords()];
    const offers: { readonly token: string; readonly code: string }[] = [];
    for (const { token } of halves) {
      const { secret } = await factors.offerCode(await signIn.atFactor(token));
      offers.push({ token, code: codeOfApp(secret, clock.utcMs()) });
    }
    const raced = await Promise.allSettled(
      offers.map(({ token, code }) =>
        signIn.passFactor(token, 'code', from, (at) => factors.enrolCode(at, code)),
      ),
    );
    assert.equal(raced.filter(({ status }) => status === 'fulfilled').length, 1);
    const at = await signIn.atFactor((await passwords()).token);
    await assert.rejects(factors.offerCode(at), FactorEnrolled);
    await assert.rejects(factors.offerPasskey(at, party), FactorEnrolled);
  });

  test('a half sign-in and its question end with their time', async () => {
    const desk = await newDesk(open);
    const { clock, passwords, signIn } = desk;
    const { secret } = await enrolApp(desk);
    const { token } = await passwords();
    clock.advance(15 * 60_000 + 1);
    await assert.rejects(useCode(desk, token, codeOfApp(secret, clock.utcMs())), NotSignedIn);
    assert.equal(await signIn.isAtThirdGate(token), false);
  });

  test('an account that is disabled between password and factor does not come in; nor does an unlicensed workstation', async () => {
    const desk = await newDesk(open);
    const { clock, passwords, database, licensed } = desk;
    const { secret } = await enrolApp(desk);
    const one = await passwords();
    licensed.clear();
    await assert.rejects(useCode(desk, one.token, codeOfApp(secret, clock.utcMs())), NotSignedIn);
    licensed.add(workstation);
    await database
      .db<{ desk_account: { disabled_at: number | null } }>()
      .updateTable('desk_account')
      .set({ disabled_at: clock.utcMs() })
      .execute();
    await assert.rejects(useCode(desk, one.token, codeOfApp(secret, clock.utcMs())), NotSignedIn);
  });

  test('a reset takes factor and recovery codes away, is recorded with who did it, and the next sign-in enrols', async () => {
    const desk = await newDesk(open);
    const { factors, facts, passwords, signIn } = desk;
    const { codes, secret } = await enrolApp(desk);
    const tara = await signIn.accounts.byName('tara');
    assert.ok(tara !== null);
    assert.deepEqual(await factors.reset(tara.id, 'root'), { removed: 1 });
    assert.deepEqual(facts.at(-1), { kind: 'factor-removed', technicianId: tara.id, by: 'root' });
    const step = await passwords();
    assert.equal(step.next, 'enrolment');
    await assert.rejects(useRecovery(desk, step.token, codes[0] ?? ''), SecondFactorRefused);
    await assert.rejects(
      useCode(desk, step.token, codeOfApp(secret, desk.clock.utcMs())),
      FactorNotHere,
    );
  });
});
