/**
 * Hashes what a person keeps in the head or on paper, with argon2id (RFC 9106), in threads of its own, a few at a time.
 *
 * There are two lanes. Who came in here before waits only for their like, whose tries are few; everybody else, who may be
 * guessing, has threads that give way to all else. The number at once is bounded in both, so that guessing can take neither
 * the memory nor the processors of the process that carries sessions; nothing here blocks its event loop.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { HashLane } from './hash-lane.ts';

export { SignInBusy } from './hash-lane.ts';

interface Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

/** OWASP's smallest recommended cost for argon2id: 19 MiB, two passes, one lane. */
const COST = { memoryKiB: 19_456, passes: 2, lanes: 1 } as const satisfies Cost;
const TAG_BYTES = 32;
const SALT_BYTES = 16;
/** Of a stored hash: up to a stronger cost of later. A row that says less, or takes all memory, was damaged. */
const MEMORY_KIB = { min: 8, max: 1024 * 1024 } as const;
const PASSES_MAX = 16;
const LANES_MAX = 4;
const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

/** Where somebody waits for a hash. */
export interface Place {
  /** Whether they came in here before, or have passed two gates; how often such a one may try is limited. */
  readonly isKnown: boolean;
  /** Who asks, for the rotation: a workstation. */
  readonly asker: string;
}

/** Somebody who has passed two gates already, or is at the gateway's own command line. */
const PASSED: Place = { isKnown: true, asker: '' };

/** One processor is left for everything else; more than two at once would take more memory than they are worth. */
export const HASHES_AT_ONCE = Math.max(1, Math.min(2, availableParallelism() - 1));
export const HASHES_WAITING_MAX = 64;
const LANE = { atOnceMax: HASHES_AT_ONCE, waitingMax: HASHES_WAITING_MAX } as const;
const KNOWN = new HashLane({ ...LANE, isGivingWay: false });
const STRANGE = new HashLane({ ...LANE, isGivingWay: true });

/** Makes a salt for one secret, or for a set of equally strong ones that are tried together. */
export function newSalt(): Buffer {
  return randomBytes(SALT_BYTES);
}

/** Hashes a text, as a PHC string. @throws SignInBusy */
export async function hashSlowly(text: string, salt: Buffer = newSalt()): Promise<string> {
  return phcOf(salt, await derive(text, salt, COST), COST);
}

/**
 * Compares a text; no hash and a damaged one take as long and say no.
 * @param place where it waits for its turn
 * @throws SignInBusy
 */
export async function fitsSlowly(
  text: string,
  hash: string | null,
  place: Place = PASSED,
): Promise<boolean> {
  const read = readPHC(hash);
  if (read === null) {
    await derive(text, newSalt(), COST, place);
    return false;
  }
  return timingSafeEqual(await derive(text, read.salt, read.cost, place), read.tag);
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

async function derive(
  text: string,
  salt: Buffer,
  cost: Cost,
  { isKnown, asker }: Place = PASSED,
): Promise<Buffer> {
  // Equal characters typed on different keyboards are the same text.
  const message = Buffer.from(text.normalize('NFC'), 'utf8');
  const order = { message, salt, ...cost, tagBytes: TAG_BYTES };
  return await (isKnown ? KNOWN : STRANGE).hash(order, asker);
}

function phcOf(salt: Buffer, tag: Buffer, { memoryKiB, passes, lanes }: Cost): string {
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${lanes}$${unpadded(salt)}$${unpadded(tag)}`;
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
