/** Test support: the gates with second factors on a test's database, people who pass two of them, and how they pass the third. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { newId } from '@chaperone/domain/id/id.ts';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { openDemoDirectory } from '../../../directory/demo/demo.ts';
import type { OpenTestDatabase } from '../../../platform/database/testing/database-suite.ts';
import { silentLog } from '../../../platform/log/log.ts';
import { systemRandom } from '../../../platform/random/random.ts';
import { ManualClock } from '../../../platform/testing/manual-clock.ts';
import { SECOND_FACTOR_MIGRATIONS, SecondFactors } from '../../second-factor/second-factor.ts';
import type { FactorHolder } from '../../second-factor/second-factor.ts';
import { codeOfApp } from '../../../platform/one-time-code/testing/authenticator-app.ts';
import { SoftAuthenticator } from '../../second-factor/testing/soft-authenticator.ts';
import { ROLE_MIGRATIONS, SIGN_IN_MIGRATIONS, SignIn, THIRD_GATE_MIGRATIONS } from '../sign-in.ts';
import type { Passed } from '../sign-in.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-third-gate-'));
process.on('exit', () => rmSync(directory, { recursive: true }));
export const workstation = newId('workstation', systemRandom);
export const from = { address: '192.0.2.1' };
export const party = { id: 'console.example', origin: 'https://console.example:8443' };
export const PEOPLE = {
  tara: {
    first: { login: 'tara.lindqvist', password: 'lakeside-teal-41', workstation },
    second: { accountName: 'tara', password: 'harbour-amber-72' },
  },
  lena: {
    first: { login: 'lena.hoffmann', password: 'orchard-plum-58', workstation },
    second: { accountName: 'lena', password: 'meadow-cobalt-63' },
  },
} as const;
export type PersonName = keyof typeof PEOPLE;

let keys = 0;

export async function newDesk(open: OpenTestDatabase) {
  const database = await open([
    ...SIGN_IN_MIGRATIONS,
    ...SECOND_FACTOR_MIGRATIONS,
    ...THIRD_GATE_MIGRATIONS,
    ...ROLE_MIGRATIONS,
  ]);
  const clock = new ManualClock();
  const facts: LedgerFact[] = [];
  const ledger = {
    append: async (fact: LedgerFact) => {
      facts.push(fact);
      return { index: facts.length, leafHash: '' };
    },
    appendLater: (fact: LedgerFact) => void facts.push(fact),
  };
  const log = silentLog();
  const context = { database, clock, randomBytes: systemRandom, log, ledger, vault: null };
  keys += 1;
  const keyFile = path.join(directory, `${keys}.key`);
  const licensed = new Set<string>([workstation]);
  /** The same database and key, as another process or the next start has them. */
  const start = () => {
    const factors = new SecondFactors(context as never, { keyFile, issuer: 'Test Centre' });
    const signIn = new SignIn(context as never, {
      directory: openDemoDirectory(),
      secondFactors: factors,
      isWorkstationLicensed: async (id) => licensed.has(id),
      posture: { assertCurrent: async () => {}, assertAdmits: () => {} },
      idleMs: 900_000,
    });
    return { factors, signIn };
  };
  const { factors, signIn } = start();
  for (const { first, second } of Object.values(PEOPLE)) {
    const { accountName, password } = second;
    await signIn.accounts.add({
      accountName,
      directoryLogin: first.login,
      name: accountName,
      password,
    });
  }
  const passwords = async (person: PersonName = 'tara', gate = signIn): Promise<Passed> => {
    const { first, second } = PEOPLE[person];
    const { token } = await gate.passDirectory(first, from);
    return await gate.passGateway(token, second, from);
  };
  return { database, clock, ledger, facts, factors, signIn, start, passwords, licensed };
}
export type Desk = Awaited<ReturnType<typeof newDesk>>;

/** Enrols an app, confirms the recovery codes, and gives both. */
export async function enrolApp(
  { signIn, factors, clock, passwords }: Desk,
  person: PersonName = 'tara',
) {
  const { token } = await passwords(person);
  const { secret } = await factors.offerCode(await signIn.atFactor(token));
  const code = codeOfApp(secret, clock.utcMs());
  const use = (at: FactorHolder) => factors.enrolCode(at, code);
  const shown = await signIn.passFactor(token, 'code', from, use);
  assert.ok(shown.next === 'recovery-codes');
  const done = await signIn.confirmRecoveryCodes(shown.token);
  assert.equal(done.next, 'done');
  clock.advance(60_000);
  return { secret, codes: shown.recoveryCodes, done };
}

export async function enrolKey({ signIn, factors, passwords }: Desk, person: PersonName = 'tara') {
  const key = new SoftAuthenticator();
  const { token } = await passwords(person);
  const options = await factors.offerPasskey(await signIn.atFactor(token), party);
  const { challenge } = options as { challenge: string };
  const answer = key.register({ challenge, origin: party.origin, rpId: party.id });
  const use = (at: FactorHolder) => factors.enrolPasskey(at, party, answer);
  const shown = await signIn.passFactor(token, 'passkey', from, use);
  assert.ok(shown.next === 'recovery-codes');
  await signIn.confirmRecoveryCodes(shown.token);
  return key;
}

export async function challengeOf({ signIn, factors }: Desk, token: string): Promise<string> {
  const options = await factors.askPasskey(await signIn.atFactor(token), party);
  return (options as { challenge: string }).challenge;
}

export const useCode = (
  { signIn, factors }: Pick<Desk, 'signIn' | 'factors'>,
  token: string,
  code: string,
) => signIn.passFactor(token, 'code', from, (at) => factors.useCode(at, code));
export const useKey = ({ signIn, factors }: Desk, token: string, answer: object, at = party) =>
  signIn.passFactor(token, 'passkey', from, (who) => factors.usePasskey(who, at, answer));
export const useRecovery = ({ signIn, factors }: Desk, token: string, code: string) =>
  signIn.passFactor(token, 'recovery-code', from, (at) => factors.useRecoveryCode(at, code));
export const kinds = (facts: readonly LedgerFact[]): readonly string[] =>
  facts.map(({ kind }) => kind);
