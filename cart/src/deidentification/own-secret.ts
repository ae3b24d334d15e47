/** The cart's own secret of de-identification: made at the first start, never sent anywhere. */
import { randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

const FILE_NAME = 'deidentification.secret';
const SECRET_BYTES = 32;

/** With another secret the same patient would look like two: a damaged one is said, not replaced. */
export class DeidentificationSecretDamaged extends DomainError {
  readonly code = 'DEIDENTIFICATION_SECRET_DAMAGED';
}

/** @throws DeidentificationSecretDamaged */
export async function ownSecret(dataDirectory: string): Promise<Buffer> {
  const file = path.join(dataDirectory, FILE_NAME);
  const kept = await readFile(file).catch(() => null);
  if (kept !== null) {
    if (kept.length === SECRET_BYTES) return kept;
    throw new DeidentificationSecretDamaged(`The file ${FILE_NAME} of this cart is damaged.`);
  }
  const secret = randomBytes(SECRET_BYTES);
  const staged = `${file}.new`;
  await using handle = await open(staged, 'w', 0o600);
  await handle.writeFile(secret);
  await handle.sync();
  await rename(staged, file);
  return secret;
}
