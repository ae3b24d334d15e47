/**
 * Goal: what the journal acknowledged is on the disk, whole and in order; a full disk refuses and leaves nothing half;
 * damage is noticed. Method: real files; a program whose files may not grow (`ulimit -f`) as the full disk; bytes
 * changed behind the journal's back.
 */
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { createInterface } from 'node:readline';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import { TYP, journalHeadClaims } from '@chaperone/protocol/signed/claims.ts';
import { readStatement } from '@chaperone/protocol/signed/statement.ts';
import { EMPTY_FRONTIER, appendLeaf, rootOf } from '@chaperone/protocol/tree/frontier.ts';
import { lineHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import fc from 'fast-check';
import { JournalDamaged, openJournal } from './journal.ts';
import type { Journal } from './journal.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const directories: string[] = [];
after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});
function newDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-journal-'));
  directories.push(directory);
  return directory;
}
const clock = { utcMs: (): number => Date.UTC(2026, 0, 1) };
const open = async (directory: string): Promise<Journal> =>
  await openJournal({ directory, key: privateKey, serial: 'US-1', clock });
const started = (version: string): JournalFact => ({ kind: 'agent-started', version });
const fileOf = (directory: string): string => path.join(directory, 'journal.ndjson');
const linesOf = (directory: string): readonly string[] =>
  readFileSync(fileOf(directory), 'utf8').split('\n').slice(0, -1);
const versionsOf = (directory: string): readonly unknown[] =>
  linesOf(directory).map((line) => {
    const { fact } = JSON.parse(line) as { fact: { version?: string; count?: number } };
    return fact.version ?? fact.count;
  });

test('a page that is read while the journal grows holds every line for which its head vouches', async () => {
  const journal = await open(newDirectory());
  await journal.append([started('0')]);
  let writing = true;
  const growing = (async () => {
    for (let count = 1; count <= 60; count += 1) await journal.append([started(String(count))]);
    writing = false;
  })();
  while (writing) {
    const { entries, head } = await journal.page(0);
    const { size, root } = await readStatement(
      head,
      TYP.journalHead,
      journalHeadClaims,
      publicKey,
      'ES256',
    );
    ok(entries.length >= size, `${entries.length} lines for a head of ${size}`);
    let frontier = EMPTY_FRONTIER;
    for (const line of entries.slice(0, size)) frontier = appendLeaf(frontier, lineHash(line));
    equal(Buffer.from(rootOf(frontier)).toString('base64url'), root);
  }
  await growing;
  await journal.close();
});

test('facts are on the disk when append settles, and the signed head is of exactly these lines', async () => {
  const directory = newDirectory();
  const journal = await open(directory);
  await journal.append([started('1'), started('2')]);
  journal.appendLater([started('3')]);
  await journal.append([started('4')]);
  deepEqual(versionsOf(directory), ['1', '2', '3', '4']);
  const frontier = linesOf(directory).map(lineHash).reduce(appendLeaf, EMPTY_FRONTIER);
  const head = await readStatement(
    await journal.head(),
    TYP.journalHead,
    journalHeadClaims,
    publicKey,
    'ES256',
  );
  deepEqual(
    [head.iss, head.size, head.root],
    ['US-1', 4, Buffer.from(rootOf(frontier)).toString('base64url')],
  );
  deepEqual([journal.size, journal.root], [head.size, head.root]);
  equal(statSync(fileOf(directory)).mode & 0o777, 0o600);
  await journal.close();
});

test('an RSA cart signs with PS256', async () => {
  const journal = await openJournal({
    directory: newDirectory(),
    key: rsa.privateKey,
    serial: 'US-1',
    clock,
  });
  const head = await journal.head();
  equal(
    (await readStatement(head, TYP.journalHead, journalHeadClaims, rsa.publicKey, 'PS256')).size,
    0,
  );
  await journal.close();
});

test('goes on after a restart, and pages are the lines as they stand', async () => {
  const directory = newDirectory();
  const first = await open(directory);
  for (let at = 0; at < 700; at += 1) first.appendLater([started(`ä${at}`)]);
  await first.settled();
  await first.close();
  const second = await open(directory);
  equal(second.root, first.root);
  await second.append([started('last')]);
  const pages = [
    await second.lines(0),
    await second.lines(500),
    await second.lines(701),
    await second.lines(-1),
  ];
  deepEqual(
    pages.map((page) => page.length),
    [500, 201, 0, 0],
  );
  deepEqual(pages.flat(), linesOf(directory));
  await second.close();
});

test('a torn last line is cut off and its loss written down', async () => {
  const directory = newDirectory();
  const journal = await open(directory);
  await journal.append([started('1')]);
  await journal.close();
  appendFileSync(fileOf(directory), '{"index":1,"utcMs":17');
  const again = await open(directory);
  await again.append([started('2')]);
  deepEqual(versionsOf(directory), ['1', 1, '2']);
  await again.close();
  await (await open(directory)).close();
});

test('damage is noticed at the next start, whatever it is', async () => {
  const directory = newDirectory();
  const journal = await open(directory);
  for (let at = 0; at < 9; at += 1) await journal.append([started(`${at}`)]);
  await journal.close();
  const whole = readFileSync(fileOf(directory));
  const refused = async (said: RegExp): Promise<void> =>
    await rejects(open(directory), (fault) => {
      ok(fault instanceof JournalDamaged);
      match(fault.message, said);
      return true;
    });
  const lines = whole.toString().split('\n');
  writeFileSync(fileOf(directory), whole.toString().replace('"4"', '"5"'));
  await refused(/altered/);
  writeFileSync(fileOf(directory), lines.toSpliced(3, 1).join('\n'));
  await refused(/Line 4/);
  writeFileSync(
    fileOf(directory),
    lines.toSpliced(3, 2, lines[4] ?? '', lines[3] ?? '').join('\n'),
  );
  await refused(/Line 4/);
  writeFileSync(fileOf(directory), lines.slice(0, 6).join('\n'));
  await refused(/missing/);
  // The end of the last line is flipped: it was acknowledged, so it is not cut off as a torn one.
  const endless = Buffer.from(whole);
  endless[whole.length - 1] = 0x0b;
  writeFileSync(fileOf(directory), endless);
  await refused(/The last 1 lines/);
  deepEqual(readFileSync(fileOf(directory)), endless);
  truncateSync(fileOf(directory), 0);
  await refused(/The last 9 lines/);
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: whole.length - 2 }), fc.nat({ max: 7 }), async (at, bit) => {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
      writeFileSync(fileOf(directory), flipped);
      await rejects(open(directory), JournalDamaged);
    }),
  );
  writeFileSync(fileOf(directory), whole);
  await (await open(directory)).close();
});

test('a mark torn by a power failure leaves the one before', async () => {
  const directory = newDirectory();
  const journal = await open(directory);
  await journal.append([started('1')]);
  await journal.append([started('2')]);
  await journal.close();
  const mark = path.join(directory, 'journal.mark');
  const whole = readFileSync(mark);
  for (let at = 0; at < whole.length; at += 1) {
    const torn = Buffer.from(whole);
    torn.fill(0, at);
    writeFileSync(mark, torn);
    await (await open(directory)).close();
  }
  writeFileSync(mark, whole.subarray(0, 128));
  writeFileSync(fileOf(directory), readFileSync(fileOf(directory), 'utf8').replace('"1"', '"9"'));
  await rejects(open(directory), JournalDamaged);
});

test('a full disk refuses what waits for it, keeps what has happened, counts what is too much, and recovers', async () => {
  const directory = newDirectory();
  const program = path.join(import.meta.dirname, 'testing', 'full-disk.ts');
  // Files of at most 8 blocks of 1,024 bytes: a write beyond is cut short, as on a full disk.
  const child = spawn(
    'bash',
    ['-c', 'ulimit -S -f 8; exec "$0" "$@"', process.execPath, program, directory],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const said: unknown[] = [];
  for await (const line of createInterface({ input: child.stdout })) said.push(JSON.parse(line));
  deepEqual(said, [
    { refused: 'JOURNAL_UNWRITABLE', writable: false, wholeLines: true, waiting: 0 },
    { refused: 'JOURNAL_UNWRITABLE', writable: false, wholeLines: true, waiting: 1000 },
  ]);
  const journal = await open(directory);
  const size = journal.size;
  await journal.append([started('room again')]);
  equal(journal.size, size + 1);
  await journal.close();
});

test('once there is room, what waited is written first, then how many were lost', async () => {
  const directory = newDirectory();
  const program = path.join(import.meta.dirname, 'testing', 'room-again.ts');
  const child = spawn(
    'bash',
    ['-c', 'ulimit -S -f 8; exec "$0" "$@"', process.execPath, program, directory],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const said: unknown[] = [];
  for await (const line of createInterface({ input: child.stdout })) said.push(JSON.parse(line));
  deepEqual(said, [{ writable: true, waiting: 0 }]);
  deepEqual(versionsOf(directory).slice(-4), ['waited 998', 'waited 999', 5, 'after']);
});
