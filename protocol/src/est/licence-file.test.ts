/**
 * Goal: a licence file reads back as written, and a damaged, edited, foreign or unsigned one is refused with a sentence. Method: a real
 * cart root and licence root; each member spoilt and signed by the right key; every part exchanged for another authority's; each
 * character of the file turned; random texts.
 */
import { deepEqual, equal, ok, rejects, throws } from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { MalformedId, parseCartSerial } from '@chaperone/domain/id/id.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { MistypedLicenceCode, newLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import { newLicenceId } from '@chaperone/domain/licence/licence.ts';
import { signStatementWith } from '../signed/sign-with.ts';
import { newKeyPair } from '../x509/algorithm.ts';
import { issueCertificate, readCertificate } from '../x509/certificate.ts';
import type { Issuer } from '../x509/certificate.ts';
import { decodePEM, encodePEM } from '../x509/pem.ts';
import { signerOf } from '../x509/signer.ts';
import { makeAnchors } from './anchors.ts';
import {
  LICENCE_FILE_TYPE,
  MalformedLicenceFile,
  parseFingerprint,
  readLicenceFile,
  writeLicenceFile,
} from './licence-file.ts';
import type { LicenceFile, LicenceFileSigner } from './licence-file.ts';

const NOW = Date.UTC(2026, 10, 29);

interface Centre extends LicenceFileSigner {
  readonly fingerprint: string;
}

async function newRoot(profile: 'p256-sha3-256' | 'p256-sha256') {
  const { privateKey, publicKey } = await newKeyPair(profile);
  const issuer: Issuer = { profile, privateKey };
  const certificate = issueCertificate(issuer, {
    subject: { kind: 'other', commonName: 'Test root' },
    purpose: 'authority',
    publicKey,
    notBeforeMs: NOW,
    notAfterMs: NOW + 1e10,
  });
  return { privateKey, certificate, pem: encodePEM('CERTIFICATE', certificate) };
}

async function newCentre(): Promise<Centre> {
  const cart = await newRoot('p256-sha3-256');
  const licence = await newRoot('p256-sha256');
  const anchors = await makeAnchors(cart, {
    workstationCA: licence.pem,
    licenceCA: licence.pem,
    ledgerKey: 'test+00000000+AAAA',
    issuedAtMs: NOW,
  });
  const { fingerprint } = readCertificate(cart.certificate);
  return { cartRoot: cart.pem, anchors, signer: signerOf(licence.privateKey), fingerprint };
}

let centre: Centre;
let foreign: Centre;
let file: LicenceFile;
before(async () => {
  centre = await newCentre();
  foreign = await newCentre();
  file = {
    licence: newLicenceId((length) => new Uint8Array(length)),
    serial: parseCartSerial('US-1001'),
    code: newLicenceCode((length) => new Uint8Array(length).fill(9)),
    codeExpiresUtcMs: NOW,
    gateway: { host: '192.0.2.1', port: 443, serverName: 'gateway.test' },
    rootFingerprint: centre.fingerprint,
    serviceCentre: 'Test Centre',
    facility: 'Klinikum Süd',
    model: null,
  };
});

test('a licence file reads back as it was written', async () => {
  const { anchors, ...read } = await readLicenceFile(await writeLicenceFile(centre, file));
  deepEqual(read, file);
  equal(anchors.issuedUtcMs, NOW);
  equal(
    readCertificate(decodePEM('CERTIFICATE', anchors.licenceCA)[0] ?? new Uint8Array()).purpose,
    'authority',
  );
});

test('each wrong member is refused by its own error, whoever signed it', async () => {
  const { codeExpiresUtcMs: _, ...rest } = file;
  const right = { version: 2, ...rest, licence: String(file.licence), codeExpires: 1 };
  const spoilt = async (change: object): Promise<string> => {
    const { cartRoot, anchors, signer } = centre;
    const licence = await signStatementWith(signer, LICENCE_FILE_TYPE, { ...right, ...change });
    return JSON.stringify({ version: 2, cartRoot, anchors, licence });
  };
  equal((await readLicenceFile(await spoilt({}))).serial, file.serial);
  await rejects(readLicenceFile(await spoilt({ serial: '../x' })), MalformedId);
  const mistyped = await spoilt({ code: '00000-00000-00000-00001' });
  await rejects(readLicenceFile(mistyped), MistypedLicenceCode);
  for (const change of [
    { rootFingerprint: foreign.fingerprint },
    { gateway: { ...file.gateway, port: 0 } },
    { gateway: { ...file.gateway, host: '' } },
    { licence: 'x' },
    { version: 1 },
    { more: true },
  ])
    await rejects(readLicenceFile(await spoilt(change)), MalformedLicenceFile);
});

test('a part of another service centre, or a signature of another, does not pass', async () => {
  const parts = JSON.parse(await writeLicenceFile(centre, file)) as Record<string, string>;
  const others = JSON.parse(await writeLicenceFile(foreign, file)) as Record<string, string>;
  for (const part of ['cartRoot', 'anchors', 'licence'])
    await rejects(
      readLicenceFile(JSON.stringify({ ...parts, [part]: others[part] })),
      /damaged or edited/,
    );
  // Whole in itself, but of another centre: its fingerprint is what a person compares.
  const own = { ...file, rootFingerprint: foreign.fingerprint };
  equal(
    (await readLicenceFile(await writeLicenceFile(foreign, own))).rootFingerprint,
    foreign.fingerprint,
  );
});

test('a file in which one character was changed is refused, or says the same', async () => {
  const text = await writeLicenceFile(centre, file);
  for (let at = 0; at < text.length; at += 7) {
    const turned = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
    const read = await readLicenceFile(turned).catch((fault: unknown) => fault);
    if (read instanceof Error) ok(read instanceof MalformedLicenceFile, String(read));
    else deepEqual(read, file);
  }
});

test('a file of an earlier version, no file and too long a file are told apart', async () => {
  await rejects(
    readLicenceFile(JSON.stringify({ version: 1, serial: 'US-1', code: 'x' })),
    /earlier version and not signed/,
  );
  await rejects(readLicenceFile('{'), /not a licence file/);
  await rejects(readLicenceFile('{}'), /not a licence file/);
  await rejects(readLicenceFile(' '.repeat(33_000)), /too long/);
});

test('a fingerprint may be typed with colons, and only its beginning', () => {
  equal(parseFingerprint('AB:CD EF-01 23456789abcdef'), 'abcdef0123456789abcdef');
  for (const wrong of ['', 'abcdef0123456789abc', 'g'.repeat(64), 'a'.repeat(65)]) {
    throws(() => parseFingerprint(wrong), MalformedLicenceFile);
  }
});

test('any text is refused by an expected error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
      await rejects(readLicenceFile(text), (fault) => fault instanceof DomainError);
    }),
  );
});
