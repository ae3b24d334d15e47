// Goal: nobody stays signed in whom the directory does not know any more, and an unreachable directory judges nobody
// until its time is over. Method: the real sign-ins on both databases, a directory that changes its mind, a clock
// turned by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { DirectoryUnavailable } from '../../directory/contract.ts';
import type { Directory, Person } from '../../directory/contract.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import type { OpenTestDatabase } from '../../platform/database/testing/database-suite.ts';
import { silentLog } from '../../platform/log/log.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { ROLE_MIGRATIONS, SIGN_IN_MIGRATIONS, THIRD_GATE_MIGRATIONS, SignIn } from './sign-in.ts';
import { Standing } from './standing.ts';
import type { PersonAtWork } from './standing.ts';

const UNREACHABLE_MS_MAX = 60_000;
const PASSWORD = 'harbour-amber-72';
const from = { address: '192.0.2.1' };

async function stage(open: OpenTestDatabase) {
  const people = new Map<string, Person>();
  let away = false;
  const directory: Directory = {
    demo: false,
    authenticate: async (login) => {
      const person = people.get(login);
      assert.ok(person);
      return person;
    },
    lookUp: async (login) => {
      if (away) throw new DirectoryUnavailable('away');
      return people.get(login) ?? null;
    },
  };
  const facts: LedgerFact[] = [];
  const clock = new ManualClock();
  const context = {
    database: await open([...SIGN_IN_MIGRATIONS, ...THIRD_GATE_MIGRATIONS, ...ROLE_MIGRATIONS]),
    clock,
    randomBytes: systemRandom,
    log: silentLog(),
    ledger: {
      append: async (fact: LedgerFact) => ({ index: facts.push(fact), leafHash: '' }),
      appendLater: (fact: LedgerFact) => void facts.push(fact),
    },
  } as unknown as DeskContext;
  const isWorkstationLicensed = async (): Promise<boolean> => true;
  const signIn = new SignIn(context, {
    directory,
    secondFactors: null,
    isWorkstationLicensed,
    posture: { assertCurrent: async () => {}, assertAdmits: () => {} },
    idleMs: 900_000,
  });
  const ended: TechnicianId[] = [];
  const inSession: PersonAtWork[] = [];
  const reachable: boolean[] = [];
  const standing = new Standing({
    directory,
    signIns: signIn,
    inSession: async () => inSession,
    endSessions: async (technician) => void ended.push(technician),
    clock,
    log: silentLog(),
    unreachableMsMax: UNREACHABLE_MS_MAX,
    onReachable: (now) => reachable.push(now),
  });
  const enter = async (
    login: string,
    roles: Person['roles'] = ['technician', 'lead'],
  ): Promise<string> => {
    const person: Person = { login, displayName: login, roles };
    people.set(login, person);
    await signIn.accounts
      .add({ accountName: login, directoryLogin: login, name: login, password: PASSWORD })
      .catch(() => undefined);
    const workstation = newId('workstation', systemRandom);
    const half = await signIn.passDirectory({ login, password: 'x', workstation }, from);
    return (await signIn.passGateway(half.token, { accountName: login, password: PASSWORD }, from))
      .token;
  };
  const turn = (isAway: boolean): void => void (away = isAway);
  return { people, turn, signIn, standing, ended, inSession, reachable, clock, facts, enter };
}

forEachDatabase('standing', (open) => {
  test('who left is out everywhere, with the session; everybody else stays', async () => {
    const { people, signIn, standing, ended, facts, enter } = await stage(open);
    const tokens = [await enter('tara'), await enter('tara')];
    const other = await enter('lena');
    const tara = await signIn.callerOf(tokens[0]);
    await standing.check();
    assert.ok((await signIn.callerOf(tokens[0])) && (await signIn.callerOf(tokens[1])));
    people.delete('tara');
    await standing.check();
    assert.equal(await signIn.callerOf(tokens[0]), null);
    assert.equal(await signIn.callerOf(tokens[1]), null);
    assert.equal((await signIn.callerOf(other))?.name, 'lena');
    assert.deepEqual(ended, [tara?.id]);
    const out = facts.filter(({ kind }) => kind === 'sign-out');
    assert.deepEqual(out, [
      { kind: 'sign-out', technicianId: tara?.id, reason: 'not in the directory any more' },
    ]);
    await standing.check();
    assert.equal(ended.length, 1);
  });

  test('a role that was taken away is gone at the next look', async () => {
    const { people, signIn, standing, ended, enter } = await stage(open);
    const token = await enter('tara');
    people.set('tara', { login: 'tara', displayName: 'tara', roles: ['technician'] });
    await standing.check();
    assert.deepEqual((await signIn.callerOf(token))?.roles, ['technician']);
    assert.deepEqual(ended, []);
  });

  test('a directory that is away judges nobody, says so once, and after its time all are out', async () => {
    const { turn, signIn, standing, ended, reachable, clock, enter } = await stage(open);
    const token = await enter('tara');
    turn(true);
    await standing.check();
    clock.advance(UNREACHABLE_MS_MAX - 1);
    await standing.check();
    assert.equal(standing.reachable, false);
    assert.deepEqual(reachable, [false]);
    assert.ok(await signIn.callerOf(token));
    turn(false);
    await standing.check();
    assert.deepEqual(reachable, [false, true]);
    turn(true);
    await standing.check();
    clock.advance(UNREACHABLE_MS_MAX);
    assert.ok(await signIn.callerOf(token), 'being away alone ends nobody');
    await standing.check();
    assert.equal(await signIn.callerOf(token), null);
    assert.equal(ended.length, 1);
  });

  test('who holds a session without a sign-in is judged as well, and who is no technician any more has none', async () => {
    const { people, standing, ended, inSession, signIn, enter } = await stage(open);
    const token = await enter('tara');
    await enter('lena');
    const tara = await signIn.callerOf(token);
    const lena = (await signIn.atWork()).find(({ directoryLogin }) => directoryLogin === 'lena');
    assert.ok(tara && lena);
    await signIn.signOut(tara, 'idle');
    inSession.push({ directoryLogin: 'tara', technicianId: tara.id });
    await standing.check();
    assert.deepEqual(ended, []);
    people.delete('tara');
    people.set('lena', { login: 'lena', displayName: 'Lena', roles: ['lead'] });
    await standing.check();
    assert.deepEqual(new Set(ended), new Set([tara.id, lena.technicianId]));
    const held = await signIn.live.store.full();
    assert.deepEqual(
      held.map(({ directoryRoles }) => directoryRoles),
      [['lead']],
    );
  });

  test('a role that was taken away is gone at an older sign-in, too, when a newer one began without it', async () => {
    const { people, signIn, standing, enter } = await stage(open);
    const older = await enter('tara');
    const newer = await enter('tara', ['technician']);
    assert.deepEqual((await signIn.callerOf(older))?.roles, ['technician', 'lead']);
    await standing.check();
    for (const token of [older, newer])
      assert.deepEqual((await signIn.callerOf(token))?.roles, ['technician']);
    people.set('tara', { login: 'tara', displayName: 'tara', roles: ['technician', 'lead'] });
    await standing.check();
    for (const token of [older, newer])
      assert.deepEqual((await signIn.callerOf(token))?.roles, ['technician', 'lead']);
  });

  test('who only holds a session is judged by directory and account together', async () => {
    const { standing, ended, inSession, signIn, enter } = await stage(open);
    const token = await enter('tara');
    const tara = await signIn.callerOf(token);
    assert.ok(tara);
    await signIn.signOut(tara, 'idle');
    inSession.push({ directoryLogin: 'tara', technicianId: tara.id });
    await signIn.accounts.setRoles(tara.id, ['technician', 'auditor']);
    await standing.check();
    assert.deepEqual(ended, []);
    await signIn.accounts.setRoles(tara.id, ['auditor']);
    await standing.check();
    assert.deepEqual(ended, [tara.id]);
  });
});

test('a database that takes nothing keeps nobody in their session', async () => {
  const ids = [newId('technician', systemRandom), newId('technician', systemRandom)];
  const people = ids.map((technicianId, at) => ({
    directoryLogin: `person-${at}`,
    technicianId,
  }));
  const ended: TechnicianId[] = [];
  const standing = new Standing({
    directory: { lookUp: async () => null },
    signIns: {
      atWork: async () => people,
      changeRoles: async () => undefined,
      rolesOf: async (_id, roles) => roles,
      endOfPerson: async () => await Promise.reject(new Error('disk full')),
    },
    inSession: async () => [],
    endSessions: async (technician) => {
      ended.push(technician);
      await Promise.reject(new Error('disk full'));
    },
    clock: new ManualClock(),
    log: silentLog(),
    unreachableMsMax: UNREACHABLE_MS_MAX,
    onReachable: () => undefined,
  });
  await standing.check();
  assert.deepEqual(ended, ids);
});

test('answers about others give nobody more time of whom the directory does not answer', async () => {
  const [known, odd, last] = ['known', 'odd', 'last'].map((directoryLogin) => ({
    directoryLogin,
    technicianId: newId('technician', systemRandom),
  }));
  assert.ok(known && odd && last);
  const clock = new ManualClock();
  const ended: TechnicianId[] = [];
  const reachable: boolean[] = [];
  const asked: string[] = [];
  const standing = new Standing({
    directory: {
      lookUp: async (login) => {
        asked.push(login);
        if (login === 'odd') throw new DirectoryUnavailable('an entry that cannot be read');
        return { login, displayName: login, roles: ['technician'] };
      },
    },
    signIns: {
      atWork: async () => [known, odd, last],
      changeRoles: async () => undefined,
      rolesOf: async (_id, roles) => roles,
      endOfPerson: async () => undefined,
    },
    inSession: async () => [],
    endSessions: async (technician) => void ended.push(technician),
    clock,
    log: silentLog(),
    unreachableMsMax: UNREACHABLE_MS_MAX,
    onReachable: (now) => reachable.push(now),
  });
  await standing.check();
  assert.deepEqual(asked, ['known', 'odd', 'last']);
  clock.advance(UNREACHABLE_MS_MAX - 1);
  await standing.check();
  assert.deepEqual(ended, []);
  clock.advance(1);
  await standing.check();
  assert.deepEqual(ended, [odd.technicianId]);
  assert.deepEqual(reachable, []);
});
