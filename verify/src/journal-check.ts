/** Checks a cart's journal: its lines, its signed head, and that the cart opened nothing before it was allowed. */
import type { JournalEvidence } from '@chaperone/protocol/evidence/schema.ts';
import { TYP, journalHeadClaims } from '@chaperone/protocol/signed/claims.ts';
import { StatementInvalid } from '@chaperone/protocol/signed/statement.ts';
import { decodeBase64url, encodeBase64url } from '@chaperone/protocol/tree/base64.ts';
import {
  EMPTY_FRONTIER,
  appendLeaf,
  parseFrontier,
  rootOf,
} from '@chaperone/protocol/tree/frontier.ts';
import type { Frontier } from '@chaperone/protocol/tree/frontier.ts';
import { MalformedTree } from '@chaperone/protocol/tree/malformed-tree.ts';
import { lineHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import type { CartSigner } from './cart-signer.ts';
import { Findings } from './check.ts';
import type { Check } from './check.ts';
import { readLine } from './line.ts';
import type { ReadLine } from './line.ts';

export interface CheckedJournal {
  readonly checks: readonly Check[];
  readonly entries: readonly ReadLine[];
  /** The root of the first `size` lines, base64url; undefined when they are not here. */
  readonly rootAt: (size: number) => string | undefined;
}

/**
 * Follows the lines and compares where they end with the signed head.
 *
 * @param signer null when there is no certificate to check the head with
 * @param mayGoOn whether lines after the head are lawful: a journal that was copied while it was written
 */
export async function checkJournal(
  title: string,
  journal: Pick<JournalEvidence, 'before' | 'lines'> & { readonly head: string | null },
  signer: CartSigner | null,
  mayGoOn = false,
): Promise<CheckedJournal> {
  const found = new Findings(title);
  const roots = new Map<number, string>();
  let frontier = readBefore(journal, found);
  const entries: ReadLine[] = [];
  roots.set(frontier.size, encodeBase64url(rootOf(frontier)));
  for (const line of journal.lines) {
    const { size } = frontier;
    const entry = readLine(line);
    if (entry === undefined) found.problem(`Line ${size} is not readable.`);
    else if (entry.index === size) entries.push(entry);
    else if (entry.index > size)
      found.problem(`What stands as line ${size} is line ${entry.index}: lines were left out.`);
    else
      found.problem(`What stands as line ${size} is line ${entry.index}: lines are out of order.`);
    frontier = appendLeaf(frontier, lineHash(line));
    roots.set(frontier.size, encodeBase64url(rootOf(frontier)));
  }
  const rootAt = (size: number): string | undefined => roots.get(size);
  await checkHead(journal.head, signer, frontier.size, rootAt, mayGoOn, found);
  return {
    checks: [found.done()],
    entries: found.holds ? entries : [],
    rootAt,
  };
}

async function checkHead(
  head: string | null,
  signer: CartSigner | null,
  size: number,
  rootAt: (size: number) => string | undefined,
  mayGoOn: boolean,
  found: Findings,
): Promise<void> {
  if (head === null || signer === null) {
    found.note(
      `${size} lines with root ${rootAt(size) ?? ''}; no signed head was given to compare it with.`,
    );
    return;
  }
  try {
    const { claims } = await signer.read(head, TYP.journalHead, journalHeadClaims);
    if (claims.iss !== signer.serial) found.problem('The head was signed for another cart.');
    if (mayGoOn && claims.size < size) {
      found.note(
        `The head is of the first ${claims.size} of ${size} lines; the others came later.`,
      );
      if (claims.root !== rootAt(claims.size)) {
        found.problem(
          `The first ${claims.size} lines do not give the root that the cart signed: at least one was altered.`,
        );
      }
    } else if (claims.size !== size) {
      found.problem(
        `The cart signed ${claims.size} lines, and ${size} are here: the end was cut off or added.`,
      );
    } else if (claims.root !== rootAt(size)) {
      found.problem(
        'The lines do not give the root that the cart signed: at least one was altered.',
      );
    } else found.note(`${size} lines, as the cart signed them.`);
  } catch (fault) {
    if (!(fault instanceof StatementInvalid)) throw fault;
    found.problem("The head is not signed by any of this cart's certificates.");
  }
}

function readBefore({ before }: Pick<JournalEvidence, 'before'>, found: Findings): Frontier {
  try {
    const hashes = before.hashes.flatMap((hash) => decodeBase64url(hash) ?? []);
    if (before.size > 0) found.note(`Begins with line ${before.size}.`);
    return parseFrontier(before.size, hashes);
  } catch (fault) {
    if (!(fault instanceof MalformedTree)) throw fault;
    found.problem(fault.message);
    return EMPTY_FRONTIER;
  }
}
