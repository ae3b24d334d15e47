/** Test support: a ledger of somebody who can write any past that they like, signed for real. */
import { generateKeyPairSync, sign } from 'node:crypto';
import type { ShownLedger } from '@chaperone/protocol/cart-api/evidence.ts';
import { encodeBase64 } from '@chaperone/protocol/tree/base64.ts';
import { signCheckpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import { proveConsistency } from '@chaperone/protocol/tree/consistency-proof.ts';
import { EMPTY_FRONTIER, growFrontier, rootOf } from '@chaperone/protocol/tree/frontier.ts';
import { proveInclusion } from '@chaperone/protocol/tree/inclusion-proof.ts';
import { lineHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import { formatVerifierKey, verifierKeyOf } from '@chaperone/protocol/tree/verifier-key.ts';

export class TestLedger {
  readonly keys = generateKeyPairSync('ed25519');
  readonly key;
  readonly verifierLine: string;
  readonly lines: string[];

  constructor(lines: readonly string[] = []) {
    const { x = '' } = this.keys.publicKey.export({ format: 'jwk' });
    this.key = verifierKeyOf('gateway.example/ledger', Buffer.from(x, 'base64url'));
    this.verifierLine = formatVerifierKey(this.key);
    this.lines = [...lines];
  }

  /** The checkpoint of the first `size` of other lines, or of its own, and the proof from `from` on. */
  async show(from: number, lines: readonly string[] = this.lines): Promise<ShownLedger> {
    const { root, read } = treeOf(lines);
    const proof = from > lines.length ? [] : await proveConsistency(from, lines.length, read);
    const body = { origin: this.key.name, size: lines.length, root };
    const checkpoint = await signCheckpoint(body, this.key, async (message) =>
      Uint8Array.from(sign(null, message, this.keys.privateKey)),
    );
    return { checkpoint, proof: proof.map(encodeBase64) };
  }

  /** One entry of its own with its proof, as evidence. */
  async entry(index: number) {
    const { read } = treeOf(this.lines);
    const proof = await proveInclusion(index, this.lines.length, read);
    const { checkpoint } = await this.show(0);
    const entries = [{ index, line: this.lines[index] ?? '', proof: proof.map(encodeBase64) }];
    return { verifierKey: this.verifierLine, checkpoint, entries };
  }
}

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
  return { root: rootOf(frontier), read };
}
