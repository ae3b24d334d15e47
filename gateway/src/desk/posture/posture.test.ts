/**
 * Goal: only what a workstation's own key has signed just now counts, once and never backwards; who is out of date is kept
 * out with sentences that say what to do; the gateway's own host is held to the same.
 * Method: real signatures and both databases, a clock turned by hand, liars of every kind; the real sign-in before it.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import type { Posture, PosturePolicy } from '@chaperone/domain/posture/posture.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { BUILT_IN_DEMO_PEOPLE, openDemoDirectory } from '../../directory/demo/demo.ts';
import { LedgerUnavailable } from '../../ledger/contract.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import type { OpenTestDatabase } from '../../platform/database/testing/database-suite.ts';
import { silentLog } from '../../platform/log/log.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import {
  ROLE_MIGRATIONS,
  SIGN_IN_MIGRATIONS,
  SignIn,
  THIRD_GATE_MIGRATIONS,
} from '../sign-in/sign-in.ts';
import {
  GatewayOutOfDate,
  POSTURE_MIGRATIONS,
  PostureClockWrong,
  PostureReportInvalid,
  PostureReportStale,
  PostureReportsTooMany,
  Postures,
  WorkstationOutOfDate,
} from './posture.ts';
import type { PostureTables } from './tables.ts';

const DAY_MS = 86_400_000;
const POLICY: PosturePolicy = {
  antivirusDefinitionsAgeMaxMs: 3 * DAY_MS,
  systemUpdateAgeMaxMs: 14 * DAY_MS,
  reportAgeMaxMs: DAY_MS,
  rebootRequiredAgeMaxMs: 7 * DAY_MS,
};
const workstation = newId('workstation', systemRandom);
const other = newId('workstation', systemRandom);
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const reporter = { workstation, publicKey: key.publicKey };

interface Changes {
  readonly posture?: Partial<Posture>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly typ?: string;
  readonly privateKey?: typeof key.privateKey;
}

async function newDesk(open: OpenTestDatabase, policy: PosturePolicy | null = POLICY) {
  const database = await open([
    ...SIGN_IN_MIGRATIONS,
    ...THIRD_GATE_MIGRATIONS,
    ...POSTURE_MIGRATIONS,
    ...ROLE_MIGRATIONS,
  ]);
  const clock = new ManualClock();
  const facts: LedgerFact[] = [];
  let isLedgerDown = false;
  const ledger = {
    append: async (fact: LedgerFact) => {
      if (isLedgerDown) throw new LedgerUnavailable('The disk is full.');
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
  } as never;
  const current = (): Posture => ({
    system: 'linux-debian',
    antivirusDefinitionsUtcMs: clock.utcMs() - DAY_MS,
    updatesKnownUtcMs: clock.utcMs() - DAY_MS,
    securityUpdatesPending: 0,
    upgradedUtcMs: null,
    rebootRequiredSinceUtcMs: null,
  });
  let host = current();
  const postures = new Postures(context, { policy, readHost: async () => host });
  const report = async (changes: Changes = {}): Promise<string> => {
    const takenUtcMs = clock.utcMs();
    const iat = Math.floor(takenUtcMs / 1000);
    const claims = {
      iss: workstation,
      takenUtcMs,
      posture: { ...current(), ...changes.posture },
      iat,
      exp: iat + 300,
      ...changes.claims,
    };
    const { typ = TYP.posture, privateKey = key.privateKey } = changes;
    return await signStatement(typ, claims, privateKey, 'ES256');
  };
  return {
    database,
    context,
    clock,
    facts,
    postures,
    report,
    current,
    setHost: (posture: Posture) => (host = posture),
    setLedgerDown: (isDown: boolean) => (isLedgerDown = isDown),
  };
}

forEachDatabase('posture', (open) => {
  test('a workstation that never reported is out of date; with a good report it is current, until that is too old', async () => {
    const { postures, clock, report, facts } = await newDesk(open);
    await assert.rejects(postures.assertCurrent(workstation), /Run chaperone workstation report/);
    assert.equal(await postures.sentencesOf(workstation), null);
    assert.deepEqual(await postures.take(await report(), reporter), []);
    await postures.assertCurrent(workstation);
    assert.deepEqual(await postures.sentencesOf(workstation), []);
    assert.deepEqual(facts, [
      { kind: 'posture-judged', subject: 'workstation', workstationId: workstation, lacks: [] },
    ]);
    clock.advance(DAY_MS + 1);
    await assert.rejects(postures.assertCurrent(workstation), WorkstationOutOfDate);
  });

  test('what is lacking is said in words, and is in the ledger when it changes', async () => {
    const { postures, clock, report, facts } = await newDesk(open);
    const old = { antivirusDefinitionsUtcMs: clock.utcMs() - 9 * DAY_MS };
    const lacks = await postures.take(await report({ posture: old }), reporter);
    assert.deepEqual(
      lacks.map(({ code }) => code),
      ['ANTIVIRUS_OLD'],
    );
    await assert.rejects(postures.assertMayRequest(workstation), (fault: unknown) => {
      assert.ok(fault instanceof WorkstationOutOfDate);
      assert.equal(
        fault.message,
        'The antivirus definitions of this workstation are 9 days old; at most 3 are allowed. Run freshclam.',
      );
      return true;
    });
    clock.advance(60_000);
    await postures.take(await report({ posture: old }), reporter);
    clock.advance(60_000);
    await postures.take(await report(), reporter);
    assert.deepEqual(
      facts.map((fact) => (fact.kind === 'posture-judged' ? fact.lacks : fact.kind)),
      [['ANTIVIRUS_OLD'], 'posture-refused', []],
    );
  });

  test('a forged, foreign or differently shaped report is refused, all alike, and recorded', async () => {
    const { postures, report, facts } = await newDesk(open);
    const forger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const good = await report();
    const [header = '', payload = '', signature = ''] = good.split('.');
    const altered = Buffer.from(payload, 'base64url').toString().replace('"iat"', '"iat" ');
    const messages = new Set<string>();
    for (const jws of [
      await report({ privateKey: forger.privateKey }),
      await report({ claims: { iss: other } }),
      await report({ typ: TYP.journalHead }),
      await report({ claims: { more: 1 } }),
      await report({ claims: { iat: 5 } }),
      await report({ claims: { exp: Math.floor(Date.now() / 1000) + 864_000_000 } }),
      await report({ posture: { securityUpdatesPending: -1 } }),
      [header, Buffer.from(altered).toString('base64url'), signature].join('.'),
      'a'.repeat(10_240),
      '',
    ]) {
      await assert.rejects(postures.take(jws, reporter), (fault: unknown) => {
        assert.ok(fault instanceof PostureReportInvalid, String(fault));
        messages.add(fault.message);
        return true;
      });
    }
    assert.equal(messages.size, 1);
    assert.deepEqual(
      facts.map((fact) => (fact.kind === 'posture-refused' ? fact.code : fact.kind)),
      Array(10).fill('POSTURE_REPORT_INVALID'),
    );
    await assert.rejects(postures.assertCurrent(workstation), WorkstationOutOfDate);
  });

  test("another workstation's report is worth nothing, with its key or without", async () => {
    const { postures, report } = await newDesk(open);
    const jws = await report();
    const shown = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const thief = { workstation: other, publicKey: shown.publicKey };
    await assert.rejects(postures.take(jws, thief), PostureReportInvalid);
    await assert.rejects(
      postures.take(jws, { workstation: other, publicKey: key.publicKey }),
      PostureReportInvalid,
    );
    await assert.rejects(postures.assertCurrent(other), WorkstationOutOfDate);
  });

  test('a report counts once, and an older one never after it, also when they race', async () => {
    const { postures, clock, report } = await newDesk(open);
    const first = await report();
    clock.advance(10_000);
    const second = await report();
    await postures.take(second, reporter);
    await assert.rejects(postures.take(second, reporter), PostureReportStale);
    await assert.rejects(postures.take(first, reporter), PostureReportStale);
    clock.advance(10_000);
    const third = await report();
    const raced = await Promise.allSettled([
      postures.take(third, reporter),
      postures.take(third, reporter),
    ]);
    assert.equal(raced.filter(({ status }) => status === 'fulfilled').length, 1);
  });

  test('a row that the disk has damaged is as good as none, and the next report mends it', async () => {
    const { postures, clock, report, database } = await newDesk(open);
    const rows = database.db<PostureTables>().updateTable('desk_workstation_posture');
    for (const damage of [
      { posture: '{"system":"linux-debian"}' },
      { posture: '{' },
      { lacks: '["NO_SUCH_LACK"]' },
      { taken_at: clock.utcMs() + 400 * DAY_MS },
    ]) {
      clock.advance(60_000);
      await postures.take(await report(), reporter);
      await rows.set(damage).execute();
      await assert.rejects(postures.assertCurrent(workstation), WorkstationOutOfDate);
      clock.advance(60_000);
      await postures.take(await report(), reporter);
      await postures.assertCurrent(workstation);
    }
  });

  test('a clock that is wrong by more than a minute is told, in both directions', async () => {
    const { postures, clock, report } = await newDesk(open);
    const late = await report();
    clock.advance(361_000);
    await assert.rejects(postures.take(late, reporter), PostureClockWrong);
    const takenUtcMs = clock.utcMs() + 62_000;
    const iat = Math.floor(takenUtcMs / 1000);
    const ahead = await report({ claims: { takenUtcMs, iat, exp: iat + 300 } });
    await assert.rejects(postures.take(ahead, reporter), /Set the clock of this workstation/);
  });

  test('whoever reports again and again is slowed, and nobody else is', async () => {
    const { postures, clock, report, facts } = await newDesk(open);
    for (let count = 0; count < 10; count += 1) {
      await postures.take(await report(), reporter);
      clock.advance(100);
    }
    await assert.rejects(postures.take(await report(), reporter), PostureReportsTooMany);
    const before = facts.length;
    for (let count = 0; count < 100; count += 1)
      await postures.take('x', reporter).catch(() => undefined);
    assert.equal(facts.length, before);
    const second = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jws = await report({ claims: { iss: other }, privateKey: second.privateKey });
    await postures.take(jws, { workstation: other, publicKey: second.publicKey });
  });

  test('a report that would open the door is in the ledger first, or does not open it', async () => {
    const { postures, report, clock, setLedgerDown } = await newDesk(open);
    setLedgerDown(true);
    await assert.rejects(postures.take(await report(), reporter), LedgerUnavailable);
    await assert.rejects(postures.assertCurrent(workstation), WorkstationOutOfDate);
    setLedgerDown(false);
    clock.advance(1000);
    await postures.take(await report(), reporter);
    await postures.assertCurrent(workstation);
  });

  test('where nothing is asked, everything passes and reports are still kept', async () => {
    const { postures, report } = await newDesk(open, null);
    await postures.host.start();
    await postures.assertCurrent(workstation);
    postures.assertAdmits(['technician']);
    const old = await report({ posture: { antivirusDefinitionsUtcMs: null } });
    assert.deepEqual(await postures.take(old, reporter), []);
    await assert.rejects(postures.take(old, reporter), PostureReportStale);
  });

  test("the gateway's host is not current before it was looked at, and told when that changes", async () => {
    const { postures, setHost, current, facts, clock } = await newDesk(open);
    assert.throws(() => postures.assertAdmits(['technician', 'lead']), GatewayOutOfDate);
    postures.assertAdmits(['administrator']);
    await postures.host.start();
    postures.host.close();
    postures.assertAdmits(['technician']);
    setHost({ ...current(), antivirusDefinitionsUtcMs: null });
    await postures.host.look();
    await postures.host.look();
    assert.throws(() => postures.assertAdmits(['technician']), GatewayOutOfDate);
    assert.match(postures.host.sentences().join(), /antivirus definitions of this gateway/);
    // Whoever looks no more knows no more.
    setHost(current());
    await postures.host.look();
    clock.advance(DAY_MS + 1);
    assert.throws(() => postures.assertAdmits(['technician']), GatewayOutOfDate);
    assert.deepEqual(
      facts.map((fact) => (fact.kind === 'posture-judged' ? fact.lacks : fact.kind)),
      [[], ['ANTIVIRUS_UNKNOWN'], []],
    );
  });

  test('a host that is current again opens the door only when the ledger has it', async () => {
    const { postures, setHost, current, setLedgerDown } = await newDesk(open);
    setHost({ ...current(), updatesKnownUtcMs: null });
    await postures.host.look();
    setHost(current());
    setLedgerDown(true);
    await assert.rejects(postures.host.look(), LedgerUnavailable);
    assert.throws(() => postures.assertAdmits(['technician']), GatewayOutOfDate);
    setLedgerDown(false);
    await postures.host.look();
    postures.assertAdmits(['technician']);
  });

  test('at the first gate a workstation that lacks something is refused before the directory is asked', async () => {
    const { context, postures, report, clock, facts } = await newDesk(open);
    await postures.host.look();
    let asked = 0;
    const demo = openDemoDirectory();
    const signIn = new SignIn(context, {
      directory: {
        ...demo,
        lookUp: async (login) => await demo.lookUp(login),
        authenticate: async (login, password) => {
          asked += 1;
          return await demo.authenticate(login, password);
        },
      },
      secondFactors: null,
      isWorkstationLicensed: async () => true,
      posture: postures,
      idleMs: 900_000,
    });
    const ask = { login: 'tara.lindqvist', password: 'lakeside-teal-41', workstation };
    const from = { address: '192.0.2.1' };
    const old = { antivirusDefinitionsUtcMs: clock.utcMs() - 9 * DAY_MS };
    await postures.take(await report({ posture: old }), reporter);
    await assert.rejects(signIn.passDirectory(ask, from), /9 days old.*Run freshclam/);
    assert.equal(asked, 0);
    assert.deepEqual(facts.at(-1), {
      kind: 'sign-in-refused',
      step: 'directory',
      workstationId: workstation,
      technicianId: null,
      code: 'WORKSTATION_OUT_OF_DATE',
    });
    clock.advance(1000);
    await postures.take(await report(), reporter);
    await signIn.passDirectory(ask, from);
    assert.equal(asked, 1);
  });

  test('a host that lacks something keeps all but administrators out, at the first gate and by what the account allows', async () => {
    const { context, postures, report, setHost, current, facts } = await newDesk(open);
    setHost({ ...current(), antivirusDefinitionsUtcMs: null });
    await postures.host.look();
    await postures.take(await report(), reporter);
    const signIn = new SignIn(context, {
      directory: openDemoDirectory(),
      secondFactors: null,
      isWorkstationLicensed: async () => true,
      posture: postures,
      idleMs: 900_000,
    });
    const ask = { login: 'tara.lindqvist', password: 'lakeside-teal-41', workstation };
    await assert.rejects(signIn.passDirectory(ask, { address: '192.0.2.1' }), GatewayOutOfDate);
    assert.equal((facts.at(-1) as { code?: string }).code, 'GATEWAY_OUT_OF_DATE');

    const amir = { accountName: 'amir', directoryLogin: 'amir.haddad', name: 'Amir' };
    const second = { accountName: 'amir', password: 'juniper-canyon-95' };
    const id = await signIn.accounts.add({ ...amir, password: second.password });
    const first = BUILT_IN_DEMO_PEOPLE.people.find(({ login }) => login === amir.directoryLogin);
    const { login = '', password = '' } = first ?? {};
    const pass = async () => {
      const { token } = await signIn.passDirectory(
        { login, password, workstation },
        { address: '192.0.2.1' },
      );
      return await signIn.passGateway(token, second, { address: '192.0.2.1' });
    };
    await signIn.accounts.setRoles(id, ['lead']);
    await assert.rejects(pass(), GatewayOutOfDate);
    await signIn.accounts.setRoles(id, ['administrator']);
    assert.equal((await pass()).next, 'done');
  });
});
