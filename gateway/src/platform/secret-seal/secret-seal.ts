/**
 * Seals the secrets of codes at rest: AES-256-GCM under a key of the data directory, bound to their owner.
 *
 * The vault seals by service case only, and a secret that everybody's sign-in needs belongs to none. The key's one purpose
 * is that a copy of the database alone (a backup, a PostgreSQL server of somebody else) yields no codes; whoever has the data
 * directory as well has both. It is made at the first enrolment. Each zone that signs people in has a key file of its own.
 *
 * | part | bytes |
 * |---|---|
 * | nonce | 12, random |
 * | cipher text | as the secret |
 * | tag | 16; additional data: the owner's id |
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { existsSync } from 'node:fs';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { OfficerId, RandomBytes, TechnicianId } from '@chaperone/domain/id/id.ts';
import { DurableFileExists, writeDurably } from '../durable-file/durable-file.ts';
import { readSecretFile } from '../secret/secret.ts';
import type { Secret } from '../secret/secret.ts';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Whose secret it is: an account of the gateway, or a facility's security officer. */
export type SecretOwner = TechnicianId | OfficerId;

/** A sealed secret does not open: another key, another owner, or a damaged disk. */
export class FactorSecretDamaged extends DomainError {
  readonly code = 'FACTOR_SECRET_DAMAGED';
}

export class SecretSeal {
  readonly #file: string;
  readonly #randomBytes: RandomBytes;
  #key: Promise<Secret<string>> | null = null;

  constructor(file: string, randomBytes: RandomBytes) {
    this.#file = file;
    this.#randomBytes = randomBytes;
  }

  /** @throws SecretFileUnusable, DiskFull, FactorSecretDamaged */
  async seal(owner: SecretOwner, secret: Uint8Array): Promise<string> {
    const nonce = Buffer.from(this.#randomBytes(NONCE_BYTES));
    const cipher = createCipheriv(CIPHER, await this.#keyBytes(), nonce);
    cipher.setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([
      nonce,
      cipher.update(secret),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return sealed.toString('base64url');
  }

  /** @throws FactorSecretDamaged, SecretFileUnusable */
  async unseal(owner: SecretOwner, sealed: string): Promise<Uint8Array> {
    const bytes = Buffer.from(sealed, 'base64url');
    const key = await this.#keyBytes();
    try {
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES));
      decipher.setAAD(Buffer.from(owner));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const content = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
      return Buffer.concat([decipher.update(content), decipher.final()]);
    } catch (cause) {
      throw new FactorSecretDamaged('The secret of a second factor does not open.', { cause });
    }
  }

  async #keyBytes(): Promise<Buffer> {
    this.#key ??= this.#open();
    try {
      const key = Buffer.from((await this.#key).reveal(), 'base64url');
      if (key.length === KEY_BYTES) return key;
    } catch (fault) {
      // What an administrator puts right is looked at again.
      this.#key = null;
      throw fault;
    }
    this.#key = null;
    throw new FactorSecretDamaged('The key of the second factors is damaged.');
  }

  async #open(): Promise<Secret<string>> {
    if (!existsSync(this.#file)) {
      const key = Buffer.from(this.#randomBytes(KEY_BYTES)).toString('base64url');
      try {
        await writeDurably(this.#file, `${key}\n`, { never: 'replace' });
      } catch (fault) {
        // Somebody else made it in the meantime: that one counts.
        if (!(fault instanceof DurableFileExists)) throw fault;
      }
    }
    return await readSecretFile(this.#file);
  }
}
