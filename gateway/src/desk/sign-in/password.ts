/**
 * Hashes passwords with argon2id (RFC 9106) in the thread pool, a few at a time.
 *
 * An unknown account costs the same as a wrong password. The number at once is bounded, so that guessing can take
 * neither the memory nor all threads of the process that carries sessions.
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

/** NIST SP 800-63B-4 §3.1.1.2: at least 15 characters where the password stands alone; here it is one of two. */
export const PASSWORD_CHARACTERS_MIN = 12;
export const PASSWORD_CHARACTERS_MAX = 1024;

export class SignInBusy extends DomainError {
  readonly code = 'SIGN_IN_BUSY';
}
export class PasswordUnfit extends DomainError {
  readonly code = 'PASSWORD_UNFIT';
}

let running = 0;
const waiting: (() => void)[] = [];

/** Hashes a new password, as a PHC string. @throws PasswordUnfit, SignInBusy */
export async function hashPassword(password: string): Promise<string> {
  const { length } = [...password];
  if (length < PASSWORD_CHARACTERS_MIN || length > PASSWORD_CHARACTERS_MAX) {
    throw new PasswordUnfit(
      `A password has ${PASSWORD_CHARACTERS_MIN} to ${PASSWORD_CHARACTERS_MAX} characters.`,
    );
  }
  const salt = randomBytes(SALT_BYTES);
  const tag = await derive(password, salt, COST);
  const { memoryKiB, passes, lanes } = COST;
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${lanes}$${unpadded(salt)}$${unpadded(tag)}`;
}

/**
 * Compares a password; no hash (no such account) and a damaged one take as long and say no.
 * @throws SignInBusy
 */
export async function isPassword(password: string, hash: string | null): Promise<boolean> {
  const [, memory, passes, lanes, salt, tag] = PHC.exec(hash ?? '') ?? [];
  const cost = { memoryKiB: Number(memory), passes: Number(passes), lanes: Number(lanes) };
  if (salt === undefined || tag === undefined || !isUsable(cost)) {
    await derive(password, randomBytes(SALT_BYTES), COST);
    return false;
  }
  const derived = await derive(password, Buffer.from(salt, 'base64'), cost);
  return timingSafeEqual(derived, Buffer.from(tag, 'base64'));
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

async function derive(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  if (running >= AT_ONCE_MAX) {
    if (waiting.length >= WAITING_MAX)
      throw new SignInBusy('Too many people sign in just now. Try again soon.');
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running += 1;
  }
  try {
    return await argon2Async('argon2id', {
      // Equal characters typed on different keyboards are the same password.
      message: Buffer.from(password.normalize('NFC'), 'utf8'),
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

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
