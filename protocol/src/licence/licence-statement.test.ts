/**
 * Goal: terms read back as they were signed, and nothing else is taken: no other key, kind, cart, shape or contradiction. Method:
 * arbitrary terms (fast-check) signed by a real root; each member spoilt and signed by the right key; every bit of one statement turned.
 */
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { LICENCE_FEATURES } from '@chaperone/domain/licence/licence-terms.ts';
import { newLicenceId } from '@chaperone/domain/licence/licence.ts';
import { isGrantable } from '@chaperone/domain/activity/activity.ts';
import { signStatementWith } from '../signed/sign-with.ts';
import { newKeyPair } from '../x509/algorithm.ts';
import { issueCertificate } from '../x509/certificate.ts';
import { signerOf } from '../x509/signer.ts';
import type { Signer } from '../x509/signer.ts';
import {
  LICENCE_STATEMENT_TYPE,
  MalformedLicenceStatement,
  makeLicenceStatement,
  readLicenceStatement,
} from './licence-statement.ts';

const NOW = Date.UTC(2026, 10, 29);
const id = newLicenceId((length) => new Uint8Array(length).fill(3));
const serial = parseCartSerial('US-1001');
let signer: Signer;
let root: Uint8Array;
let foreign: Uint8Array;

async function newRoot(): Promise<{ readonly signer: Signer; readonly root: Uint8Array }> {
  const { privateKey, publicKey } = await newKeyPair('p256-sha256');
  const certificate = issueCertificate(
    { profile: 'p256-sha256', privateKey },
    {
      subject: { kind: 'other', commonName: 'Test licence root' },
      purpose: 'authority',
      publicKey,
      notBeforeMs: NOW,
      notAfterMs: NOW + 1e10,
    },
  );
  return { signer: signerOf(privateKey), root: certificate };
}

before(async () => {
  ({ signer, root } = await newRoot());
  foreign = (await newRoot()).root;
});

const features = fc.subarray([...LICENCE_FEATURES]).filter((chosen) => isGrantable(chosen));

test('terms read back as they were signed, to the second', async () => {
  await fc.assert(
    fc.asyncProperty(
      features,
      fc.nat(2 ** 31),
      fc.option(fc.integer({ min: 1, max: 2 ** 31 })),
      fc.integer({ min: 1, max: 1000 }),
      async (chosen, fromSeconds, lastsSeconds, number) => {
        const said = {
          id,
          number,
          serial,
          features: chosen,
          validFromUtcMs: fromSeconds * 1000,
          validUntilUtcMs: lastsSeconds === null ? null : (fromSeconds + lastsSeconds) * 1000,
          issuedUtcMs: NOW,
        };
        deepEqual(await readLicenceStatement(await makeLicenceStatement(signer, said), root), said);
      },
    ),
    { numRuns: 40 },
  );
});

const RIGHT = {
  version: 1,
  licence: String(id),
  number: 1,
  serial: 'US-1001',
  features: ['view', 'control'],
  validFrom: 1000,
  validUntil: 2000,
  iat: 1000,
};

test('the right key over wrong claims is refused', async () => {
  const sign = (change: object): Promise<string> =>
    signStatementWith(signer, LICENCE_STATEMENT_TYPE, { ...RIGHT, ...change });
  await readLicenceStatement(await sign({}), root);
  for (const change of [
    { version: 2 },
    { licence: 'case-1' },
    { number: 0 },
    { number: 1.5 },
    { serial: '../etc' },
    { features: [] },
    { features: ['control'] },
    { features: ['control', 'view'] },
    { features: ['view', 'view'] },
    { features: ['view', 'root'] },
    { validFrom: -1 },
    { validFrom: 2000 },
    { validUntil: 1e300 },
    { validUntil: undefined },
    { more: true },
  ])
    await rejects(
      readLicenceStatement(await sign(change), root),
      MalformedLicenceStatement,
      JSON.stringify(change),
    );
});

test('another root, another kind of statement and every turned bit are refused', async () => {
  const jws = await signStatementWith(signer, LICENCE_STATEMENT_TYPE, RIGHT);
  equal((await readLicenceStatement(`${jws}\n`, root)).number, 1);
  await rejects(readLicenceStatement(jws, foreign), MalformedLicenceStatement);
  const other = await signStatementWith(signer, 'chaperone-anchors+jws', RIGHT);
  await rejects(readLicenceStatement(other, root), MalformedLicenceStatement);
  await rejects(readLicenceStatement('x'.repeat(5000), root), /too long/);
  for (let at = 0; at < jws.length; at += 1) {
    const turned = String.fromCodePoint((jws.codePointAt(at) ?? 0) ^ 1);
    const spoilt = `${jws.slice(0, at)}${turned}${jws.slice(at + 1)}`;
    // Base64url of a length that is no multiple of three has bits that carry nothing.
    const isSame = [0, 1, 2].every((part) => bytesOf(spoilt, part) === bytesOf(jws, part));
    if (!isSame) await rejects(readLicenceStatement(spoilt, root), MalformedLicenceStatement);
  }
});

function bytesOf(jws: string, part: number): string {
  return Buffer.from(jws.split('.')[part] ?? '', 'base64url').toString('hex');
}
