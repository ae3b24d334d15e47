/**
 * Goal: both gates open only for the same person at a licensed workstation, guessing is slowed, limits end a sign-in, and
 * no refusal tells who exists.
 * Method: the real sign-in on both databases with the demo directory and a clock turned by hand.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { openDemoDirectory } from '../../directory/demo/demo.ts';
import { DirectoryRefusal } from '../../directory/contract.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import type { OpenTestDatabase } from '../../platform/database/testing/database-suite.ts';
import { silentLog } from '../../platform/log/log.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { isPassword, hashPassword, PasswordUnfit } from './password.ts';
import {
  AccountExists,
  MalformedAccount,
  NotSignedIn,
  SIGN_IN_MIGRATIONS,
  THIRD_GATE_MIGRATIONS,
  ROLE_MIGRATIONS,
  SignIn,
  SignInRefused,
  SignInThrottled,
  WorkstationNotLicensed,
} from './sign-in.ts';

const workstation = newId('workstation', systemRandom);
const from = { address: '192.0.2.1' };
const first = { login: 'tara.lindqvist', password: 'lakeside-teal-41', workstation };
const second = { accountName: 'tara', password: 'harbour-amber-72' };
const IDLE_MS = 900_000;

async function newSignIn(open: OpenTestDatabase) {
  const database = await open([
    ...SIGN_IN_MIGRATIONS,
    ...THIRD_GATE_MIGRATIONS,
    ...ROLE_MIGRATIONS,
  ]);
  const clock = new ManualClock();
  const facts: LedgerFact[] = [];
  const licensed = new Set<string>([workstation]);
  const ledger = {
    append: async (fact: LedgerFact) => {
      facts.push(fact);
      return { index: facts.length, leafHash: '' };
    },
    appendLater: (fact: LedgerFact) => void facts.push(fact),
  };
  const context = {
    database,
    clock,
    randomBytes: systemRandom,
    log: silentLog(),
    ledger,
    vault: null,
  };
  const signIn = new SignIn(context as never, {
    directory: openDemoDirectory(),
    secondFactors: null,
    isWorkstationLicensed: async (id) => licensed.has(id),
    posture: { assertCurrent: async () => {}, assertAdmits: () => {} },
    idleMs: IDLE_MS,
  });
  for (const [accountName, directoryLogin, password] of [
    ['tara', 'tara.lindqvist', 'harbour-amber-72'],
    ['lena', 'lena.hoffmann', 'meadow-cobalt-63'],
  ] as const) {
    await signIn.accounts.add({ accountName, directoryLogin, name: accountName, password });
  }
  const both = async (): Promise<string> => {
    const half = await signIn.passDirectory(first, from);
    return (await signIn.passGateway(half.token, second, from)).token;
  };
  return { signIn, clock, facts, licensed, both, database };
}

forEachDatabase('sign-in', (open) => {
  test('two gates in order give a caller; the first alone gives nothing', async () => {
    const { signIn, facts, database } = await newSignIn(open);
    const half = await signIn.passDirectory(first, from);
    assert.equal(await signIn.callerOf(half.token), null);
    const passed = await signIn.passGateway(half.token, second, from);
    assert.ok(passed.next === 'done');
    const { token, caller } = passed;
    assert.notEqual(token, half.token);
    const found = await signIn.callerOf(token);
    assert.deepEqual(
      [found?.name, found?.workstation, found?.id],
      ['Tara Lindqvist', workstation, caller.id],
    );
    assert.equal(await signIn.callerOf(half.token), null);
    await assert.rejects(signIn.passGateway(half.token, second, from), NotSignedIn);
    assert.deepEqual(
      facts.map(({ kind }) => kind),
      ['sign-in'],
    );
    // The cookie itself is nowhere in the database.
    const rows = await database
      .db<{ desk_sign_in: object }>()
      .selectFrom('desk_sign_in')
      .selectAll()
      .execute();
    assert.equal(rows.length, 1);
    assert.ok(!JSON.stringify(rows).includes(token));
  });

  test("another person's account does not open the second gate, nor does no account at all", async () => {
    const { signIn, facts } = await newSignIn(open);
    const messages = new Set<string>();
    for (const ask of [
      { accountName: 'lena', password: 'meadow-cobalt-63' },
      { accountName: 'nobody', password: 'meadow-cobalt-63' },
      { accountName: 'tara', password: 'wrong password here' },
    ]) {
      const half = await signIn.passDirectory(first, from);
      await assert.rejects(signIn.passGateway(half.token, ask, from), (fault: unknown) => {
        assert.ok(fault instanceof SignInRefused);
        messages.add(fault.message);
        return true;
      });
    }
    assert.equal(messages.size, 1);
    // Whose account was tried; where there is none of that name, whose sign-in it was.
    const tara = (await signIn.accounts.byName('tara'))?.id;
    const lena = (await signIn.accounts.byName('lena'))?.id;
    const refused = facts.filter((fact) => fact.kind === 'sign-in-refused');
    assert.deepEqual(
      refused.map(({ technicianId }) => technicianId),
      [lena, tara, tara],
    );
  });

  test('a refusal at the first gate names the account of the login, and keeps nothing of what was typed', async () => {
    const { signIn, facts } = await newSignIn(open);
    const tara = (await signIn.accounts.byName('tara'))?.id;
    const typed = { ...first, login: 'lakeside-teal-41', password: 'x' };
    await assert.rejects(
      signIn.passDirectory({ ...first, login: ' Tara.Lindqvist', password: 'x' }, from),
      DirectoryRefusal,
    );
    await assert.rejects(signIn.passDirectory(typed, from), DirectoryRefusal);
    const refused = facts.filter((fact) => fact.kind === 'sign-in-refused');
    assert.deepEqual(
      refused.map(({ technicianId }) => technicianId),
      [tara, null],
    );
    assert.ok(!JSON.stringify(facts).includes(typed.login));
  });

  test('an unlicensed workstation is refused, and one that loses its licence is out at once', async () => {
    const { signIn, licensed, both } = await newSignIn(open);
    const elsewhere = { ...first, workstation: newId('workstation', systemRandom) };
    await assert.rejects(signIn.passDirectory(elsewhere, from), WorkstationNotLicensed);
    const token = await both();
    licensed.clear();
    assert.equal(await signIn.callerOf(token), null);
  });

  test('idleness ends a sign-in, use keeps it, and the absolute limit ends it anyway', async () => {
    const { signIn, clock, both } = await newSignIn(open);
    const idle = await both();
    clock.advance(IDLE_MS + 1);
    assert.equal(await signIn.callerOf(idle), null);
    const busy = await both();
    for (let passed = 0; passed < 12 * 3_600_000 - IDLE_MS; passed += IDLE_MS - 1) {
      assert.notEqual(await signIn.callerOf(busy), null);
      clock.advance(IDLE_MS - 1);
    }
    clock.advance(IDLE_MS - 1);
    assert.equal(await signIn.callerOf(busy), null);
  });

  test('looking whether a sign-in holds does not keep it', async () => {
    const { signIn, clock, both } = await newSignIn(open);
    const token = await both();
    clock.advance(IDLE_MS / 2);
    assert.equal(await signIn.isHeld(token), true);
    clock.advance(IDLE_MS / 2 + 1);
    assert.equal(await signIn.isHeld(token), false);
  });

  test('the second gate does not stay open for long', async () => {
    const { signIn, clock } = await newSignIn(open);
    const half = await signIn.passDirectory(first, from);
    clock.advance(5 * 60_000 + 1);
    await assert.rejects(signIn.passGateway(half.token, second, from), NotSignedIn);
  });

  test('guessing one account is slowed, also with the right password, and the owner comes in again', async () => {
    const { signIn, clock, facts } = await newSignIn(open);
    for (let tries = 0; tries < 5; tries += 1) {
      const guess = { ...first, password: `guess number ${tries}` };
      await assert.rejects(
        signIn.passDirectory(guess, { address: `192.0.2.${tries}` }),
        DirectoryRefusal,
      );
    }
    await assert.rejects(signIn.passDirectory(first, { address: '192.0.2.99' }), SignInThrottled);
    clock.advance(30_000);
    await signIn.passDirectory(first, { address: '192.0.2.99' });
    // Throttled attempts do not fill the ledger: they are counted.
    assert.equal(facts.length, 5);
    signIn.close();
    const technicianId = (await signIn.accounts.byName('tara'))?.id;
    assert.deepEqual(facts.slice(5), [
      {
        kind: 'sign-ins-refused',
        step: 'directory',
        workstationId: workstation,
        technicianId,
        code: 'SIGN_IN_THROTTLED',
        count: 1,
      },
    ]);
  });

  test('whoever guesses elsewhere does not lock the owner out of the own workstation, nor gains by more workstations', async () => {
    const { signIn, licensed } = await newSignIn(open);
    await signIn.passDirectory(first, from);
    let tried = 0;
    let throttled = 0;
    for (let machine = 0; machine < 10; machine += 1) {
      const elsewhere = newId('workstation', systemRandom);
      licensed.add(elsewhere);
      for (let tries = 0; tries < 3; tries += 1) {
        const guess = { ...first, workstation: elsewhere, password: `guess ${tries}` };
        await signIn
          .passDirectory(guess, { address: `192.0.2.${machine}` })
          .catch((fault: unknown) => {
            if (fault instanceof SignInThrottled) throttled += 1;
            else tried += 1;
          });
      }
    }
    assert.deepEqual([tried, throttled], [5, 25]);
    for (let times = 0; times < 10; times += 1) await signIn.passDirectory(first, from);
  });

  test('guessing many accounts at one workstation is slowed; others behind the same address are not', async () => {
    const { signIn, licensed } = await newSignIn(open);
    const guesser = newId('workstation', systemRandom);
    licensed.add(guesser);
    let throttled = 0;
    for (let tries = 0; tries < 400; tries += 1) {
      const guess = { ...first, login: `person.${tries}`, workstation: guesser };
      await signIn.passDirectory(guess, from).catch((fault: unknown) => {
        if (fault instanceof SignInThrottled) throttled += 1;
      });
    }
    assert.equal(throttled, 380);
    await signIn.passDirectory(first, from);
  });

  test('who has no licensed workstation is slowed by address, and slows nobody who has one', async () => {
    const { signIn, facts } = await newSignIn(open);
    const codes: string[] = [];
    for (let tries = 0; tries < 40; tries += 1) {
      const guess = { ...first, workstation: newId('workstation', systemRandom) };
      await signIn.passDirectory(guess, from).catch((fault: unknown) => {
        codes.push((fault as { code: string }).code);
      });
    }
    assert.deepEqual(codes.slice(0, 20), Array(20).fill('WORKSTATION_NOT_LICENSED'));
    assert.deepEqual(codes.slice(20), Array(20).fill('SIGN_IN_THROTTLED'));
    assert.equal(facts.length, 20);
    await signIn.passDirectory(first, from);
  });

  test('an account that does not exist is slowed exactly like one that does', async () => {
    const { signIn } = await newSignIn(open);
    const seen: string[][] = [];
    for (const accountName of ['lena', 'nobody']) {
      const { token } = await signIn.passDirectory(first, from);
      const codes: string[] = [];
      for (let tries = 0; tries < 7; tries += 1) {
        await signIn
          .passGateway(token, { accountName, password: 'not this password' }, from)
          .catch((fault: unknown) => codes.push((fault as { code: string }).code));
      }
      seen.push(codes);
    }
    assert.deepEqual(seen[0], seen[1]);
    assert.deepEqual(seen[0]?.slice(4), [
      'SIGN_IN_REFUSED',
      'SIGN_IN_THROTTLED',
      'SIGN_IN_THROTTLED',
    ]);
  });

  test('accounts are added once, by well-formed names', async () => {
    const { signIn } = await newSignIn(open);
    const account = {
      accountName: 'otto',
      directoryLogin: 'otto.brandt',
      name: 'Otto',
      password: 'chestnut-velvet-19',
    };
    await signIn.accounts.add(account);
    await assert.rejects(signIn.accounts.add(account), AccountExists);
    await assert.rejects(signIn.accounts.add({ ...account, accountName: 'otto2' }), AccountExists);
    await assert.rejects(
      signIn.accounts.add({ ...account, accountName: 'Otto!' }),
      MalformedAccount,
    );
    await assert.rejects(signIn.accounts.add({ ...account, password: 'short' }), PasswordUnfit);
  });
});

describe('passwords', () => {
  test('only the same password fits, and the hash says how it was made', async () => {
    const hash = await hashPassword('pässword with ümlauts');
    assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.equal(await isPassword('pässword with ümlauts'.normalize('NFD'), hash), true);
    assert.equal(await isPassword('password with umlauts', hash), false);
    assert.equal(await isPassword('anything', null), false);
    assert.equal(await isPassword('anything', 'no hash at all'), false);
    // All of it counts: whatever looks alike, and what stands behind a NUL.
    for (const other of [
      'pässword with ümlauts\0',
      'pässword with ümlauts\0more',
      'pässword with ümlauts ',
      'Pässword with ümlauts',
      'ｐässword with ümlauts',
      'pаssword with ümlauts',
      'pässword\u00a0with ümlauts',
      'x'.repeat(10_000),
      '',
    ]) {
      assert.equal(await isPassword(other, hash), false, other.slice(0, 30));
    }
    const damages = ['m=0', 'm=1', 'm=9999999', 't=0', 't=99', 'p=0', 'p=99'];
    for (const damage of damages) {
      const damaged = hash.replace(new RegExp(`${damage.slice(0, 2)}\\d+`), damage);
      assert.notEqual(damaged, hash);
      assert.equal(await isPassword('pässword with ümlauts', damaged), false, damage);
    }
  });
});
