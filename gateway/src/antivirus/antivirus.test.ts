/**
 * Goal: nothing infected, and nothing that was not looked through, is ever told clean. Method: a real clamd with definitions
 * of a chosen date and an own signature; contents of every kind, plain and inside each other; clamds that are stopped, killed,
 * mute, too small or say yes to everything.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { container, startClamd } from '@chaperone/host/linux-debian/clamav/testing/dated-clamd.ts';
import type { DatedClamd } from '@chaperone/host/linux-debian/clamav/testing/dated-clamd.ts';
import type { ScanOutcome } from '@chaperone/domain/quarantine/quarantine.ts';
import { makeAntivirus } from './antivirus.ts';
import type { AntivirusSettings } from './antivirus.ts';
import type { ScanSource } from './contract.ts';
import { EICAR, gzipOf, nested, sourceOf, tarOf, zipOf } from './testing/packed.ts';

const MIB = 1024 * 1024;
const BUILT = Date.UTC(2026, 10, 29, 9);
const BYTES_MAX = 4 * MIB;
const NEVER = new AbortController().signal;

let clamd: DatedClamd;
const closing: (() => Promise<unknown>)[] = [];
before(async () => {
  clamd = await startClamd({ 'daily.cud': container(BUILT) });
  closing.push(async () => await clamd.close());
});
after(async () => {
  for (const close of closing.toReversed()) await close();
});

function settings(socket: string, changed: Partial<AntivirusSettings> = {}): AntivirusSettings {
  return {
    address: { path: socket },
    bytesMax: BYTES_MAX,
    scanMsMax: 60_000,
    archive: { entriesMax: 200, depthMax: 4, unpackedBytesMax: 64 * MIB, ratioMax: 250 },
    onLimit: () => undefined,
    ...changed,
  };
}

async function scan(
  content: Buffer | ScanSource,
  changed: Partial<AntivirusSettings> = {},
): Promise<ScanOutcome> {
  const source = Buffer.isBuffer(content) ? sourceOf(content) : content;
  return await makeAntivirus(settings(clamd.socket, changed)).scan(source, NEVER);
}

const told = (outcome: ScanOutcome): string =>
  outcome.verdict === 'infected'
    ? outcome.signature
    : outcome.verdict === 'not-scanned'
      ? outcome.reason
      : 'clean';

const file = (content: Buffer, name = 'a') => ({ name, content });
const noise = (bytes: number): Buffer => {
  const made = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 1) made[at] = (at * 7919 + (at >> 8) * 31) & 0x7f;
  return made;
};

test('clean contents are clean, with the definitions before and after', async () => {
  const loaded = { version: 27_010, builtUtcMs: BUILT };
  for (const content of [
    Buffer.alloc(0),
    Buffer.from('a log line\n'),
    noise(300_000),
    zipOf([file(Buffer.from('a')), file(Buffer.alloc(0), 'empty')]),
    gzipOf(noise(200_000)),
    tarOf([file(noise(100_000)), file(Buffer.alloc(0), 'b'), file(Buffer.from('c'), 'c')]),
    gzipOf(tarOf([file(noise(100_000)), file(zipOf([file(Buffer.from('d'))]), 'd.zip')])),
    zipOf([]),
  ])
    assert.deepEqual(await scan(content), { verdict: 'clean', before: loaded, after: loaded });
});

test('EICAR is found plain and inside zip, gzip and tar, at every depth that is allowed', async () => {
  const inTar = tarOf([file(noise(5000)), file(EICAR, 'b')]);
  for (const content of [
    EICAR,
    zipOf([file(Buffer.from('x')), file(EICAR, 'b')]),
    zipOf([{ ...file(EICAR), method: 0 }]),
    nested(EICAR, 2),
    nested(EICAR, 4),
    gzipOf(EICAR),
    inTar,
    gzipOf(inTar),
    zipOf([file(gzipOf(inTar))]),
    tarOf([file(nested(EICAR, 2))]),
    Buffer.concat([Buffer.from('#!/bin/sh\n'), zipOf([file(EICAR)])]),
  ])
    assert.match(told(await scan(content)), /EICAR/i);
});

test('what clamd itself does not unpack is found by our own look', async () => {
  const blind = await startClamd(
    { 'daily.cud': container(BUILT) },
    { settings: ['MaxRecursion 2'] },
  );
  try {
    const scanner = makeAntivirus(settings(blind.socket, {}));
    const outcome = await scanner.scan(sourceOf(nested(EICAR, 3)), NEVER);
    assert.match(told(outcome), /EICAR/i);
  } finally {
    await blind.close();
  }
});

test('an infection outweighs what could not be looked into', async () => {
  const locked = { ...file(Buffer.from('x'), 'locked'), isEncrypted: true };
  assert.match(told(await scan(zipOf([locked, file(EICAR)]))), /EICAR/i);
});

test('bombs end at the limits: ratio, size, entries, depth, shared bytes', async () => {
  const zeros = Buffer.alloc(3 * MIB);
  const many = zipOf(Array.from({ length: 300 }, (_, at) => file(Buffer.from('a'), String(at))));
  const dense = zipOf(Array.from({ length: 30 }, (_, at) => file(zeros, String(at))));
  const manyInTar = tarOf(
    Array.from({ length: 300 }, (_, at) => file(Buffer.from('a'), String(at))),
  );
  for (const [name, content] of [
    ['dense zip', dense],
    ['dense tar.gz', gzipOf(tarOf(Array.from({ length: 30 }, (_, at) => file(zeros, `${at}`))))],
    ['many', many],
    ['many in tar', manyInTar],
    ['deep', nested(Buffer.from('clean'), 5)],
    ['deep gzip', gzipOf(gzipOf(gzipOf(gzipOf(gzipOf(Buffer.from('clean'))))))],
  ] as const)
    assert.ok(['archive-limit', 'too-large'].includes(told(await scan(content))), name);
});

test('a part larger than the scanner takes is too large, whatever its directory says', async () => {
  const large = Buffer.alloc(5 * MIB);
  assert.equal(told(await scan(noise(5 * MIB))), 'too-large');
  assert.equal(told(await scan(zipOf([file(large)]))), 'too-large');
  assert.equal(told(await scan(gzipOf(noise(6 * MIB)))), 'too-large');
  const lying = zipOf([{ ...file(large), saidBytes: 10 }]);
  assert.equal(told(await scan(lying)), 'archive-unreadable');
});

test('what is locked is told so', async () => {
  const locked = zipOf([{ ...file(Buffer.from('secret')), isEncrypted: true }]);
  assert.equal(told(await scan(locked)), 'archive-encrypted');
  assert.equal(
    told(await scan(tarOf([file(Buffer.from('age-encryption.org/v1\n'))]))),
    'archive-encrypted',
  );
});

test('archives of other kinds, and damaged ones, are not looked into', async () => {
  const whole = zipOf([file(noise(10_000))]);
  const packed = gzipOf(noise(10_000));
  for (const [name, content] of [
    ['rar', Buffer.from('Rar!\x1a\x07\x01\0 and more', 'latin1')],
    ['7z in tar', tarOf([file(Buffer.from('7z\xbc\xaf\x27\x1c and more', 'latin1'))])],
    ['xz', execFileSync('xz', ['-c'], { input: 'hello' })],
    ['bzip2', execFileSync('bzip2', ['-c'], { input: 'hello' })],
    ['cut zip', whole.subarray(0, 200)],
    ['cut gzip', packed.subarray(0, packed.length - 20)],
    ['cut tar', tarOf([file(noise(10_000))]).subarray(0, 5000)],
    ['deflate64', zipOf([{ ...file(Buffer.from('x')), method: 9 }])],
    [
      'zip behind a script, inside tar',
      tarOf([file(Buffer.concat([Buffer.from('#!x\n'), whole]))]),
    ],
  ] as const)
    assert.equal(told(await scan(content)), 'archive-unreadable', name);
});

test('what one reader sees and another does not is released by nobody', async () => {
  const evil = zipOf([file(noise(900), 'evil')]);
  const pair = zipOf([file(Buffer.from('ok'), 'a'), file(noise(900), 'evil')]);
  const good = zipOf([file(Buffer.from('ok'), 'a')]);
  const counting = (zip: Buffer, entries: number): Buffer => {
    const lying = Buffer.from(zip);
    lying.writeUInt16LE(entries, lying.length - 14);
    lying.writeUInt16LE(entries, lying.length - 12);
    return lying;
  };
  const moved = (zip: Buffer, by: number): Buffer => {
    const behind = Buffer.from(zip);
    const central = behind.readUInt32LE(behind.length - 6);
    behind.writeUInt32LE(behind.readUInt32LE(central + 42) + by, central + 42);
    behind.writeUInt32LE(central + by, behind.length - 6);
    return behind;
  };
  const hidden = evil.subarray(0, evil.readUInt32LE(evil.length - 6));
  const gap = Buffer.alloc(8);
  const script = Buffer.from('#!/bin/sh\ntail -c +40 "$0" | tar xz; exit\n');
  const lzma = execFileSync('xz', ['--format=lzma', '-c'], { input: noise(900) });
  for (const [name, content] of [
    ['a zip that counts one of two', counting(pair, 1)],
    ['a zip that counts none', counting(evil, 0)],
    ['the same inside another', zipOf([file(counting(evil, 0), 'inner.zip')])],
    ['an entry that only its beginning tells', Buffer.concat([hidden, moved(good, hidden.length)])],
    [
      'a gap between entries and directory',
      Buffer.concat([hidden, gap, moved(good, hidden.length + 8)]),
    ],
    ['gzip, nothing, a zip', Buffer.concat([gzipOf(noise(90)), Buffer.alloc(1), evil])],
    ['gzip, nothing, gzip', Buffer.concat([gzipOf(noise(90)), gap, gzipOf(noise(900))])],
    ['gzip, nothing at its end', Buffer.concat([gzipOf(noise(90)), gap])],
    ['a tar that ends as a zip', Buffer.concat([tarOf([file(noise(90))]), evil])],
    ['a program that ends as a zip', Buffer.concat([Buffer.from('MZ stub'), evil])],
    [
      'a program with a zip and a long end',
      Buffer.concat([Buffer.from('MZ'), evil, noise(70_000)]),
    ],
    ['a script with a tar.gz', Buffer.concat([script, gzipOf(tarOf([file(noise(900))]))])],
    ['.lzma', lzma],
    ['a frame of zstd that is skipped', Buffer.from('502a4d1804000000616263640028b52ffd', 'hex')],
    ['lz4 of before', Buffer.from('02214c1800000000', 'hex')],
  ] as const)
    assert.equal(told(await scan(content)), 'archive-unreadable', name);
});

test('archives as common programs make them are plain', async () => {
  const made = (program: string): Buffer =>
    execFileSync('python3', ['-c', `import sys,io,zipfile,gzip,tarfile\n${program}`]);
  const streamed = made(
    `class S(io.RawIOBase):
  def writable(s): return True
  def write(s,b): return sys.stdout.buffer.write(b)
z=zipfile.ZipFile(S(),'w',zipfile.ZIP_DEFLATED)
z.writestr('a','x'*5000); z.writestr('b/','') ; z.writestr('b/c','y'*9)
z.comment=b'a comment'; z.close()`,
  );
  const large = made(
    `b=io.BytesIO(); z=zipfile.ZipFile(b,'w',zipfile.ZIP_DEFLATED)
with z.open('a','w',force_zip64=True) as f: f.write(b'x'*5000)
z.close(); sys.stdout.buffer.write(b.getvalue())`,
  );
  const tarGz = made(
    `b=io.BytesIO(); t=tarfile.open(fileobj=b,mode='w:gz'); i=tarfile.TarInfo('a'); i.size=3; t.addfile(i,io.BytesIO(b'abc')); t.close(); sys.stdout.buffer.write(b.getvalue())`,
  );
  const members = Buffer.concat([gzipOf(noise(90)), gzipOf(noise(900))]);
  for (const [name, content] of [
    ['streamed zip with descriptors and a comment', streamed],
    ['zip with long sizes', large],
    ['no entry at all', zipOf([])],
    ['tar.gz', tarGz],
    ['gzip of two members', members],
    ['a script', Buffer.from('#!/bin/sh\necho hello\n')],
    ['zip in tar', tarOf([file(streamed)])],
  ] as const)
    assert.equal(told(await scan(content)), 'clean', name);
});

test('a source that cannot be read is no verdict', async () => {
  const broken: ScanSource = {
    bytes: 100,
    read: async () => {
      throw new Error('the disk is gone');
    },
  };
  await assert.rejects(scan(broken), /the disk is gone/);
});

test('no clamd, or one that never answers: unreachable', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-mute-'));
  const mute = path.join(folder, 'mute.sock');
  const server = net.createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => server.listen(mute, resolve));
  closing.push(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  for (const socket of [path.join(folder, 'none.sock'), mute]) {
    const scanner = makeAntivirus(settings(socket));
    assert.equal(told(await scanner.scan(sourceOf(EICAR), NEVER)), 'scanner-unreachable');
  }
});

test('one that answers VERSION and then nothing: the time runs out; one that says yes to all is refused', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-fake-'));
  closing.push(async () => await rm(folder, { recursive: true, force: true }));
  const fake = async (name: string, answer: string | null): Promise<string> => {
    const place = path.join(folder, name);
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (first) => {
        if (first.includes('VERSION'))
          return socket.end('ClamAV 1.4.3/1/Sun Nov 29 09:00:00 2026\0');
        const take = (part: Buffer): void => {
          const isEnd = part.subarray(-4).equals(Buffer.alloc(4));
          if (answer !== null && isEnd) socket.end(answer);
        };
        socket.on('data', take);
        return take(first);
      });
    });
    await new Promise<void>((resolve) => server.listen(place, resolve));
    closing.push(async () => server.close());
    return place;
  };
  const mute = makeAntivirus(settings(await fake('mute', null), { scanMsMax: 1_000 }));
  assert.equal(told(await mute.scan(sourceOf(EICAR), NEVER)), 'scan-timed-out');
  for (const [name, answer] of [
    ['yes', 'stream: OK\0'],
    ['odd', 'whatever\0'],
  ] as const) {
    const said: number[] = [];
    const yes = makeAntivirus(
      settings(await fake(name, answer), { onLimit: (bytes) => said.push(bytes) }),
    );
    assert.equal(told(await yes.scan(sourceOf(EICAR), NEVER)), 'scanner-refused');
    assert.deepEqual(said, [0]);
  }
});

test('a clamd that looks through less than was configured: what is larger is too large, what is smaller is scanned', async () => {
  for (const line of ['StreamMaxLength 1M', 'MaxFileSize 1M', 'MaxScanSize 1M']) {
    const small = await startClamd({ 'daily.cud': container(BUILT) }, { settings: [line] });
    try {
      const said: number[] = [];
      const scanner = makeAntivirus(
        settings(small.socket, { onLimit: (bytes) => said.push(bytes) }),
      );
      assert.equal(told(await scanner.scan(sourceOf(noise(3 * MIB)), NEVER)), 'too-large', line);
      assert.equal(told(await scanner.scan(sourceOf(Buffer.from('x')), NEVER)), 'clean', line);
      assert.equal(said.length, 1);
      assert.ok((said[0] ?? 0) <= MIB, line);
    } finally {
      await small.close();
    }
  }
});

test('a clamd that is killed while it scans: unreachable, and the next one is tried out anew', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-killed-'));
  closing.push(async () => await rm(folder, { recursive: true, force: true }));
  const first = await startClamd({ 'daily.cud': container(BUILT) }, { folder });
  const scanner = makeAntivirus(settings(first.socket));
  assert.equal(told(await scanner.scan(sourceOf(Buffer.from('x')), NEVER)), 'clean');
  const content = noise(2 * MIB);
  const killing: ScanSource = {
    bytes: content.length,
    read: async (offset, length) =>
      (async function* () {
        yield content.subarray(offset, offset + MIB);
        process.kill(first.pid, 'SIGKILL');
        await first.close();
        yield content.subarray(offset + MIB, offset + length);
      })(),
  };
  assert.equal(told(await scanner.scan(killing, NEVER)), 'scanner-unreachable');
  const second = await startClamd(
    { 'daily.cud': container(BUILT) },
    { folder, settings: ['MaxFileSize 1M'] },
  );
  try {
    assert.equal(told(await scanner.scan(sourceOf(content), NEVER)), 'too-large');
  } finally {
    await second.close();
  }
});

test('definitions without a date are told as unknown', async () => {
  const undated = await startClamd({ 'other.cud': container(BUILT) });
  try {
    const outcome = await makeAntivirus(settings(undated.socket)).scan(
      sourceOf(Buffer.from('x')),
      NEVER,
    );
    assert.deepEqual(outcome, { verdict: 'clean', before: null, after: null });
  } finally {
    await undated.close();
  }
});

test('clamd on a port of loopback', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const listening = await startClamd(
    { 'daily.cud': container(BUILT) },
    { settings: [`TCPSocket ${port}`, 'TCPAddr 127.0.0.1'] },
  );
  try {
    const address = { host: '127.0.0.1', port };
    const scanner = makeAntivirus(settings('', { address }));
    assert.match(told(await scanner.scan(sourceOf(EICAR), NEVER)), /EICAR/i);
  } finally {
    await listening.close();
  }
});
