/**
 * Goal: the tree is RFC 6962's, its proofs prove what they say and nothing else. Method: the published vectors
 * of Certificate Transparency, a slow definition straight from the RFC beside the fast code, and every altered
 * proof refused.
 */
import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { proveConsistency, verifyConsistency } from './consistency-proof.ts';
import {
  EMPTY_FRONTIER,
  appendLeaf,
  growFrontier,
  parseFrontier,
  rootOf,
  subtreesOf,
} from './frontier.ts';
import type { Frontier } from './frontier.ts';
import { proveInclusion, verifyInclusion } from './inclusion-proof.ts';
import { MalformedTree, ProofInvalid } from './malformed-tree.ts';
import { EMPTY_ROOT, leafHash, nodeHash, sameHash } from './merkle-hash.ts';
import type { NodeReader } from './subtree.ts';
import { splitOf } from './subtree.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The eight leaves and the roots of their trees in Certificate Transparency's own tests. */
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((text) => Uint8Array.from(Buffer.from(text, 'hex')));
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** RFC 6962 §2.1, word for word. */
function slowRoot(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (only === undefined) return EMPTY_ROOT;
  if (hashes.length === 1) return only;
  const split = splitOf(hashes.length);
  return nodeHash(slowRoot(hashes.slice(0, split)), slowRoot(hashes.slice(split)));
}

interface Grown {
  readonly hashes: readonly Uint8Array[];
  readonly roots: readonly Uint8Array[];
  readonly frontier: Frontier;
  readonly read: NodeReader;
}

function grow(size: number): Grown {
  const hashes: Uint8Array[] = [];
  const roots = [EMPTY_ROOT];
  const nodes = new Map<string, Uint8Array>();
  let frontier = EMPTY_FRONTIER;
  for (let index = 0; index < size; index += 1) {
    const leaf = leafHash(new TextEncoder().encode(`leaf ${index}`));
    hashes.push(leaf);
    const grown = growFrontier(frontier, leaf);
    for (const node of grown.made) nodes.set(`${node.level}/${node.index}`, node.hash);
    frontier = grown.frontier;
    roots.push(rootOf(frontier));
  }
  const read: NodeReader = async (level, index) => {
    const hash = nodes.get(`${level}/${index}`);
    if (hash === undefined) throw new Error(`no node ${level}/${index}`);
    return hash;
  };
  return { hashes, roots, frontier, read };
}

const TREE = grow(70);
const root = (size: number): Uint8Array => TREE.roots[size] ?? EMPTY_ROOT;
const leafAt = (index: number): Uint8Array => TREE.hashes[index] ?? EMPTY_ROOT;

describe('RFC 6962 §2.1', () => {
  test('the empty tree is SHA-256 of nothing', () => {
    equal(hex(EMPTY_ROOT), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    deepEqual(rootOf(EMPTY_FRONTIER), EMPTY_ROOT);
  });

  test('the eight published roots', () => {
    let frontier = EMPTY_FRONTIER;
    for (const [index, leaf] of LEAVES.entries()) {
      frontier = appendLeaf(frontier, leafHash(leaf));
      equal(hex(rootOf(frontier)), ROOTS[index]);
    }
  });

  test('every size gives the root of the definition', () => {
    for (let size = 0; size <= 70; size += 1) {
      deepEqual(root(size), slowRoot(TREE.hashes.slice(0, size)));
    }
  });

  test('a leaf is never a node', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (left) => {
        const both = Uint8Array.of(...left, ...left);
        equal(sameHash(leafHash(both), nodeHash(left, left)), false);
      }),
    );
  });
});

describe('frontier', () => {
  test('goes on from where it was read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 69 }), (size) => {
        const part = grow(size).frontier;
        let again = parseFrontier(part.size, part.hashes);
        for (const leaf of TREE.hashes.slice(size)) again = appendLeaf(again, leaf);
        deepEqual(rootOf(again), root(70));
      }),
      { numRuns: 30 },
    );
  });

  test('names the complete subtrees of a size', () => {
    deepEqual(subtreesOf(13), [
      { level: 3, index: 0 },
      { level: 2, index: 2 },
      { level: 0, index: 12 },
    ]);
  });

  test('refuses hashes that the size does not have', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -5, max: 5000 }),
        fc.array(fc.uint8Array({ maxLength: 33 }), { maxLength: 14 }),
        (size, hashes) => {
          const fits =
            size >= 0 &&
            hashes.length === subtreesOf(size).length &&
            hashes.every((hash) => hash.length === 32);
          if (fits) parseFrontier(size, hashes);
          else throws(() => parseFrontier(size, hashes), MalformedTree);
        },
      ),
    );
  });
});

describe('inclusion', () => {
  test('every leaf of every tree up to 40 is proved', async () => {
    for (let size = 1; size <= 40; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const proof = await proveInclusion(index, size, TREE.read);
        verifyInclusion(index, size, leafAt(index), proof, root(size));
      }
    }
  });

  test('a proof does not fit another place, size, leaf or root, nor when altered, cut or lengthened', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 70 }),
        fc.nat(),
        fc.nat(),
        async (size, at, bit) => {
          const index = at % size;
          const proof = await proveInclusion(index, size, TREE.read);
          const wrong = (act: () => void): void => throws(act, ProofInvalid);
          const leaf = leafAt(index);
          wrong(() => verifyInclusion((index + 1) % size, size, leaf, proof, root(size)));
          wrong(() => verifyInclusion(index, size, leafAt(index + 1), proof, root(size)));
          wrong(() => verifyInclusion(index, size, leaf, proof, root(size - 1)));
          wrong(() => verifyInclusion(index, size, leaf, proof.slice(1), root(size)));
          wrong(() => verifyInclusion(index, size, leaf, [...proof, leaf], root(size)));
          wrong(() => verifyInclusion(size, size, leaf, proof, root(size)));
          const flipped = proof.map((hash) => Uint8Array.from(hash));
          const target = flipped[bit % flipped.length];
          if (target !== undefined) target[bit % 32] = (target[bit % 32] ?? 0) ^ (1 << (bit % 8));
          wrong(() => verifyInclusion(index, size, leaf, flipped, root(size)));
        },
      ),
    );
  });

  test('there is no proof for a leaf outside', async () => {
    await rejects(proveInclusion(7, 7, TREE.read), MalformedTree);
    await rejects(proveInclusion(-1, 7, TREE.read), MalformedTree);
  });
});

describe('consistency', () => {
  test('every pair of sizes up to 40 is proved', async () => {
    for (let later = 0; later <= 40; later += 1) {
      for (let earlier = 0; earlier <= later; earlier += 1) {
        const proof = await proveConsistency(earlier, later, TREE.read);
        verifyConsistency(
          { size: earlier, root: root(earlier) },
          { size: later, root: root(later) },
          proof,
        );
      }
    }
  });

  test('a root that is no hash is refused, and not climbed from', () => {
    const long = new Uint8Array(64);
    const good = { size: 7, root: root(7) };
    for (const [earlier, later] of [
      [{ size: 4, root: long }, good],
      [
        { size: 7, root: new Uint8Array(0) },
        { size: 7, root: new Uint8Array(0) },
      ],
    ] as const) {
      throws(
        () => verifyConsistency(earlier, later, [root(4)].slice(0, later.size - earlier.size)),
        ProofInvalid,
      );
    }
  });

  test('a rewritten past is not consistent, whatever the proof', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 70 }),
        fc.nat(),
        fc.nat(),
        async (size, at, cut) => {
          const earlier = 1 + (at % (size - 1));
          const proof = await proveConsistency(earlier, size, TREE.read);
          const later = { size, root: root(size) };
          const wrong = (act: () => void): void => throws(act, ProofInvalid);
          wrong(() => verifyConsistency({ size: earlier, root: root(earlier - 1) }, later, proof));
          wrong(() =>
            verifyConsistency(
              { size: earlier, root: root(earlier) },
              { size, root: EMPTY_ROOT },
              proof,
            ),
          );
          wrong(() => verifyConsistency(later, { size: earlier, root: root(earlier) }, proof));
          const shorter = proof.filter((_, place) => place !== cut % proof.length);
          wrong(() => verifyConsistency({ size: earlier, root: root(earlier) }, later, shorter));
          const longer = [...proof, root(1)];
          wrong(() => verifyConsistency({ size: earlier, root: root(earlier) }, later, longer));
        },
      ),
    );
  });

  test('the same size needs the same root', () => {
    throws(
      () => verifyConsistency({ size: 3, root: root(3) }, { size: 3, root: root(4) }, []),
      ProofInvalid,
    );
  });
});
