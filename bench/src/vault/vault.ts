/**
 * What the vault costs: sealing and opening a core, a part of a record from anywhere, and a change of the wrapping key with
 * many open cases.
 *
 * "A core" is processor time of this process (all its threads, user and system), so that a busy machine does not change it much.
 * Beside it in the same round: bare ChaCha20-Poly1305 by the same library over one large buffer, which is the limit, and
 * Debian's `age` on the same bytes in memory.
 */
import { execFileSync } from 'node:child_process';
import { createCipheriv, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { newId } from '@chaperone/domain/id/id.ts';
import { systemRandom } from '@chaperone/gateway/platform/random/random.ts';
import { newTestTokens } from '@chaperone/gateway/platform/token/testing/softhsm.ts';
import {
  CHUNK_BYTES,
  beginFile,
  sealChunk,
  unsealChunk,
} from '@chaperone/gateway/vault/age/age.ts';
import { deriveCaseKeys } from '@chaperone/gateway/vault/keyring/case-keys.ts';
import { Keyring } from '@chaperone/gateway/vault/keyring/keyring.ts';
import type { WrappingKeySettings } from '@chaperone/gateway/vault/keyring/keyring.ts';
import { openRecordStore } from '@chaperone/gateway/vault/record-store/record-store.ts';
import { readSealedFile } from '@chaperone/gateway/vault/record/sealed-file.ts';
import { StagedFile } from '@chaperone/gateway/vault/record/staged-file.ts';
import { identityText, recipientText } from '@chaperone/gateway/vault/testing/bech32.ts';
import type { Bench, Result, Say } from '../bench.ts';
import { median, percentile } from '../statistics/statistics.ts';

const MB = 1_000_000;
const CONTENT_BYTES = 256 * 1_048_576;
const ROUNDS = 5;
const MB_PER_S_MIN = 400;
const CHUNKS_AT_ONCE = 16;
const RANGE_BYTES = 65_536;
const RANGES = 300;
const CASES = 10_000;
const ROTATION_MS_MAX = 5_000;
/** In memory, so that no disk is measured. */
const MEMORY = '/dev/shm';

export const vaultBench: Bench = {
  name: 'vault',
  does: 'sealing and opening a core, ranges of a record, a change of the wrapping key with 10,000 open cases',
  run: async (say) => {
    const folder = mkdtempSync(path.join(MEMORY, 'chaperone-bench-vault-'));
    try {
      const speeds = await speedsOf(folder, say);
      const ranges = await rangesOf(folder, say);
      return [...speeds, ...ranges, ...(await rotationsOf(folder, say))];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const keys = deriveCaseKeys(newId('case', systemRandom), systemRandom(32));

/** Megabytes for each second of processor time. */
async function perCore(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return CONTENT_BYTES / (user + system);
}

async function speedsOf(folder: string, say: Say): Promise<readonly Result[]> {
  const content = randomBytes(CONTENT_BYTES);
  const plain = path.join(folder, 'plain');
  writeFileSync(plain, content);
  const identity = path.join(folder, 'identity');
  writeFileSync(identity, identityText(keys.identity));
  const store = await openRecordStore({ kind: 'directory' }, folder);
  await store.makeRoom(keys.caseId);
  const speeds: Record<
    'seal' | 'open' | 'limit' | 'receive' | 'read' | 'ageSeal' | 'ageOpen',
    number[]
  > = { seal: [], open: [], limit: [], receive: [], read: [], ageSeal: [], ageOpen: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    speeds.limit.push(await perCore(() => bare(content)));
    const { payload } = beginFile(keys.recipient, systemRandom);
    const sealed: Buffer[] = [];
    speeds.seal.push(await perCore(() => sealAll(content, payload, sealed)));
    const whole = Array.from({ length: CHUNKS_AT_ONCE }, (_, at) =>
      Buffer.concat(sealed.slice(2 * at, 2 * at + 2)),
    );
    speeds.open.push(await perCore(() => openAll(whole, payload)));
    const staged = path.join(folder, 'staged.age');
    const place = { caseId: keys.caseId, recordId: newId('record', systemRandom) };
    speeds.receive.push(await perCore(async () => await receive(content, staged)));
    await store.take(staged, place);
    const record = { store, place, keys, bytes: CONTENT_BYTES };
    speeds.read.push(
      await perCore(async () => {
        let bytes = 0;
        for await (const part of readSealedFile(record, { offset: 0, length: CONTENT_BYTES }))
          bytes += part.length;
        if (bytes !== CONTENT_BYTES) throw new Error('not all was read');
      }),
    );
    await store.remove(place);
    const byAge = path.join(folder, 'by-age');
    speeds.ageSeal.push(ageSpeed(['-r', recipientText(keys.recipient), '-o', byAge, plain]));
    speeds.ageOpen.push(ageSpeed(['-d', '-i', identity, '-o', '/dev/null', byAge]));
    rmSync(byAge);
    say(`round ${round + 1}: seal ${Math.round(speeds.seal.at(-1) ?? 0)} MB/s a core`);
  }
  rmSync(plain);
  const row = (name: string, of: number[], peer: number[] | null, hasTarget: boolean): Result => ({
    name,
    value: median(of),
    unit: 'MB/s',
    target: hasTarget ? `≥ ${MB_PER_S_MIN}` : null,
    peer: peer === null ? null : median(peer),
    ok: !hasTarget || median(of) >= MB_PER_S_MIN,
  });
  return [
    row('seal, a core (peer: bare ChaCha20-Poly1305)', speeds.seal, speeds.limit, true),
    row('open, a core (peer: bare ChaCha20-Poly1305)', speeds.open, speeds.limit, true),
    row('seal, a core (peer: Debian’s age)', speeds.seal, speeds.ageSeal, false),
    row('open, a core (peer: Debian’s age)', speeds.open, speeds.ageOpen, false),
    row('receive a record: digest, seal, write; a core', speeds.receive, null, false),
    row('read a record: read, open; a core', speeds.read, null, false),
  ];
}

function bare(content: Buffer): void {
  const cipher = createCipheriv('chacha20-poly1305', randomBytes(32), randomBytes(12), {
    authTagLength: 16,
  });
  for (let at = 0; at < content.length; at += 16 * 1_048_576)
    cipher.update(content.subarray(at, at + 16 * 1_048_576));
  cipher.final();
}

type Payload = ReturnType<typeof beginFile>['payload'];

/** As a record's chunks are sealed: a megabyte is held until it is written. */
function sealAll(content: Buffer, payload: Payload, last: Buffer[]): void {
  const chunks = content.length / CHUNK_BYTES;
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const part = content.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES);
    if (chunk % CHUNKS_AT_ONCE === 0) last.splice(0);
    last.push(...sealChunk(payload, chunk, chunk === chunks - 1, part));
  }
}

/** Opens the same megabyte so often that it is as much. */
function openAll(sealed: readonly Buffer[], payload: Payload): void {
  const chunks = CONTENT_BYTES / CHUNK_BYTES;
  for (let turn = 0; turn < chunks / sealed.length; turn += 1) {
    for (const [at, part] of sealed.entries()) {
      const chunk = chunks - sealed.length + at;
      if (unsealChunk(payload, chunk, chunk === chunks - 1, part) === undefined)
        throw new Error('a chunk did not open');
    }
  }
}

async function receive(content: Buffer, file: string): Promise<void> {
  const staged = await StagedFile.open(file, keys, systemRandom);
  for (let at = 0; at < content.length; at += 262_144)
    await staged.append(content.subarray(at, at + 262_144));
  staged.digest();
  await staged.complete();
}

/** Processor time of the program, as the shell's `times` says it. */
function ageSpeed(args: readonly string[]): number {
  const script = '"$@" && times';
  const said = execFileSync('/bin/sh', ['-c', script, 'sh', 'age', ...args], { encoding: 'utf8' });
  const [, children = ''] = said.trim().split('\n');
  const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)]
    .map(([, minutes, rest]) => Number(minutes) * 60 + Number(rest))
    .reduce((sum, each) => sum + each, 0);
  return CONTENT_BYTES / MB / seconds;
}

async function rangesOf(folder: string, say: Say): Promise<readonly Result[]> {
  const store = await openRecordStore({ kind: 'directory' }, folder);
  const place = { caseId: keys.caseId, recordId: newId('record', systemRandom) };
  const staged = path.join(folder, 'ranges.age');
  await receive(randomBytes(CONTENT_BYTES), staged);
  await store.take(staged, place);
  const times: number[] = [];
  for (let at = 0; at < RANGES; at += 1) {
    const offset = Math.floor(Math.random() * (CONTENT_BYTES - RANGE_BYTES));
    const begun = performance.now();
    const record = { store, place, keys, bytes: CONTENT_BYTES };
    for await (const part of readSealedFile(record, { offset, length: RANGE_BYTES })) void part;
    times.push(performance.now() - begun);
  }
  await store.remove(place);
  say(`ranges: ${RANGES} of 64 KiB`);
  return [0.5, 0.99].map((share) => ({
    name: `64 KiB from anywhere in 256 MiB, p${share * 100}`,
    value: percentile(times, share),
    unit: 'ms',
    target: null,
    peer: null,
    ok: true,
  }));
}

async function rotationsOf(folder: string, say: Say): Promise<readonly Result[]> {
  using tokens = newTestTokens();
  const token = { ...tokens.add('bench'), section: 'vault.keyring' };
  const kinds: readonly [string, WrappingKeySettings][] = [
    ['in a file', { kind: 'file' }],
    ['in a token (SoftHSM)', { kind: 'pkcs11', ...token }],
  ];
  const results: Result[] = [];
  for (const [name, wrapping] of kinds) {
    const directory = path.join(folder, wrapping.kind);
    const keyring = await Keyring.open({ directory, random: systemRandom, wrapping });
    const cases = Array.from({ length: CASES }, () => newId('case', systemRandom));
    for (const caseId of cases) await keyring.create(caseId);
    const times: number[] = [];
    for (const caseId of cases.slice(0, ROUNDS)) {
      const begun = performance.now();
      await keyring.erase(caseId);
      times.push(performance.now() - begun);
    }
    await keyring.close();
    say(`wrapping key ${name}: changed ${ROUNDS} times with ${CASES} cases`);
    const value = median(times);
    results.push({
      name: `erase one of 10,000 open cases, wrapping key ${name}`,
      value,
      unit: 'ms',
      target: `≤ ${ROTATION_MS_MAX}`,
      peer: null,
      ok: value <= ROTATION_MS_MAX,
    });
  }
  return results;
}
