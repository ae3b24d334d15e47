/**
 * Goal: the age of the definitions is that of what clamd has loaded, or unknown. Method: a real clamd over containers of a
 * chosen date and name; sockets that answer wrongly, endlessly or not at all; arbitrary headers and answers.
 */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { askVersion } from './ask-version.ts';
import { readClamdSettings } from './clamd-settings.ts';
import { DATABASE_HEADER_BYTES, readDatabaseHeader } from './database-header.ts';
import { readDefinitionsUtcMs } from './definitions.ts';
import { SIGNATURES, container, startClamd } from './testing/dated-clamd.ts';
import { readVersionAnswer } from './version-answer.ts';

const BUILT = Date.UTC(2026, 10, 26, 9);
const LATER = Date.UTC(2026, 10, 28, 9);

const closing: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of closing) await close();
});

/** A root with a container in its database directory, which no clamd has loaded. */
async function rootWith(files: Readonly<Record<string, Buffer>>): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'chaperone-definitions-'));
  closing.push(async () => await rm(root, { recursive: true, force: true }));
  await mkdir(path.join(root, 'var/lib/clamav'), { recursive: true });
  for (const [name, content] of Object.entries(files))
    await writeFile(path.join(root, 'var/lib/clamav', name), content);
  return root;
}

async function answering(answer: (socket: net.Socket) => void): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-answer-'));
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    answer(socket);
  });
  const place = path.join(folder, 'clamd.sock');
  await new Promise<void>((resolve) => server.listen(place, resolve));
  closing.push(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  return place;
}

test('a real clamd tells the date of its daily container', async () => {
  const clamd = await startClamd({ 'daily.cud': container(BUILT) });
  try {
    const machine = { root: '/', platform: 'linux', clamdSocket: clamd.socket };
    assert.equal(await readDefinitionsUtcMs(machine), BUILT);
  } finally {
    await clamd.close();
  }
});

test('a real clamd whose container has another name, or that has loose signatures only, is of unknown age', async () => {
  for (const files of [{ 'other.cud': container(BUILT) }, { 'daily.hdb': SIGNATURES }]) {
    const clamd = await startClamd(files);
    try {
      // What lies in a directory but is not loaded does not count.
      const root = await rootWith({ 'daily.cvd': container(BUILT) });
      const machine = { root, platform: 'linux', clamdSocket: clamd.socket };
      assert.equal(await readDefinitionsUtcMs(machine), null);
    } finally {
      await clamd.close();
    }
  }
});

test('where no clamd answers, the newest daily container of the directory counts', async () => {
  const root = await rootWith({
    'daily.cvd': container(BUILT),
    'daily.cld': container(LATER),
    'main.cvd': container(LATER + 86_400_000),
  });
  assert.equal(await readDefinitionsUtcMs({ root, platform: 'linux' }), LATER);
});

test('a socket that hangs up, floods or says something else is no clamd', async () => {
  const flood = await answering((socket) => {
    const more = (): void => {
      while (socket.writable && socket.write('ClamAV '.repeat(1000)));
    };
    socket.on('drain', more);
    more();
  });
  const silent = await answering((socket) => socket.end());
  for (const place of [flood, silent, path.join(tmpdir(), 'chaperone-no-such-socket')])
    assert.equal(await askVersion([{ path: place }]), null);
  const other = await answering((socket) => socket.end('ClamAV 1.4.3/27010/yesterday\0'));
  const machine = { root: await rootWith({}), platform: 'linux', clamdSocket: other };
  assert.equal(await readDefinitionsUtcMs(machine), null);
});

test('a socket that never answers is given up', async () => {
  const mute = await answering(() => {});
  const root = await rootWith({ 'daily.cvd': container(BUILT) });
  assert.equal(await readDefinitionsUtcMs({ root, platform: 'linux', clamdSocket: mute }), BUILT);
});

test('clamd.conf: sockets and directory, whatever else stands there', () => {
  const text =
    '# LocalSocket /no\nLocalSocket "/run/a b.ctl"\nTCPSocket 3310\nTCPAddr 127.0.0.2\nDatabaseDirectory /db\nTemporaryDirectory /dev/shm\nUser clamav\n';
  assert.deepEqual(readClamdSettings(text), {
    localSocket: '/run/a b.ctl',
    tcp: { host: '127.0.0.2', port: 3310 },
    databaseDirectory: '/db',
    temporaryDirectory: '/dev/shm',
  });
  assert.equal(readClamdSettings('TCPSocket 99999').tcp, null);
});

test('the answer to VERSION: the date in local time, or null', () => {
  const local = new Date(2026, 10, 26, 9, 5, 7).getTime();
  assert.equal(readVersionAnswer('ClamAV 1.4.3/27010/Thu Nov 26 09:05:07 2026'), local);
  for (const answer of [
    'ClamAV 1.4.3',
    'ClamAV 1.4.3/27010/Thu Feb 30 09:05:07 2026',
    'ClamAV 1.4.3/27010/Thu Nov 26 09:05:07 2026 and more',
    'ClamAV 1.4.3//Thu Nov 26 09:05:07 2026',
    'UNKNOWN COMMAND',
  ])
    assert.equal(readVersionAnswer(answer), null, answer);
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      const read = readVersionAnswer(text);
      assert.ok(read === null || Number.isInteger(read));
    }),
  );
});

test('the header of a container: its last field, or null for anything else', () => {
  assert.equal(readDatabaseHeader(container(BUILT)), BUILT);
  assert.equal(readDatabaseHeader(container(BUILT).subarray(0, DATABASE_HEADER_BYTES - 1)), null);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      assert.equal(readDatabaseHeader(bytes), null);
    }),
  );
});
