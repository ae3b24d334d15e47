/** Targets of the Merkle tree: notes, checkpoints, keys, proofs and frontiers from somebody who may be lying. */
import {
  decodeBase64,
  decodeBase64url,
  encodeBase64,
  encodeBase64url,
} from '@chaperone/protocol/tree/base64.ts';
import {
  checkpointText,
  openCheckpoint,
  parseCheckpointText,
  signCheckpoint,
} from '@chaperone/protocol/tree/checkpoint.ts';
import { proveConsistency, verifyConsistency } from '@chaperone/protocol/tree/consistency-proof.ts';
import {
  EMPTY_FRONTIER,
  appendLeaf,
  growFrontier,
  parseFrontier,
  rootOf,
} from '@chaperone/protocol/tree/frontier.ts';
import { proveInclusion, verifyInclusion } from '@chaperone/protocol/tree/inclusion-proof.ts';
import { MalformedTree, ProofInvalid } from '@chaperone/protocol/tree/malformed-tree.ts';
import { lineHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import {
  NOTE_SIGNATURES_MAX,
  NoteInvalid,
  parseNote,
  signNote,
} from '@chaperone/protocol/tree/signed-note.ts';
import {
  VerifierKeyMalformed,
  formatVerifierKey,
  parseVerifierKey,
} from '@chaperone/protocol/tree/verifier-key.ts';
import { changeBytes } from '../engine/change-bytes.ts';
import { ledgerKey, ledgerLine, signLedger } from '../fixture/authorities.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

const LEAVES = 11;
const nodes = new Map<string, Uint8Array>();
const roots = [rootOf(EMPTY_FRONTIER)];
let frontier = EMPTY_FRONTIER;
for (let index = 0; index < LEAVES; index += 1) {
  const grown = growFrontier(frontier, lineHash(`line ${index}`));
  for (const { level, index: at, hash } of grown.made) nodes.set(`${level}/${at}`, hash);
  frontier = grown.frontier;
  roots.push(rootOf(frontier));
}
const read = async (level: number, index: number): Promise<Uint8Array> =>
  nodes.get(`${level}/${index}`) ?? new Uint8Array(32);
const rootAt = (size: number): Uint8Array => roots[size] ?? new Uint8Array(32);
const checkpoint = { origin: ledgerKey.name, size: LEAVES, root: rootAt(LEAVES) };

/** What a proof's reader was given, as JSON; what is no number or no hash there is one that does not fit. */
function given(input: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(input.toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);
const bytesOf = (value: unknown): Uint8Array =>
  (typeof value === 'string' ? decodeBase64(value) : undefined) ?? new Uint8Array(0);
const proofOf = (value: unknown): readonly Uint8Array[] =>
  Array.isArray(value) ? value.map(bytesOf) : [];
const jsonOf = (value: object): Buffer => Buffer.from(JSON.stringify(value));

const base64: Target = {
  name: 'tree-base64',
  entry: 'protocol/src/tree/base64.ts › decodeBase64, decodeBase64url',
  refusals: [],
  limits: 'one text for each value',
  form: 'text',
  words: ['=', '==', '-', '_', '+', '/', '\n', 'é'],
  seeds: () =>
    [0, 1, 2, 3, 32, 64].map((length) => Buffer.from(encodeBase64url(Buffer.alloc(length, 0xfb)))),
  feed: (input) => {
    const text = input.toString('utf8');
    const standard = decodeBase64(text);
    const url = decodeBase64url(text);
    holds(
      standard === undefined || encodeBase64(standard) === text,
      'base64 has two texts for a value',
    );
    holds(
      url === undefined || encodeBase64url(url) === text,
      'base64url has two texts for a value',
    );
    return [standard, url];
  },
};

const note: Target = {
  name: 'tree-signed-note',
  entry: 'protocol/src/tree/signed-note.ts › parseNote',
  refusals: [NoteInvalid],
  limits: 'NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX',
  form: 'text',
  words: ['\u2014 ', '\n\n', '\n', '\u2014 a/b AAAAAAAA\n'],
  seeds: async () => [Buffer.from(await signNote('a text\n', ledgerKey, signLedger))],
  feed: (input) => {
    const parsed = parseNote(input.toString('utf8'));
    holds(parsed.signatures.length <= NOTE_SIGNATURES_MAX, 'too many signatures');
    holds(
      input.toString('utf8').startsWith(`${parsed.text}\n\u2014 `),
      'another text than the one signed',
    );
    return parsed;
  },
};

const signedCheckpoint: Target = {
  name: 'tree-checkpoint',
  entry: 'protocol/src/tree/checkpoint.ts › openCheckpoint, parseCheckpointText',
  refusals: [NoteInvalid],
  limits: 'TREE_SIZE_MAX, 32 bytes of root',
  form: 'text',
  words: ['\n', '281474976710657', '007', '-1', '1e3'],
  seeds: async () => [Buffer.from(await signCheckpoint(checkpoint, ledgerKey, signLedger))],
  // A ledger that signs nonsense.
  vary: async (chance) => {
    const own = Buffer.from(checkpointText(checkpoint));
    const changed = changeBytes(own, chance, []).toString('utf8').toWellFormed();
    try {
      return Buffer.from(await signNote(changed, ledgerKey, signLedger));
    } catch (fault) {
      if (!(fault instanceof NoteInvalid)) throw fault;
      return Buffer.from(changed);
    }
  },
  feed: async (input) => {
    const opened = await openCheckpoint(input.toString('utf8'), ledgerKey);
    const again = parseCheckpointText(checkpointText(opened));
    holds(again.size === opened.size && again.origin === opened.origin, 'is written as another');
    holds(Number.isSafeInteger(opened.size), 'a size that no tree has');
    return opened;
  },
};

const verifierKey: Target = {
  name: 'tree-verifier-key',
  entry: 'protocol/src/tree/verifier-key.ts › parseVerifierKey',
  refusals: [VerifierKeyMalformed],
  limits: '200 characters of name, one Ed25519 key',
  form: 'text',
  words: ['+', '\ud800', ' '],
  seeds: () => [Buffer.from(ledgerLine)],
  feed: (input) => {
    const text = input.toString('utf8');
    const key = parseVerifierKey(text);
    holds(formatVerifierKey(key) === text, 'a key has two lines');
    return key;
  },
};

const inclusion: Target = {
  name: 'tree-inclusion-proof',
  entry: 'protocol/src/tree/inclusion-proof.ts › verifyInclusion',
  refusals: [ProofInvalid],
  limits: 'PROOF_HASHES_MAX; only what is in the tree is proved',
  form: 'json',
  seeds: async () => {
    const made: Buffer[] = [];
    for (let index = 0; index < LEAVES; index += 1) {
      const proof = (await proveInclusion(index, LEAVES, read)).map(encodeBase64);
      made.push(
        jsonOf({
          index,
          size: LEAVES,
          line: `line ${index}`,
          proof,
          root: encodeBase64(checkpoint.root),
        }),
      );
    }
    return made;
  },
  feed: (input) => {
    const { index, size, line, proof, root } = given(input);
    const leaf = typeof line === 'string' ? lineHash(line) : new Uint8Array(0);
    verifyInclusion(numberOf(index), numberOf(size), leaf, proofOf(proof), bytesOf(root));
    // Of this tree nothing else can have been proved.
    const isOurs = encodeBase64(bytesOf(root)) === encodeBase64(checkpoint.root);
    if (isOurs && size === LEAVES) holds(line === `line ${String(index)}`, 'a lie was proved');
    return true;
  },
};

const consistency: Target = {
  name: 'tree-consistency-proof',
  entry: 'protocol/src/tree/consistency-proof.ts › verifyConsistency',
  refusals: [ProofInvalid],
  limits: 'PROOF_HASHES_MAX + 1; only a tree that grew is proved',
  form: 'json',
  seeds: async () => {
    const made: Buffer[] = [];
    for (const [earlier, later] of [
      [0, 5],
      [1, 11],
      [4, 7],
      [6, 11],
      [8, 11],
      [11, 11],
      [3, 4],
    ] as const) {
      const proof = (await proveConsistency(earlier, later, read)).map(encodeBase64);
      made.push(
        jsonOf({
          earlier,
          later,
          one: encodeBase64(rootAt(earlier)),
          other: encodeBase64(rootAt(later)),
          proof,
        }),
      );
    }
    return made;
  },
  feed: (input) => {
    const { earlier, later, one, other, proof } = given(input);
    const before = { size: numberOf(earlier), root: bytesOf(one) };
    const after = { size: numberOf(later), root: bytesOf(other) };
    verifyConsistency(before, after, proofOf(proof));
    const isOurs =
      after.size <= LEAVES && encodeBase64(after.root) === encodeBase64(rootAt(after.size));
    if (isOurs && before.size > 0) {
      holds(encodeBase64(before.root) === encodeBase64(rootAt(before.size)), 'a lie was proved');
    }
    return true;
  },
};

const edge: Target = {
  name: 'tree-frontier',
  entry: 'protocol/src/tree/frontier.ts › parseFrontier, appendLeaf, rootOf',
  refusals: [MalformedTree],
  limits: 'TREE_SIZE_MAX; as many hashes as the size has ones',
  form: 'json',
  seeds: () => [
    jsonOf({ size: LEAVES, hashes: frontier.hashes.map(encodeBase64) }),
    jsonOf({ size: 0, hashes: [] }),
    jsonOf({ size: 2 ** 47, hashes: [encodeBase64(new Uint8Array(32))] }),
  ],
  feed: (input) => {
    const { size, hashes } = given(input);
    const parsed = parseFrontier(numberOf(size), proofOf(hashes));
    holds(appendLeaf(parsed, lineHash('next')).size === parsed.size + 1, 'it does not grow by one');
    return rootOf(parsed);
  },
};

export const TREE_TARGETS: readonly Target[] = [
  base64,
  note,
  signedCheckpoint,
  verifierKey,
  inclusion,
  consistency,
  edge,
];
