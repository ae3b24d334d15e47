/**
 * Everything that the ledger's whole can be checked with, as JSON in pieces: a million entries are never in memory at once.
 *
 * The form is that of a bundle (`protocol/src/evidence/schema.ts`) about no case. Carts' journals are not in it: each is of one cart,
 * and comes with the evidence of its cases.
 */
import { EVIDENCE_FORMAT } from '@chaperone/protocol/evidence/schema.ts';
import type { CartEvidence } from '@chaperone/protocol/evidence/schema.ts';
import type { Ledger } from '../../ledger/contract.ts';

/** Entries read at a time; the ledger gives no more. */
const PAGE_ENTRIES = 1000;

export interface WholeEvidenceParts {
  /** The cart root's certificate, PEM. */
  readonly cartRoot: string;
  /** Every receipt, and every countersignature. */
  readonly receipts: () => AsyncIterable<string>;
  readonly countersignatures: () => AsyncIterable<string>;
  /** The certificates of every cart. */
  readonly carts: () => AsyncIterable<CartEvidence>;
}

/** Writes the bundle. It ends with an error when the ledger does, which a reader notices: the JSON is cut. */
export async function* streamEverything(
  ledger: Pick<Ledger, 'evidenceHead' | 'page'>,
  parts: WholeEvidenceParts,
  madeUtcMs: number,
): AsyncGenerator<string, void, undefined> {
  const { size, ...head } = await ledger.evidenceHead();
  const opening = { format: EVIDENCE_FORMAT, case: null, madeUtcMs };
  yield `${JSON.stringify(opening).slice(0, -1)},"ledger":${JSON.stringify(head).slice(0, -1)},"entries":[`;
  for (let from = 0; from < size; from += PAGE_ENTRIES) {
    const page = await ledger.page(from, Math.min(PAGE_ENTRIES, size - from));
    const entries = page.map(({ index, line }) => JSON.stringify({ index, line, proof: null }));
    yield `${from === 0 ? '' : ','}${entries.join(',')}`;
  }
  yield `]},"certificate":null,"cartRoot":${JSON.stringify(parts.cartRoot)},"receipts":[`;
  yield* listOf(parts.receipts());
  yield '],"countersignatures":[';
  yield* listOf(parts.countersignatures());
  yield '],"carts":[';
  yield* listOf(parts.carts());
  yield ']}';
}

async function* listOf(items: AsyncIterable<unknown>): AsyncGenerator<string, void, undefined> {
  let isFirst = true;
  for await (const item of items) {
    yield `${isFirst ? '' : ','}${JSON.stringify(item)}`;
    isFirst = false;
  }
}
