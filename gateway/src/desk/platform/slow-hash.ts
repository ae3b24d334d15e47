/**
 * Hashes what a person keeps in the head or on paper, with argon2id (RFC 9106), in the thread pool, a few at a time.
 *
 * The number at once is bounded, so that guessing can take neither the memory nor all threads of the process that carries
 * sessions; nothing here blocks its event loop.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

const argon2Async = promisify(argon2);

interface Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

/** OWASP's smallest recommended cost for argon2id: 19 MiB, two passes, one lane. */
const COST = { memoryKiB: 19_456, passes: 2, lanes: 1 } as const satisfies Cost;
const TAG_BYTES = 32;
const SALT_BYTES = 16;
/** Two of the four threads of Node's pool. */
const AT_ONCE_MAX = 2;
const WAITING_MAX = 64;
/** Of a stored hash: up to a stronger cost of later. A row that says less, or takes all memory, was damaged. */
const MEMORY_KIB = { min: 8, max: 1024 * 1024 } as const;
const PASSES_MAX = 16;
const LANES_MAX = 4;
const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

export class SignInBusy extends DomainError {
  readonly code = 'SIGN_IN_BUSY';
}

let running = 0;
const waiting: (() => void)[] = [];

/** Makes a salt for one secret, or for a set of equally strong ones that are tried together. */
export function newSalt(): Buffer {
  return randomBytes(SALT_BYTES);
}

/** Hashes a text, as a PHC string. @throws SignInBusy */
export async function hashSlowly(text: string, salt: Buffer = newSalt()): Promise<string> {
  return phcOf(salt, await derive(text, salt, COST), COST);
}

/** Compares a text; no hash and a damaged one take as long and say no. @throws SignInBusy */
export async function fitsSlowly(text: string, hash: string | null): Promise<boolean> {
  const read = readPHC(hash);
  if (read === null) {
    await derive(text, newSalt(), COST);
    return false;
  }
  return timingSafeEqual(await derive(text, read.salt, read.cost), read.tag);
}

/** Hashes a text as another was hashed, to be compared with more than that one; null takes as long. @throws SignInBusy */
export async function hashLike(text: string, hash: string | null): Promise<string> {
  const { salt, cost } = readPHC(hash) ?? { salt: newSalt(), cost: COST };
  return phcOf(salt, await derive(text, salt, cost), cost);
}

function readPHC(
  hash: string | null,
): { readonly cost: Cost; readonly salt: Buffer; readonly tag: Buffer } | null {
  const [, memory, passes, lanes, salt, tag] = PHC.exec(hash ?? '') ?? [];
  const cost = { memoryKiB: Number(memory), passes: Number(passes), lanes: Number(lanes) };
  if (salt === undefined || tag === undefined || !isUsable(cost)) return null;
  return { cost, salt: Buffer.from(salt, 'base64'), tag: Buffer.from(tag, 'base64') };
}

/** RFC 9106 §3.1: at least one pass and one lane, and 8 KiB for each lane. */
function isUsable({ memoryKiB, passes, lanes }: Cost): boolean {
  return (
    memoryKiB >= MEMORY_KIB.min * lanes &&
    memoryKiB <= MEMORY_KIB.max &&
    passes >= 1 &&
    passes <= PASSES_MAX &&
    lanes >= 1 &&
    lanes <= LANES_MAX
  );
}

async function derive(text: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  if (running >= AT_ONCE_MAX) {
    if (waiting.length >= WAITING_MAX)
      throw new SignInBusy('Too many people sign in just now. Try again soon.');
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running += 1;
  }
  try {
    return await argon2Async('argon2id', {
      // Equal characters typed on different keyboards are the same text.
      message: Buffer.from(text.normalize('NFC'), 'utf8'),
      nonce: salt,
      parallelism: cost.lanes,
      tagLength: TAG_BYTES,
      memory: cost.memoryKiB,
      passes: cost.passes,
    });
  } finally {
    // The turn passes directly to who waited longest.
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

function phcOf(salt: Buffer, tag: Buffer, { memoryKiB, passes, lanes }: Cost): string {
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${lanes}$${unpadded(salt)}$${unpadded(tag)}`;
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
