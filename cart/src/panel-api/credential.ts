/**
 * The per-launch credential of the operator's panel: whoever holds it can act as the operator.
 *
 * It is new at each start, handed over through a file that only the agent's own account can read, and dies with the
 * process. A web page or another account on the cart has no way to it.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import path from 'node:path';
import type { RandomBytes } from '@chaperone/domain/id/id.ts';

const CREDENTIAL_BYTES = 32;
const BEARER = /^Bearer ([A-Za-z0-9_-]{1,200})$/;

export const CREDENTIAL_FILE = 'panel-credential';
export const ADDRESS_FILE = 'panel-address';

export class PanelCredential {
  /** Secret. */
  readonly text: string;
  readonly #digest: Buffer;

  constructor(randomBytes: RandomBytes) {
    this.text = Buffer.from(randomBytes(CREDENTIAL_BYTES)).toString('base64url');
    this.#digest = digestOf(this.text);
  }

  /** Tells whether an Authorization header carries it, in a time that does not depend on how much is right. */
  isIn(authorization: string | undefined): boolean {
    const presented = BEARER.exec(authorization ?? '')?.[1] ?? '';
    return timingSafeEqual(digestOf(presented), this.#digest);
  }
}

/** Hands credential and address to the kiosk: two files of the data directory, mode 0600. */
export async function publishPanel(
  dataDirectory: string,
  credential: PanelCredential,
  address: string,
): Promise<void> {
  await writeOwnFile(path.join(dataDirectory, CREDENTIAL_FILE), credential.text);
  await writeOwnFile(path.join(dataDirectory, ADDRESS_FILE), address);
}

async function writeOwnFile(file: string, text: string): Promise<void> {
  const staged = `${file}.new`;
  await using handle = await open(staged, 'w', 0o600);
  // A file of that name with another mode would keep it.
  await handle.chmod(0o600);
  await handle.writeFile(`${text}\n`);
  await rename(staged, file);
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
