/**
 * A value that does not print itself: into logs, errors, JSON and templates goes `<secret>`.
 *
 * It guards against accidents, not against code that calls `reveal`.
 */
import { open } from 'node:fs/promises';
import { inspect } from 'node:util';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

const SHOWN = '<secret>';
/** A password or a key in PEM fits; a whole disk image does not. */
const SECRET_FILE_BYTES_MAX = 64 * 1024;

export class Secret<Value> {
  readonly #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  /** Hands the value out; call it where the value is used and nowhere else. */
  reveal(): Value {
    return this.#value;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [Symbol.toPrimitive](): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}

/** The file that should hold a secret is not there, is open to others, or holds nothing usable. */
export class SecretFileUnusable extends DomainError {
  readonly code = 'SECRET_FILE_UNUSABLE';
}

/**
 * Reads a secret from its file, without the line end that editors add.
 * @throws SecretFileUnusable when others on this machine may read the file, too
 */
export async function readSecretFile(file: string): Promise<Secret<string>> {
  const unusable = (what: string, cause?: unknown): SecretFileUnusable =>
    new SecretFileUnusable(`The secret's file ${file} ${what}.`, { cause });
  const handle = await open(file, 'r').catch((fault: unknown) => {
    throw unusable('cannot be opened', fault);
  });
  try {
    const { mode, size, uid } = await handle.stat();
    if ((mode & 0o077) !== 0) throw unusable(`is open to others: chmod 600 ${file}`);
    if (uid !== process.getuid?.() && uid !== 0) throw unusable('belongs to another account');
    if (size > SECRET_FILE_BYTES_MAX) throw unusable('is too large to be a secret');
    const text = (await handle.readFile('utf8')).replace(/\r?\n$/, '');
    if (text === '') throw unusable('is empty');
    return new Secret(text);
  } finally {
    await handle.close();
  }
}
