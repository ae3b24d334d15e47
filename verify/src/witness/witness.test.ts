/**
 * Goal: a witness vouches only for a ledger that continues what it saw, over restarts and kills; what is shorter or another history is
 * kept as proof and never signed; what proves nothing accuses nobody. Method: a ledger that shows what it likes, and real files.
 */
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { writeAddCheckpoint } from '@chaperone/protocol/tree/add-checkpoint.ts';
import { signCheckpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import { proveConsistency } from '@chaperone/protocol/tree/consistency-proof.ts';
import { openCosignature } from '@chaperone/protocol/tree/cosignature.ts';
import { EMPTY_FRONTIER, growFrontier, rootOf } from '@chaperone/protocol/tree/frontier.ts';
import { HASH_BYTES, lineHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import { NoteInvalid } from '@chaperone/protocol/tree/signed-note.ts';
import { TILE_WIDTH, parseTilePath } from '@chaperone/protocol/tree/tile.ts';
import { verifierKeyOf } from '@chaperone/protocol/tree/verifier-key.ts';
import { TilesDoNotFit, mirrorTiles } from './mirror.ts';
import { LedgerRewritten, NotThatLedger, SizeNotRemembered, Witness } from './witness.ts';
import { WitnessStateDamaged, openWitnessDisk } from './witness-disk.ts';

const pair = generateKeyPairSync('ed25519');
const keyOf = ({ publicKey }: typeof pair): Uint8Array =>
  Uint8Array.from(Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'));
const ledgerKey = verifierKeyOf('gateway.example/ledger', keyOf(pair));
const LINES = Array.from({ length: 700 }, (_, index) => `line ${index}`);

function treeOf(lines: readonly string[]) {
  const nodes = new Map<string, Uint8Array>();
  let frontier = EMPTY_FRONTIER;
  for (const line of lines) {
    const grown = growFrontier(frontier, lineHash(line));
    for (const { level, index, hash } of grown.made) nodes.set(`${level}/${index}`, hash);
    frontier = grown.frontier;
  }
  const read = async (level: number, index: number): Promise<Uint8Array> =>
    nodes.get(`${level}/${index}`) ?? new Uint8Array(32);
  return { size: lines.length, root: rootOf(frontier), read };
}

async function shown(old: number, lines: readonly string[], by = pair): Promise<string> {
  const { size, root, read } = treeOf(lines);
  const key = verifierKeyOf(ledgerKey.name, keyOf(by));
  const body = { origin: key.name, size, root };
  const checkpoint = await signCheckpoint(body, key, async (message) =>
    Uint8Array.from(sign(null, message, by.privateKey)),
  );
  const proof = old > size ? [] : await proveConsistency(old, size, read);
  return writeAddCheckpoint({ old, proof, checkpoint });
}

async function start(t: TestContext) {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-witness-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const open = async () => {
    const disk = await openWitnessDisk(path.join(directory, 'state'), 'hospital.example/witness');
    const { memory, key: witnessKey, sign: signNote } = disk;
    const options = {
      ledgerKey,
      witnessKey,
      sign: signNote,
      memory,
      utcMs: () => 1_700_000_000_500,
    };
    return { disk, witness: new Witness(options) };
  };
  return { directory, open, ...(await open()) };
}

test('it vouches for what continues, over restarts, with a cosignature that anybody can check', async (t) => {
  const { witness, disk, open } = await start(t);
  await witness.add(await shown(0, LINES.slice(0, 10)));
  const note = await witness.add(await shown(10, LINES.slice(0, 300)));
  deepEqual(await openCosignature(note, disk.key), {
    witness: 'hospital.example/witness',
    seenUtcS: 1_700_000_000,
  });
  const again = await open();
  equal(await again.witness.size(), 300);
  await again.witness.add(await shown(300, LINES));
  // The same once more is vouched for again, with a new time.
  await again.witness.add(await shown(700, LINES));
  const other = await start(t);
  await rejects(openCosignature(note, other.disk.key), NoteInvalid);
  await rejects(openCosignature(note.replace('\n300\n', '\n301\n'), disk.key), NoteInvalid);
});

test('a shorter ledger, another one of the same size and one that does not follow are never signed again', async (t) => {
  for (const lines of [
    LINES.slice(0, 200),
    LINES.with(5, 'other').slice(0, 300),
    LINES.with(5, 'other'),
  ]) {
    const { witness, open, directory } = await start(t);
    await witness.add(await shown(0, LINES.slice(0, 300)));
    await rejects(witness.add(await shown(300, lines)), LedgerRewritten);
    const again = await open();
    // Also the true one: this ledger has lied, and a person has to look.
    await rejects(again.witness.add(await shown(300, LINES)), LedgerRewritten);
    const proof = await readFile(path.join(directory, 'state', 'contradiction.json'), 'utf8');
    const { kept, shown: told } = JSON.parse(proof) as Record<string, string>;
    match(kept ?? '', /\n300\n/);
    ok(told?.includes('gateway.example/ledger'));
  }
});

test('two who share its files vouch for one history', async (t) => {
  const { open } = await start(t);
  const [one, other] = [await open(), await open()];
  const forked = LINES.with(5, 'x');
  const answers = await Promise.allSettled([
    one.witness.add(await shown(0, LINES.slice(0, 300))),
    other.witness.add(await shown(0, forked.slice(0, 300))),
  ]);
  deepEqual(answers.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  const refused = answers.find((each) => each.status === 'rejected');
  ok(refused?.status === 'rejected' && refused.reason instanceof LedgerRewritten);
});

test('what proves nothing accuses nobody: another key, nonsense, a proof for another size', async (t) => {
  const { witness, disk } = await start(t);
  await witness.add(await shown(0, LINES.slice(0, 300)));
  await rejects(
    witness.add(await shown(300, LINES, generateKeyPairSync('ed25519'))),
    NotThatLedger,
  );
  for (const body of ['', 'old 300\n', 'old -1\n\nx', 'old 300\nx\n\nx'])
    await rejects(witness.add(body), NotThatLedger);
  await rejects(witness.add(await shown(100, LINES)), SizeNotRemembered);
  equal(disk.memory.contradiction(), null);
});

test('it remembers before it signs, and a damaged memory is no empty one', async (t) => {
  const { open, directory, disk } = await start(t);
  const failing = new Witness({
    ledgerKey,
    witnessKey: disk.key,
    sign: async () => {
      throw new Error('killed');
    },
    memory: disk.memory,
    utcMs: () => 0,
  });
  await rejects(failing.add(await shown(0, LINES.slice(0, 300))), /killed/);
  const { witness } = await open();
  await rejects(witness.add(await shown(0, LINES.with(5, 'x').slice(0, 300))), LedgerRewritten);
  await writeFile(path.join(directory, 'state', 'checkpoint'), 'x');
  await rejects(open(), WitnessStateDamaged);
});

test('the copy holds nothing that does not give the root of the checkpoint', async (t) => {
  const { directory } = await start(t);
  const { size, root, read } = treeOf(LINES);
  const checkpoint = { origin: ledgerKey.name, size, root };
  const tile = async (name: string): Promise<Uint8Array> => {
    const { level, index, width } = parseTilePath(name);
    const hashes = Array.from({ length: width }, (_, at) =>
      read(8 * Number(level), index * TILE_WIDTH + at),
    );
    return new Uint8Array(Buffer.concat(await Promise.all(hashes)));
  };
  const mirror = path.join(directory, 'mirror');
  const flipped = async (name: string): Promise<Uint8Array> => {
    const bytes = await tile(name);
    return name === 'tile/1/000.p/2'
      ? bytes.map((byte, at) => (at === 3 ? byte ^ 1 : byte))
      : bytes;
  };
  await rejects(mirrorTiles(mirror, checkpoint, 'note', flipped), TilesDoNotFit);
  await rejects(readFile(path.join(mirror, 'checkpoint')), /ENOENT/);
  equal((await mirrorTiles(mirror, checkpoint, 'note', tile)).fetched, 4);
  equal((await mirrorTiles(mirror, checkpoint, 'note', tile)).fetched, 0);
  equal((await readFile(path.join(mirror, 'tile/0/002.p/188'))).length, 188 * HASH_BYTES);
});
