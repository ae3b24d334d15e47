/** The cart's files of the rounds, and what is sent to it: known to the byte, so that a digest says what a name holds. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Words of which nothing may be left once a case is resolved. */
export const PLANTED = {
  name: 'planted-patient-name',
  content: 'planted-content-of-a-patient-record',
  note: 'planted-words-of-a-note',
} as const;

const MEBIBYTE = 1024 * 1024;

export interface KnownFile {
  readonly name: string;
  readonly content: Buffer;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
}

export interface KillFiles {
  readonly logs: string;
  readonly inbox: string;
  /** What can be fetched from `logs`. */
  readonly onCart: readonly KnownFile[];
  /** What is sent; each round puts its number before the name. */
  readonly toSend: readonly KnownFile[];
}

/** Lays out the cart's folders. */
export async function layKillFiles(folder: string): Promise<KillFiles> {
  const logs = path.join(folder, 'cart-files', 'logs');
  const inbox = path.join(folder, 'cart-files', 'inbox');
  for (const each of [logs, inbox]) await mkdir(each, { recursive: true });
  const onCart = [
    known(`${PLANTED.name}-1.log`, planted(200_000)),
    known(`${PLANTED.name}-2.bin`, Buffer.concat([planted(100_000), randomBytes(6 * MEBIBYTE)])),
    known(`${PLANTED.name}-3.bin`, randomBytes(2 * MEBIBYTE + 3)),
  ];
  for (const { name, content } of onCart) await writeFile(path.join(logs, name), content);
  const toSend = [
    known(`${PLANTED.name}-sent-1.bin`, Buffer.concat([planted(5000), randomBytes(5 * MEBIBYTE)])),
    known(`${PLANTED.name}-sent-2.txt`, planted(70_000)),
  ];
  return { logs, inbox, onCart, toSend };
}

/** SHA-256, hexadecimal. */
export function digestOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function known(name: string, content: Buffer): KnownFile {
  return { name, content, digest: digestOf(content) };
}

function planted(bytes: number): Buffer {
  return Buffer.alloc(bytes, `${PLANTED.content}\n`);
}
