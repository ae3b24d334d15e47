/**
 * Goal: with the wrapping key in a token, each generation has a key of its own that never leaves the token and is
 * destroyed there; a copy of the keyring, with or without its token key, opens no case that was destroyed; a token that
 * is away or another one fails closed. Method: real tokens of SoftHSM, looked into with OpenSC; kill -9 at random moments.
 */
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { SecretFileUnusable } from '../../platform/secret/secret.ts';
import { newTestTokens } from '../../platform/token/testing/softhsm.ts';
import { TokenKeyUnfit, TokenUnavailable, TokenUnusable } from '../../platform/token/token.ts';
import type { TokenSettings } from '../../platform/token/token.ts';
import { CaseKeyMissing } from '../contract.ts';
import { Keyring, KeyringElsewhere } from './keyring.ts';

const KILL_ROUNDS = 20;
/** Milliseconds within which a program is killed after it opened the keyring: several changes of the wrapping key. */
const KILL_MS_MAX = 400;

const tokens = newTestTokens();
const parent = mkdtempSync(path.join(tmpdir(), 'chaperone-keyring-token-'));
after(() => {
  rmSync(parent, { recursive: true, force: true });
  tokens[Symbol.dispose]();
});
let made = 0;
const newDirectory = (): string => path.join(parent, String((made += 1)));
const newToken = (): TokenSettings => ({
  ...tokens.add(`vault ${(made += 1)}`),
  section: 'vault.keyring',
});
const newCase = (): CaseId => newId('case', systemRandom);
const open = async (directory: string, token: TokenSettings): Promise<Keyring> =>
  await Keyring.open({
    directory,
    random: systemRandom,
    wrapping: { kind: 'pkcs11', ...token },
  });
const keysIn = ({ tokenLabel }: TokenSettings): number =>
  tokens.tool(tokenLabel, '--list-objects', '--type', 'secrkey').split('Secret Key Object').length -
  1;

async function withCases(keyring: Keyring, count: number): Promise<readonly CaseId[]> {
  const cases = Array.from({ length: count }, newCase);
  for (const caseId of cases) await keyring.create(caseId);
  return cases;
}

test('each generation has one key in the token, that cannot leave it; an erased case is gone from every copy', async () => {
  const [directory, token] = [newDirectory(), newToken()];
  const keyring = await open(directory, token);
  const [gone = newCase(), kept = newCase()] = await withCases(keyring, 2);
  const identity = (await keyring.keysOf(kept)).identity.toString('hex');
  equal(keysIn(token), 1);
  const shown = tokens.tool(token.tokenLabel, '--list-objects', '--type', 'secrkey');
  match(shown, /sensitive, always sensitive, never extractable, local/);
  const copy = newDirectory();
  cpSync(directory, copy, { recursive: true });
  equal(await keyring.erase(gone), 2);
  equal(await keyring.remainsOf(gone), 0);
  equal(keysIn(token), 1);
  await keyring.close();
  // The whole old directory, with today's token: its key there is destroyed.
  await rejects(open(copy, token), TokenKeyUnfit);
  const again = await open(directory, token);
  equal((await again.keysOf(kept)).identity.toString('hex'), identity);
  await rejects(again.keysOf(gone), CaseKeyMissing);
  await again.close();
  ok(!readFileSync(path.join(directory, 'wrapping.2.key'), 'utf8').includes('"key"'));
});

test('a token that is away, another one, or a wrong PIN opens nothing and erases nothing', async () => {
  const [directory, token] = [newDirectory(), newToken()];
  const keyring = await open(directory, token);
  const [one = newCase(), other = newCase()] = await withCases(keyring, 2);
  const [stored = ''] = readdirSync(tokens.tokensDirectory).filter((name) =>
    readFileSync(path.join(tokens.tokensDirectory, name, 'token.object')).includes(
      token.tokenLabel,
    ),
  );
  const place = path.join(tokens.tokensDirectory, stored);
  const away = path.join(parent, 'away');
  renameSync(place, away);
  await rejects(
    keyring.erase(one),
    (fault) =>
      fault instanceof TokenUnavailable ||
      fault instanceof TokenUnusable ||
      fault instanceof TokenKeyUnfit,
  );
  // The secret is gone from memory and file; the change of the wrapping key waits for the token.
  await rejects(keyring.keysOf(one), CaseKeyMissing);
  ok((await keyring.keysOf(other)).identity.length === 32);
  await keyring.close();
  await rejects(
    open(directory, token),
    /There is no token with the label .*vault\.keyring\.tokenLabel/,
  );
  renameSync(away, place);
  await rejects(open(directory, newToken()), TokenKeyUnfit);
  await rejects(
    open(directory, { ...token, pinFile: tokens.pinFile('000000') }),
    /does not accept the PIN in vault\.keyring\.pinFile/,
  );
  await rejects(open(directory, { ...token, pinFile: '/nowhere' }), SecretFileUnusable);
  const again = await open(directory, token);
  await again.keysOf(other);
  equal(await again.erase(one), 2);
  equal(await again.remainsOf(one), 0);
  await again.close();
});

test('a keyring of files moves into a token at the next start, and is not opened without it any more', async () => {
  const [directory, token] = [newDirectory(), newToken()];
  const files = await Keyring.open({ directory, random: systemRandom });
  const [one = newCase()] = await withCases(files, 1);
  const { identity } = await files.keysOf(one);
  const expected = identity.toString('hex');
  await files.close();
  const keyring = await open(directory, token);
  equal(keyring.generation, 2);
  equal((await keyring.keysOf(one)).identity.toString('hex'), expected);
  await keyring.close();
  await rejects(Keyring.open({ directory, random: systemRandom }), KeyringElsewhere);
  deepEqual(
    readdirSync(directory).map((name) => name.split('.')[1]),
    ['2', '2'],
  );
});

test(`killed at any moment of a change of the wrapping key, nothing that stays is lost and nothing comes back (${KILL_ROUNDS} rounds)`, async () => {
  const [directory, token] = [newDirectory(), newToken()];
  const program = path.join(import.meta.dirname, '../testing/keyring-writer.ts');
  for (let round = 0; round < KILL_ROUNDS; round += 1) {
    const keyring = await open(directory, token);
    const kept = newCase();
    await keyring.create(kept);
    const doomed = await withCases(keyring, 3);
    const expected = (await keyring.keysOf(kept)).identity.toString('hex');
    await keyring.close();
    const args = [program, directory, JSON.stringify(token), ...doomed];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    // Listened for from the beginning: it may be done before it is killed.
    const ended = once(child, 'close');
    const lines: string[] = [];
    const output = createInterface({ input: child.stdout });
    output.on('line', (line) => lines.push(line));
    await once(output, 'line');
    await delay(randomInt(KILL_MS_MAX));
    child.kill('SIGKILL');
    await ended;
    const later = await open(directory, token);
    equal((await later.keysOf(kept)).identity.toString('hex'), expected);
    for (const caseId of doomed) {
      if (lines.includes(caseId)) await rejects(later.keysOf(caseId), CaseKeyMissing);
      else await later.erase(caseId);
      equal(await later.remainsOf(caseId), 0);
    }
    equal(keysIn(token), 1);
    equal(readdirSync(directory).length, 2);
    await later.close();
  }
});
