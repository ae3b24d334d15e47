/** Targets of the vault: age files, sealed texts, and records that a disk gives back. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newId, parseId } from '@chaperone/domain/id/id.ts';
import {
  AgeHeaderMalformed,
  HEADER_BYTES_MAX,
  parseHeader,
  writeHeader,
} from '@chaperone/gateway/vault/age/age-header.ts';
import { beginFile, openFile, sealChunk } from '@chaperone/gateway/vault/age/age.ts';
import { RecordDamaged } from '@chaperone/gateway/vault/contract.ts';
import {
  deriveCaseKeys,
  sealText,
  unsealText,
} from '@chaperone/gateway/vault/keyring/case-keys.ts';
import { openRecordStore } from '@chaperone/gateway/vault/record-store/record-store.ts';
import { readSealedFile } from '@chaperone/gateway/vault/record/sealed-file.ts';
import { StagedFile } from '@chaperone/gateway/vault/record/staged-file.ts';
import { changeBytes } from '../engine/change-bytes.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

const CASE = parseId('case', 'case-00000000000000000000000001');
const keys = deriveCaseKeys(CASE, new Uint8Array(32).fill(3));
const FILE_KEY = new Uint8Array(16).fill(4);
let drawn = 0;
/** Never the same twice, always the same again. */
const random = (length: number): Uint8Array =>
  createHash('shake256', { outputLength: length })
    .update(`draw ${(drawn += 1)}`)
    .digest();

const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-fuzz-vault-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const place = { caseId: CASE, recordId: newId('record', random) };
const store = await openRecordStore({ kind: 'directory' }, folder);
await store.makeRoom(CASE);

const PLAIN = Buffer.alloc(70_000, 'a record ');

function sealedFile(): Buffer {
  const { start, payload } = beginFile(keys.recipient, random);
  return Buffer.concat([
    start,
    ...sealChunk(payload, 0, false, PLAIN.subarray(0, 65_536)),
    ...sealChunk(payload, 1, true, PLAIN.subarray(65_536)),
  ]);
}
const SEALED = sealedFile();
const startOf = (): Buffer => Buffer.from(beginFile(keys.recipient, random).start);

const header: Target = {
  name: 'age-header',
  entry: 'gateway/src/vault/age/age-header.ts › parseHeader',
  refusals: [AgeHeaderMalformed],
  limits: 'HEADER_BYTES_MAX, 16 stanzas of 16 arguments',
  form: 'bytes',
  words: ['-> ', '\n', '--- ', '-> X25519 AAAA\n\n', ' '],
  seeds: () => [
    startOf(),
    Buffer.from(
      writeHeader([{ type: 'x', arguments: ['a', 'b'], body: new Uint8Array(96) }], FILE_KEY),
    ),
  ],
  feed: (input) => {
    const read = parseHeader(input);
    holds(read.bytes <= HEADER_BYTES_MAX, 'a header is too long');
    holds(read.stanzas.length >= 1 && read.stanzas.length <= 16, 'too many stanzas');
    const again = parseHeader(Buffer.from(writeHeader(read.stanzas, FILE_KEY)));
    holds(again.covered === read.covered, 'a header is written as another');
    return read;
  },
};

const start: Target = {
  name: 'age-file-start',
  entry: 'gateway/src/vault/age/age.ts › openFile (x25519.ts)',
  refusals: [AgeHeaderMalformed],
  limits: 'only what was sealed for this identity and not altered',
  form: 'bytes',
  words: ['-> X25519 ', '\n'],
  seeds: () => [startOf()],
  // Other stanzas beside and instead of ours, with a MAC that a liar can make.
  vary: (chance) => {
    const body = chance.bytes(chance.pick([0, 16, 32, 33]));
    const share = chance.pick([Buffer.alloc(32), chance.bytes(32), chance.bytes(31)]);
    const stanza = {
      type: 'X25519',
      arguments: [share.toString('base64').replace(/=+$/, '')],
      body,
    };
    return Buffer.concat([Buffer.from(writeHeader([stanza], FILE_KEY)), chance.bytes(16)]);
  },
  feed: (input) => openFile(input, keys) ?? null,
};

/** A whole file on the disk, from the start or a place in it. */
const record: Target = {
  name: 'vault-record-file',
  entry: 'gateway/src/vault/record/sealed-file.ts › readSealedFile (age.ts › unsealChunk)',
  refusals: [RecordDamaged],
  limits: 'not one byte that was altered is given out',
  form: 'bytes',
  weight: 0.1,
  seeds: () => [SEALED],
  feed: async (input) => {
    writeFileSync(path.join(folder, 'records', place.caseId, `${place.recordId}.age`), input);
    const parts: Uint8Array[] = [];
    const range = { offset: 0, length: PLAIN.length };
    for await (const part of readSealedFile({ store, place, keys, bytes: PLAIN.length }, range)) {
      parts.push(Uint8Array.from(part));
    }
    holds(Buffer.concat(parts).equals(PLAIN), 'altered bytes were given out');
    return true;
  },
};

/** What a crash left of a record on its way: everything is lawful, what does not unseal is fetched again. */
const staged: Target = {
  name: 'vault-staged-file',
  entry: 'gateway/src/vault/record/staged-file.ts › StagedFile.open',
  refusals: [],
  limits: 'goes on after the last chunk that unseals',
  form: 'bytes',
  weight: 0.1,
  seeds: () => [SEALED.subarray(0, SEALED.length - 4480), SEALED.subarray(0, 100), Buffer.alloc(0)],
  vary: (chance) => changeBytes(SEALED, chance, []),
  feed: async (input) => {
    const file = path.join(folder, 'staged.age');
    writeFileSync(file, input);
    const open = await StagedFile.open(file, keys, random);
    const received = open.receivedBytes;
    holds(received % 65_536 === 0 && received <= 65_536, 'it goes on in the middle of a chunk');
    const expected = createHash('sha256').update(PLAIN.subarray(0, received)).digest('base64url');
    holds(open.digest() === expected, 'it goes on after altered bytes');
    await open.discard();
    return received;
  },
};

const text: Target = {
  name: 'vault-sealed-text',
  entry: 'gateway/src/vault/keyring/case-keys.ts › unsealText',
  refusals: [RecordDamaged],
  limits: 'only what was sealed for this case',
  form: 'text',
  words: ['=', '-', '_', '+', '/'],
  seeds: () => [Buffer.from(sealText(keys, 'a note', random))],
  feed: (input) => {
    const plain = unsealText(keys, input.toString('utf8'));
    holds(plain === 'a note', 'another text was unsealed');
    return plain;
  },
};

export const VAULT_TARGETS: readonly Target[] = [header, start, record, staged, text];
