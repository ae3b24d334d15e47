/**
 * Lets the journal speak of a file without naming it: SHA-256 over 32 salt bytes and the path (docs/protocol.md
 * section 9).
 *
 * The salt of each transfer is derived from one secret of this cart. So nothing grows, no two transfers share a
 * salt, and only who holds the cart's data directory can prove that a commitment is to a certain name.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import type { TransferId } from '@chaperone/domain/id/id.ts';
import { StorageFailed } from './file-error.ts';

const SECRET_BYTES = 32;
const FILE_NAME = 'name-commitment.secret';
const LABEL = 'chaperone name commitment v1\n';

export class NameCommitments {
  readonly #secret: Buffer;

  private constructor(secret: Buffer) {
    this.#secret = secret;
  }

  /** Reads the cart's secret, or makes it at the first start. @throws StorageFailed when it is damaged */
  static async open(dataDirectory: string): Promise<NameCommitments> {
    const file = path.join(dataDirectory, FILE_NAME);
    const secret = await readFile(file).catch(() => null);
    if (secret === null) return new NameCommitments(await makeSecret(file));
    if (secret.length !== SECRET_BYTES) throw new StorageFailed(`The file ${file} is damaged.`);
    return new NameCommitments(secret);
  }

  /** Derives a secret for another purpose, which tells nothing of this one. */
  secretFor(purpose: string): Buffer {
    return createHmac('sha256', this.#secret).update(`chaperone ${purpose}\n`).digest();
  }

  /** Commits to the path of a file. */
  commit(transferId: TransferId, filePath: string): string {
    const salt = createHmac('sha256', this.#secret).update(LABEL).update(transferId).digest();
    return createHash('sha256').update(salt).update(filePath, 'utf8').digest('base64url');
  }
}

async function makeSecret(file: string): Promise<Buffer> {
  const secret = randomBytes(SECRET_BYTES);
  const staged = `${file}.new`;
  await using handle = await open(staged, 'w', 0o600);
  await handle.writeFile(secret);
  await handle.sync();
  await rename(staged, file);
  return secret;
}
