/**
 * Goal: a key is made in the browser's own store and only its request comes out; certificates come and go by name; what the
 * store refuses with has words. Method: real stores of certutil in temporary directories, a real authority.
 */
import { deepEqual, equal, match, notEqual, ok, rejects } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { issueCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { readKeyCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { CertutilMissing, StoreDamaged, StoreFailed, StoreLocked } from './browser-error.ts';
import { NSSStore } from './nss-store.ts';

const NOW = Date.now();
const HOUR = 3_600_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chaperone-nss-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function newRoot() {
  const keys = await newKeyPair('p256-sha256');
  const certificate = issueCertificate(
    { profile: 'p256-sha256', privateKey: keys.privateKey },
    {
      subject: { kind: 'other', commonName: 'Workstations' },
      purpose: 'authority',
      publicKey: keys.publicKey,
      notBeforeMs: NOW - HOUR,
      notAfterMs: NOW + HOUR,
    },
  );
  return { profile: 'p256-sha256', certificate, ...keys } as const;
}

/** Has a store make a key and puts a certificate of one and the same holder beside it. */
async function furnish(
  store: NSSStore,
  root: Awaited<ReturnType<typeof newRoot>>,
  nickname: string,
) {
  const request = await store.makeRequest('A workstation');
  const { publicKey } = readKeyCertificationRequest(request);
  const id = newId('workstation', (length) => new Uint8Array(length));
  const der = issueCertificate(root, {
    subject: { kind: 'workstation', id, label: 'Desk 1' },
    purpose: 'peer',
    publicKey,
    notBeforeMs: NOW - HOUR,
    notAfterMs: NOW + HOUR,
  });
  await store.addCertificate(nickname, der);
  return publicKey;
}

test('a key is made in the store, and one of two leaves it with its certificate', async () => {
  const store = new NSSStore(path.join(folder, 'new', 'nssdb'));
  await store.open();
  deepEqual(await store.keys(), []);
  const root = await newRoot();
  const first = await furnish(store, root, 'Chaperone one 1111');
  const second = await furnish(store, root, 'Chaperone one 2222');
  ok(await store.holdsKeyOf(first));
  deepEqual(
    (await store.keys()).map(({ nickname }) => nickname),
    ['Chaperone one 1111', 'Chaperone one 2222'],
  );
  await store.removeWithKey('Chaperone one 1111');
  await store.removeWithKey('Chaperone one 1111');
  deepEqual(await store.nicknames(), ['Chaperone one 2222']);
  ok(!(await store.holdsKeyOf(first)));
  ok(await store.holdsKeyOf(second));
});

test('a key without a certificate is told and can be taken out', async () => {
  const store = new NSSStore(folder);
  await store.open();
  const { publicKey } = readKeyCertificationRequest(await store.makeRequest('A workstation'));
  const [key] = await store.keys();
  equal(key?.nickname, null);
  ok(await store.holdsKeyOf(publicKey));
  await store.removeKeyOf(publicKey);
  await store.removeKeyOf(publicKey);
  deepEqual(await store.keys(), []);
});

test('a root vouches for servers only', async () => {
  const store = new NSSStore(folder);
  await store.open();
  await store.trustForServers('Chaperone service centre', (await newRoot()).certificate);
  const list = execFileSync('certutil', ['-L', '-d', `sql:${folder}`], { encoding: 'utf8' });
  match(list, /^Chaperone service centre\s+C,,\s*$/m);
  await store.removeCertificate('Chaperone service centre');
  deepEqual(await store.nicknames(), []);
});

test('a store with a password opens with it, and says so without', async () => {
  const passwordFile = path.join(folder, 'password');
  writeFileSync(passwordFile, 'a store password\n');
  execFileSync('certutil', ['-N', '-d', `sql:${folder}`, '-f', passwordFile]);
  await rejects(new NSSStore(folder).open(), StoreLocked);
  const store = new NSSStore(folder, passwordFile);
  await store.open();
  notEqual((await store.makeRequest('A workstation')).length, 0);
});

test('what is no store, and what is no certificate, has words', async () => {
  writeFileSync(path.join(folder, 'cert9.db'), 'this is no database, whatever its name says');
  await rejects(new NSSStore(folder).open(), StoreDamaged);
  const store = new NSSStore(path.join(folder, 'good'));
  await store.open();
  await rejects(store.addCertificate('Nothing', new Uint8Array([1, 2, 3])), StoreFailed);
});

test('without certutil it says which package has it', async () => {
  const before = process.env['PATH'];
  process.env['PATH'] = folder;
  try {
    const opening = new NSSStore(path.join(folder, 'store')).open();
    await rejects(opening, (fault: Error) => {
      ok(fault instanceof CertutilMissing);
      return fault.message.includes('libnss3-tools');
    });
  } finally {
    process.env['PATH'] = before;
  }
});
