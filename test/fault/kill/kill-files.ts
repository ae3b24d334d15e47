/** The cart's files of the rounds, and what is sent to it: known to the byte, so that a digest says what a name holds. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EICAR, zipOf } from '@chaperone/gateway/antivirus/testing/packed.ts';

/** Words of which nothing may be left once a case is resolved. */
export const PLANTED = {
  name: 'planted-patient-name',
  content: 'planted-content-of-a-patient-record',
  note: 'planted-words-of-a-note',
} as const;

const LOG_LINE = '2026-11-30T08:00:00Z storage self test passed\n';
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
  /** What is fetched together: a folder in `logs`. */
  readonly folder: { readonly name: string; readonly files: readonly KnownFile[] };
  /** Lies in `logs`; no scanner lets it pass. */
  readonly infected: KnownFile;
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
    known(`${PLANTED.name}-2.bin`, Buffer.concat([planted(100_000), randomBytes(3 * MEBIBYTE)])),
    known(`${PLANTED.name}-3.bin`, randomBytes(MEBIBYTE + 3)),
  ];
  const together = {
    name: `${PLANTED.name}-folder`,
    files: [4, 5, 6].map((each) => known(`${PLANTED.name}-${each}.log`, logLines(each * 3000))),
  };
  await mkdir(path.join(logs, together.name));
  for (const { name, content } of onCart) await writeFile(path.join(logs, name), content);
  for (const { name, content } of together.files)
    await writeFile(path.join(logs, together.name, name), content);
  const toSend = [
    known(
      `${PLANTED.name}-sent-1.bin`,
      Buffer.concat([planted(5000), randomBytes(2.5 * MEBIBYTE)]),
    ),
    known(`${PLANTED.name}-sent-2.txt`, planted(70_000)),
  ];
  // Packed without compression, so that what must not be seen can be looked for.
  const packed = zipOf([{ name: 'driver.exe', content: EICAR, method: 0 }]);
  const infected = known(`${PLANTED.name}-infected.zip`, packed);
  await writeFile(path.join(logs, infected.name), infected.content);
  return { logs, inbox, onCart, folder: together, infected, toSend };
}

/** SHA-256, hexadecimal. */
export function digestOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function known(name: string, content: Buffer): KnownFile {
  return { name, content, digest: digestOf(content) };
}

/** A log, of which a de-identified result can be made. */
function logLines(count: number): Buffer {
  return Buffer.alloc(count * LOG_LINE.length, LOG_LINE);
}

function planted(bytes: number): Buffer {
  return Buffer.alloc(bytes, `${PLANTED.content}\n`);
}
