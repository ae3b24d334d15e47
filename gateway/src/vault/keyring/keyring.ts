/**
 * The keyring: one wrapped secret for each case, in a directory of its own, apart from database and backups.
 *
 * | file | holds |
 * |---|---|
 * | `wrapping.<N>.key` | the wrapping key of generation N, 32 bytes, and the first 8 of SHA-256 over them and N |
 * | `<case id>.<N>.key` | a case's secret under that key: nonce 12, cipher text 32, tag 16 (AES-256-GCM) |
 *
 * Erasing a case's secret makes generation N+1 of the wrapping key and wraps the remaining secrets anew, so that
 * nobody who finds an old copy of the erased file can unwrap it. The new generation counts from the moment its
 * wrapping key has its name; what belongs to another generation is removed at the next opening. One process owns
 * the directory (`platform/data-directory`).
 */
import { createCipheriv, createDecipheriv, createHash, randomFillSync } from 'node:crypto';
import { mkdir, open, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { isId } from '@chaperone/domain/id/id.ts';
import type { CaseId, RandomBytes } from '@chaperone/domain/id/id.ts';
import {
  clearLeftovers,
  removeDurably,
  writeDurably,
} from '../../platform/durable-file/durable-file.ts';
import { CaseKeyMissing, RecordDamaged } from '../contract.ts';
import { CASE_SECRET_BYTES, deriveCaseKeys, wipeCaseKeys } from './case-keys.ts';
import type { CaseKeys } from './case-keys.ts';

export { inUse, sealText, unsealText } from './case-keys.ts';
export type { CaseKeys } from './case-keys.ts';

const WRAPPING_KEY_BYTES = 32;
/** Tells a damaged wrapping key from damaged secrets; says nothing about 256 random bits. */
const CHECK_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FILE_NAME = /^(wrapping|case-[0-9a-z]{26})\.([1-9][0-9]{0,9})\.key$/;

interface KeyFile {
  readonly name: string;
  /** A case's id, or `wrapping`. */
  readonly subject: string;
  readonly generation: number;
}

export class Keyring {
  readonly #directory: string;
  readonly #random: RandomBytes;
  readonly #known = new Map<CaseId, CaseKeys>();
  #wrappingKey: Buffer;
  #generation: number;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    directory: string,
    random: RandomBytes,
    wrappingKey: Buffer,
    generation: number,
  ) {
    this.#directory = directory;
    this.#random = random;
    this.#wrappingKey = wrappingKey;
    this.#generation = generation;
  }

  /**
   * Opens the keyring, or makes one; completes a change of the wrapping key that was cut off.
   * @throws RecordDamaged when there are secrets but no wrapping key, or it is damaged: nothing is wrapped under a wrong one
   */
  static async open(directory: string, random: RandomBytes): Promise<Keyring> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await clearLeftovers(directory);
    const files = await keyFiles(directory);
    const wrapping = files.filter(({ subject }) => subject === 'wrapping');
    const generation = Math.max(0, ...wrapping.map((file) => file.generation));
    if (generation === 0) {
      if (files.length > 0) throw new RecordDamaged('The keyring has lost its wrapping key.');
      const made = Buffer.from(random(WRAPPING_KEY_BYTES));
      await writeWrappingKey(directory, 1, made);
      return new Keyring(directory, random, made, 1);
    }
    const key = await readWrappingKey(directory, generation);
    const keyring = new Keyring(directory, random, key, generation);
    await keyring.#removeOtherGenerations();
    return keyring;
  }

  get generation(): number {
    return this.#generation;
  }

  /** Makes a case's secret; a secret that is there stays. */
  async create(caseId: CaseId): Promise<void> {
    await this.#inTurn(async () => {
      if ((await this.#filesOf(caseId)) > 0) return;
      const secret = Buffer.from(this.#random(CASE_SECRET_BYTES));
      await this.#write(caseId, secret, this.#wrappingKey, this.#generation);
      this.#known.set(caseId, deriveCaseKeys(caseId, secret));
      secret.fill(0);
    });
  }

  async has(caseId: CaseId): Promise<boolean> {
    return await this.#inTurn(async () => (await this.#filesOf(caseId)) > 0);
  }

  /** Opens a case's keys. They stay in memory until the case is erased. @throws CaseKeyMissing, RecordDamaged */
  async keysOf(caseId: CaseId): Promise<CaseKeys> {
    return (
      this.#known.get(caseId) ??
      (await this.#inTurn(async () => {
        const keys = this.#known.get(caseId) ?? deriveCaseKeys(caseId, await this.#read(caseId));
        this.#known.set(caseId, keys);
        return keys;
      }))
    );
  }

  /**
   * Erases a case's secret in its only copy and changes the wrapping key. Done twice, it does no harm.
   * @returns the generation of the new wrapping key
   */
  async erase(caseId: CaseId): Promise<number> {
    return await this.#inTurn(async () => {
      const known = this.#known.get(caseId);
      if (known !== undefined) wipeCaseKeys(known);
      this.#known.delete(caseId);
      for (const file of await keyFiles(this.#directory)) {
        if (file.subject === caseId) await this.#overwriteAndRemove(file.name);
      }
      await this.#changeWrappingKey();
      return this.#generation;
    });
  }

  /** Looks again for anything of a case's key: files of any generation, wrapping keys of old ones, memory. */
  async remainsOf(caseId: CaseId): Promise<number> {
    return await this.#inTurn(async () => {
      const files = await keyFiles(this.#directory);
      const left = files.filter(
        ({ subject, generation }) =>
          subject === caseId || (subject === 'wrapping' && generation !== this.#generation),
      );
      return left.length + (this.#known.has(caseId) ? 1 : 0);
    });
  }

  /** Wipes every key in memory. */
  close(): void {
    for (const keys of this.#known.values()) wipeCaseKeys(keys);
    this.#known.clear();
    this.#wrappingKey.fill(0);
  }

  async #changeWrappingKey(): Promise<void> {
    const generation = this.#generation + 1;
    const next = Buffer.from(this.#random(WRAPPING_KEY_BYTES));
    for (const { subject, generation: of } of await keyFiles(this.#directory)) {
      if (subject === 'wrapping' || of !== this.#generation) continue;
      const secret = await this.#readUnlessDamaged(subject as CaseId);
      // A damaged secret is lost already; it must not keep another case from being destroyed.
      if (secret === undefined) continue;
      await this.#write(subject as CaseId, secret, next, generation);
      secret.fill(0);
    }
    // From here on the new generation counts.
    await writeWrappingKey(this.#directory, generation, next);
    this.#wrappingKey.fill(0);
    this.#wrappingKey = next;
    this.#generation = generation;
    await this.#removeOtherGenerations();
  }

  async #removeOtherGenerations(): Promise<void> {
    const files = await keyFiles(this.#directory);
    const others = files.filter(({ generation }) => generation !== this.#generation);
    // Old wrapping keys go first: without them the rest is unreadable.
    const ordered = others.toSorted((one, other) => rank(one) - rank(other));
    for (const { name } of ordered) await this.#overwriteAndRemove(name);
  }

  async #read(caseId: CaseId): Promise<Buffer> {
    const wrapped = await this.#readFile(caseId);
    const nonce = wrapped.subarray(0, NONCE_BYTES);
    const tagAt = NONCE_BYTES + CASE_SECRET_BYTES;
    if (wrapped.length !== tagAt + TAG_BYTES) throw new RecordDamaged("A case's key is damaged.");
    const options = { authTagLength: TAG_BYTES };
    const cipher = createDecipheriv('aes-256-gcm', this.#wrappingKey, nonce, options);
    cipher.setAAD(labelOf(caseId, this.#generation));
    cipher.setAuthTag(wrapped.subarray(tagAt));
    try {
      const secret = cipher.update(wrapped.subarray(NONCE_BYTES, tagAt));
      cipher.final();
      return secret;
    } catch (cause) {
      throw new RecordDamaged("A case's key is damaged.", { cause });
    }
  }

  async #readUnlessDamaged(caseId: CaseId): Promise<Buffer | undefined> {
    try {
      return await this.#read(caseId);
    } catch (fault) {
      if (fault instanceof RecordDamaged) return undefined;
      throw fault;
    }
  }

  async #readFile(caseId: CaseId): Promise<Buffer> {
    try {
      return await readFile(this.#fileOf(caseId, this.#generation));
    } catch (cause) {
      throw new CaseKeyMissing('There is no key for this case (any more).', { cause });
    }
  }

  async #write(caseId: CaseId, secret: Buffer, key: Buffer, generation: number): Promise<void> {
    const nonce = this.#random(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(labelOf(caseId, generation));
    const sealed = [cipher.update(secret), cipher.final(), cipher.getAuthTag()];
    await writeDurably(this.#fileOf(caseId, generation), Buffer.concat([nonce, ...sealed]));
  }

  /** Overwriting helps on disks that write in place; what counts everywhere is the change of the wrapping key. */
  async #overwriteAndRemove(name: string): Promise<void> {
    const file = path.join(this.#directory, name);
    const handle = await open(file, 'r+');
    try {
      const { size } = await handle.stat();
      await handle.write(randomFillSync(Buffer.alloc(size)), 0, size, 0);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await removeDurably(file);
  }

  async #filesOf(caseId: CaseId): Promise<number> {
    const files = await keyFiles(this.#directory);
    return files.filter(({ subject }) => subject === caseId).length;
  }

  #fileOf(caseId: CaseId, generation: number): string {
    return path.join(this.#directory, `${caseId}.${generation}.key`);
  }

  /** One change at a time: nothing is wrapped under a key that is about to go. */
  async #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const before = this.#turn;
    const mine = before.then(act, act);
    this.#turn = mine.catch(() => undefined);
    return await mine;
  }
}

async function writeWrappingKey(directory: string, generation: number, key: Buffer): Promise<void> {
  const content = Buffer.concat([key, checkOf(key, generation)]);
  const file = path.join(directory, `wrapping.${generation}.key`);
  await writeDurably(file, content, { never: 'replace' });
  content.fill(0);
}

async function readWrappingKey(directory: string, generation: number): Promise<Buffer> {
  const name = `wrapping.${generation}.key`;
  const content = await readFile(path.join(directory, name));
  const key = Buffer.from(content.subarray(0, WRAPPING_KEY_BYTES));
  // A key that stands alone has no check; what is flipped does not become shorter.
  const isChecked = content.length !== WRAPPING_KEY_BYTES;
  if (isChecked && !content.subarray(WRAPPING_KEY_BYTES).equals(checkOf(key, generation))) {
    throw new RecordDamaged(
      `The keyring's ${name} is damaged: no record of any case can be opened. Restore it from the disk's own mirror.`,
    );
  }
  content.fill(0);
  return key;
}

function checkOf(key: Buffer, generation: number): Buffer {
  const hash = createHash('sha256').update(`chaperone wrapping key v1 ${generation}`).update(key);
  return hash.digest().subarray(0, CHECK_BYTES);
}

function rank({ subject }: KeyFile): number {
  return subject === 'wrapping' ? 0 : 1;
}

function labelOf(caseId: CaseId, generation: number): Buffer {
  return Buffer.from(`chaperone case secret v1 ${caseId} ${generation}`);
}

async function keyFiles(directory: string): Promise<readonly KeyFile[]> {
  return (await readdir(directory)).flatMap((name) => {
    const [, subject, generation] = FILE_NAME.exec(name) ?? [];
    if (subject === undefined || (subject !== 'wrapping' && !isId('case', subject))) return [];
    return [{ name, subject, generation: Number(generation) }];
  });
}
