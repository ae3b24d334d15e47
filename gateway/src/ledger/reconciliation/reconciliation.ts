/**
 * Keeps a copy of each cart's journal and notices when a cart shows another past than before.
 *
 * The copy ends where the last signed head that fitted ended. New lines must lead from there to the new head; then
 * everything seen before is a prefix of it. What does not fit is not stored, but it is written to the ledger.
 */
import assert from 'node:assert/strict';
import type { JournalPage } from '@chaperone/protocol/cart-api/schema.ts';
import { LINE_BYTES_MAX } from '@chaperone/protocol/evidence/schema.ts';
import { TYP, journalHeadClaims } from '@chaperone/protocol/signed/claims.ts';
import type { JournalHeadClaims } from '@chaperone/protocol/signed/claims.ts';
import { StatementInvalid, readStatement } from '@chaperone/protocol/signed/statement.ts';
import { decodeBase64url, encodeBase64url } from '@chaperone/protocol/tree/base64.ts';
import {
  EMPTY_FRONTIER,
  appendLeaf,
  parseFrontier,
  rootOf,
} from '@chaperone/protocol/tree/frontier.ts';
import type { Frontier } from '@chaperone/protocol/tree/frontier.ts';
import { lineHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import { decodeJwt } from 'jose';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Database } from '../../platform/database/database.ts';
import { LedgerBroken, LedgerEntryUnknown } from '../contract.ts';
import type {
  CartJournalLine,
  CartJournals,
  CartKey,
  DivergenceCode,
  JournalPosition,
  Ledger,
  Reconciliation,
} from '../contract.ts';
import type { LedgerTables } from '../ledger-schema.ts';

/** Lines that another zone asks for at once. */
const PAGE_LINES_MAX = 1000;
/** Rows that one statement writes. */
const ROWS_AT_ONCE = 1000;

export interface CartJournalsOptions {
  /** With `LEDGER_MIGRATIONS` applied. */
  readonly database: Database;
  readonly ledger: Pick<Ledger, 'appendLater'>;
}

/** Opens the copies of the carts' journals. */
export function openCartJournals(options: CartJournalsOptions): CartJournals {
  return new StoredCartJournals(options);
}

class Divergence extends Error {
  readonly code: DivergenceCode;
  readonly size: number;

  constructor(code: DivergenceCode, size: number) {
    super(code);
    this.code = code;
    this.size = size;
  }
}

class StoredCartJournals implements CartJournals {
  readonly #options: CartJournalsOptions;
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(options: CartJournalsOptions) {
    this.#options = options;
  }

  async position(cart: string): Promise<JournalPosition> {
    const frontier = await this.#frontier(cart);
    return { size: frontier.size, root: encodeBase64url(rootOf(frontier)) };
  }

  async reconcile(
    cart: string,
    pages: readonly JournalPage[],
    key: CartKey,
  ): Promise<Reconciliation> {
    const before = this.#turns.get(cart) ?? Promise.resolve();
    const mine = before.then(async () => await this.#reconcile(cart, pages, key));
    const settled = mine.catch(() => undefined);
    this.#turns.set(cart, settled);
    try {
      return await mine;
    } finally {
      if (this.#turns.get(cart) === settled) this.#turns.delete(cart);
    }
  }

  async lines(cart: string, from: number, count: number): Promise<readonly CartJournalLine[]> {
    if (!Number.isSafeInteger(from) || from < 0 || count < 1 || count > PAGE_LINES_MAX) {
      throw new LedgerEntryUnknown(`A page has 1 to ${PAGE_LINES_MAX} lines.`);
    }
    const rows = await this.#db()
      .selectFrom('cart_journal')
      .select(['line_index', 'line'])
      .where('cart', '=', cart)
      .where('line_index', '>=', from)
      .orderBy('line_index')
      .limit(count)
      .execute();
    return rows.map((row) => ({ index: row.line_index, line: row.line }));
  }

  async head(cart: string): Promise<string | null> {
    return (await this.#row(cart))?.head ?? null;
  }

  async #reconcile(
    cart: string,
    pages: readonly JournalPage[],
    key: CartKey,
  ): Promise<Reconciliation> {
    const last = pages.at(-1);
    assert(last !== undefined, 'a reading has at least one page');
    const known = await this.#frontier(cart);
    try {
      const claims = await readHead(cart, last.head, key, known.size);
      const read = pages.flatMap((page) => page.entries);
      // Another reading may have been quicker with the first of these; the root says whether they are the same.
      const lines = read.filter((line) => (indexOf(line) ?? known.size) >= known.size);
      const frontier = follow(known, lines, claims);
      await this.#store(
        cart,
        known,
        frontier,
        lines.slice(0, frontier.size - known.size),
        last.head,
      );
      const added = frontier.size - known.size;
      const { size, root } = claims;
      if (added > 0)
        this.#options.ledger.appendLater({ kind: 'journal-reconciled', cart, size, root });
      return { is: 'ok', size, root, added };
    } catch (fault) {
      if (!(fault instanceof Divergence)) throw fault;
      const { code, size } = fault;
      this.#options.ledger.appendLater({ kind: 'journal-diverged', cart, size, code });
      return { is: 'diverged', size, code };
    }
  }

  async #store(
    cart: string,
    known: Frontier,
    frontier: Frontier,
    lines: readonly string[],
    head: string,
  ): Promise<void> {
    const rows = lines.map((line, at) => ({ cart, line_index: known.size + at, line }));
    const hashes = JSON.stringify(frontier.hashes.map(encodeBase64url));
    const row = { cart, size: frontier.size, frontier: hashes, head };
    await this.#options.database.transaction(async (view) => {
      const db = view.db<LedgerTables>();
      for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
        await db
          .insertInto('cart_journal')
          .values(rows.slice(at, at + ROWS_AT_ONCE))
          .execute();
      }
      const { size, frontier: edge } = row;
      await db
        .insertInto('cart_journal_head')
        .values(row)
        .onConflict((conflict) =>
          conflict.column('cart').doUpdateSet({ size, frontier: edge, head }),
        )
        .execute();
    });
  }

  async #frontier(cart: string): Promise<Frontier> {
    const row = await this.#row(cart);
    if (row === undefined) return EMPTY_FRONTIER;
    try {
      const hashes = z.array(z.string()).parse(JSON.parse(row.frontier)).map(decodeBase64url);
      const frontier = parseFrontier(
        row.size,
        hashes.flatMap((hash) => hash ?? []),
      );
      // The cart signed this root when the copy ended here. What does not lead to it is our own damage, not the cart's.
      const { iss, size, root } = journalHeadClaims.parse(decodeJwt(row.head));
      if (iss === cart && size === row.size && root === encodeBase64url(rootOf(frontier)))
        return frontier;
      throw new Error('the frontier does not give the root that the cart signed');
    } catch (cause) {
      throw new LedgerBroken(`The copy of cart ${cart}'s journal is damaged.`, { cause });
    }
  }

  async #row(cart: string): Promise<LedgerTables['cart_journal_head'] | undefined> {
    return await this.#db()
      .selectFrom('cart_journal_head')
      .selectAll()
      .where('cart', '=', cart)
      .executeTakeFirst();
  }

  #db(): Kysely<LedgerTables> {
    return this.#options.database.db<LedgerTables>();
  }
}

async function readHead(
  cart: string,
  head: string,
  { key, algorithm }: CartKey,
  knownSize: number,
): Promise<JournalHeadClaims> {
  let claims: JournalHeadClaims;
  try {
    claims = await readStatement(head, TYP.journalHead, journalHeadClaims, key, algorithm);
  } catch (fault) {
    if (fault instanceof StatementInvalid) throw new Divergence('JOURNAL_HEAD_INVALID', knownSize);
    throw fault;
  }
  if (claims.iss !== cart) throw new Divergence('JOURNAL_HEAD_INVALID', knownSize);
  return claims;
}

/** Leads from what is known to the head, or shows that no road goes there. @throws Divergence */
function follow(known: Frontier, lines: readonly string[], head: JournalHeadClaims): Frontier {
  if (head.size < known.size) throw new Divergence('JOURNAL_SHORTER', head.size);
  let frontier = known;
  for (const line of lines.slice(0, head.size - known.size)) {
    if (indexOf(line) !== frontier.size) throw new Divergence('JOURNAL_MALFORMED', head.size);
    frontier = appendLeaf(frontier, lineHash(line));
  }
  if (frontier.size !== head.size) throw new Divergence('JOURNAL_MALFORMED', head.size);
  if (encodeBase64url(rootOf(frontier)) !== head.root)
    throw new Divergence('JOURNAL_REWRITTEN', head.size);
  return frontier;
}

/** Reads an entry's number; undefined when the line is no entry. */
function indexOf(line: string): number | undefined {
  // NUL cannot be stored; a newline would make two lines of one.
  if (Buffer.byteLength(line) > LINE_BYTES_MAX || /[\n\r\0]/.test(line)) return undefined;
  try {
    const entry = JSON.parse(line) as {
      index?: unknown;
      utcMs?: unknown;
      fact?: { kind?: unknown };
    } | null;
    if (!Number.isSafeInteger(entry?.utcMs) || typeof entry?.fact?.kind !== 'string')
      return undefined;
    return typeof entry.index === 'number' ? entry.index : undefined;
  } catch {
    return undefined;
  }
}
