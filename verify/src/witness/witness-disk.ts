/**
 * What a witness has on its disk: its key, the newest checkpoint, and the proof of a ledger that contradicted itself.
 *
 * | file | holds |
 * |---|---|
 * | `witness.key` | the Ed25519 key, PEM, mode 0600; made at the first start |
 * | `checkpoint` | the newest checkpoint that it vouched for |
 * | `contradiction.json` | two checkpoints that cannot both be true; while it is there nothing is signed |
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
} from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { readCheckpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import { witnessKeyOf } from '@chaperone/protocol/tree/cosignature.ts';
import type { NoteSigner } from '@chaperone/protocol/tree/signed-note.ts';
import type { VerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import { z } from 'zod';
import type { Contradiction, WitnessMemory } from './witness.ts';

/** A file of the witness is there and cannot be used: what it remembers must not look like nothing. */
export class WitnessStateDamaged extends DomainError {
  readonly code = 'WITNESS_STATE_DAMAGED';
}

/** Another process works with the same files, for longer than one checkpoint takes. */
export class WitnessBusy extends DomainError {
  readonly code = 'WITNESS_BUSY';
}

const LOCK_PAUSE_MS = 50;
const LOCK_TRIES_MAX = 200;
const KEY_FILE = 'witness.key';
const CHECKPOINT_FILE = 'checkpoint';
const CONTRADICTION_FILE = 'contradiction.json';
const contradictionFile = z.strictObject({
  seenUtcMs: z.number().int(),
  kept: z.string(),
  shown: z.string(),
});

export interface WitnessDisk {
  readonly memory: WitnessMemory;
  readonly key: VerifierKey;
  readonly sign: NoteSigner;
}

/** Opens it, or makes it. @param name of the witness's key, such as `hospital.example/witness` @throws WitnessStateDamaged */
export async function openWitnessDisk(directory: string, name: string): Promise<WitnessDisk> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const { key, sign: signNote } = await openKey(path.join(directory, KEY_FILE), name);
  let { newest, contradiction } = await readState(directory);
  let turn: Promise<unknown> = Promise.resolve();
  return {
    key,
    sign: signNote,
    memory: {
      newest: () => newest,
      contradiction: () => contradiction,
      async exclusively(act) {
        const mine = turn.then(async () => {
          const unlock = await lock(directory);
          try {
            ({ newest, contradiction } = await readState(directory));
            return await act();
          } finally {
            unlock();
          }
        });
        turn = mine.catch(() => undefined);
        return await mine;
      },
      async remember(checkpoint) {
        await writeDurably(path.join(directory, CHECKPOINT_FILE), checkpoint);
        newest = checkpoint;
      },
      async accuse(found) {
        contradiction = found;
        await writeDurably(path.join(directory, CONTRADICTION_FILE), JSON.stringify(found));
      },
    },
  };
}

async function readState(directory: string): Promise<{
  readonly newest: string | null;
  readonly contradiction: Contradiction | null;
}> {
  const newest = await readText(path.join(directory, CHECKPOINT_FILE));
  const accused = await readText(path.join(directory, CONTRADICTION_FILE));
  try {
    if (newest !== null) readCheckpoint(newest);
    const contradiction = accused === null ? null : contradictionFile.parse(JSON.parse(accused));
    return { newest, contradiction };
  } catch (cause) {
    throw new WitnessStateDamaged(`A file in ${directory} is damaged.`, { cause });
  }
}

/**
 * Keeps other processes of this machine out, by a name that one alone can listen on: the system gives it back when its holder is
 * killed.
 * @returns what lets them in again @throws WitnessBusy
 */
async function lock(directory: string): Promise<() => void> {
  const name = createHash('sha256').update(path.resolve(directory)).digest('hex');
  for (let tries = 1; tries <= LOCK_TRIES_MAX; tries += 1) {
    const server = createServer();
    try {
      // An abstract socket of Linux (unix(7)): no file is left behind.
      server.listen({ path: `\0chaperone-witness-${name}` });
      await once(server, 'listening');
      return () => void server.close();
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause;
      await setTimeout(LOCK_PAUSE_MS);
    }
  }
  throw new WitnessBusy(`Another witness works in ${directory}. Let one of them do.`);
}

/** Gives a file its content and its name at once, and waits until both are on the disk. */
export async function writeDurably(file: string, content: string | Uint8Array): Promise<void> {
  const making = `${file}.making`;
  const handle = await open(making, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(making, file);
  const directory = await open(path.dirname(file), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function openKey(
  file: string,
  name: string,
): Promise<{ readonly key: VerifierKey; readonly sign: NoteSigner }> {
  let pem = await readText(file);
  if (pem === null) {
    pem = generateKeyPairSync('ed25519').privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    }) as string;
    await writeDurably(file, pem);
  }
  try {
    const privateKey = createPrivateKey(pem);
    const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
    const key = witnessKeyOf(name, Uint8Array.from(Buffer.from(x, 'base64url')));
    return { key, sign: async (message) => Uint8Array.from(sign(null, message, privateKey)) };
  } catch (cause) {
    throw new WitnessStateDamaged(`The key ${file}, or its name, cannot be used.`, { cause });
  }
}

async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw new WitnessStateDamaged(`The file ${file} cannot be read.`, { cause });
  }
}
