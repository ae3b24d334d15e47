/**
 * The door of session receipts: countersigns what carts have signed, gives the carts the ledger to remember, and keeps the list
 * of files for the facility as long as the case lasts.
 *
 * It is done whenever a cart is connected, at the end of a session first of all; what a broken connection left over is done the next time.
 * A cart of an earlier version, which knows nothing of it, is left alone. Decision 0037.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CaseId, SessionId } from '@chaperone/domain/id/id.ts';
import { LEDGER_DIVERGENCES } from '@chaperone/domain/journal-entry/ledger-divergence.ts';
import type { LedgerDivergence } from '@chaperone/domain/journal-entry/ledger-divergence.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import type { LedgerEvidence } from '@chaperone/protocol/evidence/schema.ts';
import { RECEIPT_FILE_KIND } from '@chaperone/protocol/receipt/receipt-file.ts';
import type { SessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import { RECEIPT_FILES_MAX } from '@chaperone/protocol/receipt/receipt-files.ts';
import { sessionReceiptClaims } from '@chaperone/protocol/signed/claims.ts';
import { readCheckpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { Authority } from '../../authority/contract.ts';
import type { CaseTraces } from '../../vault/contract.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { EndedSession, RemoteSessions } from '../session/session.ts';
import { CartRefusal, CartUnreachable } from '../tunnel/tunnel.ts';
import type { CartLink } from '../tunnel/tunnel.ts';
import { compareFiles } from './compare-files.ts';
import { ReceiptStore } from './receipt-store.ts';
import type { ReceiptRow } from './tables.ts';

export { RECEIPT_MIGRATIONS } from './tables.ts';

/** Characters of one list that is kept sealed; a longer one stays with the cart. */
const LIST_CHARACTERS_MAX = 8 * 1024 * 1024;
/** How a cart of an earlier version answers. */
const NOT_KNOWN: ReadonlySet<string> = new Set(['ROUTE_NOT_FOUND', 'SESSION_NOT_CURRENT']);

export interface ReceiptOptions {
  readonly authority: Pick<Authority, 'publicRoots' | 'certificatesOf'>;
  readonly sessions: Pick<RemoteSessions, 'store' | 'keepLateReceipt'>;
}

type Countersigned = EndedSession & { readonly receiptJWS: string };

export class SessionReceipts {
  readonly #context: DeskContext;
  readonly #options: ReceiptOptions;
  readonly #store: ReceiptStore;

  constructor(context: DeskContext, options: ReceiptOptions) {
    this.#context = context;
    this.#options = options;
    this.#store = new ReceiptStore(context.database);
  }

  /** Does what is due with a connected cart. Never throws: it is never in anybody's way. */
  async exchange(link: CartLink): Promise<void> {
    const cart = link.identity.serial;
    try {
      await this.#exchange(link);
    } catch (fault) {
      if (fault instanceof CartUnreachable) return;
      if (fault instanceof CartRefusal && NOT_KNOWN.has(fault.cartCode)) return;
      const { log } = this.#context;
      if (fault instanceof DomainError)
        log.warn({ cart, code: fault.code }, "a cart's receipts wait for the next time");
      else log.error({ cart, err: fault }, "a cart's receipts could not be countersigned");
    }
  }

  /** Countersignatures of a case's receipts, for its evidence. */
  async countersignaturesOf(caseId: CaseId): Promise<readonly string[]> {
    return (await this.#store.ofCase(caseId)).map((row) => row.countersignature);
  }

  /** Every countersignature. */
  all(): AsyncIterable<string> {
    return this.#store.all();
  }

  /** Which sessions of a case have a countersigned receipt. */
  async countersignedOf(caseId: CaseId): Promise<ReadonlySet<string>> {
    return new Set((await this.#store.ofCase(caseId)).map((row) => row.session_id));
  }

  /**
   * The receipt of a session as one file for `chaperone verify`; with its list of files while the case lasts.
   * @returns null when there is none
   */
  async fileOf(session: SessionId): Promise<SessionReceiptFile | null> {
    const ended = await this.#ended(session);
    if (ended === null) return null;
    const { authority } = this.#options;
    const row = await this.#store.find(session);
    const certificates = await authority.certificatesOf({ kind: 'cart', id: ended.cart });
    const own = certificates.find(({ keyThumbprint }) => keyThumbprint === ended.cartKey);
    if (own === undefined) return null;
    const proven = await this.#endEntry(ended);
    return {
      kind: RECEIPT_FILE_KIND,
      version: 1,
      receipt: ended.receiptJWS,
      countersignature: row?.countersignature ?? null,
      files: row === null ? null : await this.#unseal(row),
      certificate: encodePEM('CERTIFICATE', own.der),
      root: authority.publicRoots.cartRootsPEM,
      ledger: proven,
      ledgerKey: this.#context.ledger.verifierKey(),
    };
  }

  /** What is erased with a case: the lists. */
  traces(): CaseTraces {
    return {
      tables: ['countersigned_receipt'],
      eraseTraces: async (caseId) => await this.#store.eraseOf(caseId),
      countTraces: async (caseId) => await this.#store.countOf(caseId),
    };
  }

  async #exchange(link: CartLink): Promise<void> {
    const { ledger } = this.#context;
    const seen = await link.rememberedLedger();
    // Before anything else is asked of this cart: a ledger that was put back knows nothing of its last sessions.
    if (seen.size > readCheckpoint(ledger.checkpoint()).size)
      this.#contradicted(link, LEDGER_DIVERGENCES[0], seen.size);
    let { size } = seen;
    for (const session of seen.awaiting) {
      const countersignature = await this.#countersign(link, session);
      if (countersignature === null) continue;
      const ended = await this.#ended(session);
      const evidence = ended === null ? null : await this.#endEntry(ended);
      if (evidence === null) continue;
      size = await this.#show(link, evidence.checkpoint, size);
      await link.giveCountersignature(session, { countersignature, ledger: evidence });
    }
    await this.#show(link, ledger.checkpoint(), size);
  }

  /** Shows a checkpoint to a cart that remembers one of `from` entries. @returns the size that it remembers now */
  async #show(link: CartLink, checkpoint: string, from: number): Promise<number> {
    const { ledger } = this.#context;
    const { size } = readCheckpoint(checkpoint);
    // A cart that remembers more has to see so: without a proof it takes nothing over.
    const proof = from > size ? [] : await ledger.consistencyProof(from, size);
    try {
      await link.showLedger({ checkpoint, proof: [...proof] });
      return size;
    } catch (fault) {
      if (!(fault instanceof CartRefusal) || fault.cartCode !== 'LEDGER_DIVERGED') throw fault;
      // Of a shorter one it has been told.
      if (from <= size) this.#contradicted(link, 'LEDGER_DIVERGED', from);
      throw fault;
    }
  }

  /** Raises the alarm: in the log, the ledger, and by it at the SIEM, the console and the portal. */
  #contradicted(link: CartLink, code: LedgerDivergence | 'LEDGER_DIVERGED', size: number): void {
    const { ledger, log } = this.#context;
    const cart = link.identity.serial;
    log.error({ cart, code, remembered: size }, 'a cart remembers another ledger than this one');
    ledger.appendLater({ kind: 'ledger-contradicted', cart, code, size });
  }

  /** Signs a receipt of this cart's, once. @returns null when there is nothing to sign (yet) */
  async #countersign(link: CartLink, session: SessionId): Promise<string | null> {
    const { ledger, clock, log } = this.#context;
    const known = await this.#store.find(session);
    if (known !== null) return known.countersignature;
    const { lines, receipt } = await readFiles(link, session);
    const ended = await this.#options.sessions.keepLateReceipt(link.identity, session, receipt);
    if (ended?.receiptJWS !== receipt) return null;
    await ledger.settle();
    const claims = sessionReceiptClaims.parse(decodeJwt(receipt));
    const { caseId } = ended;
    const facts = (await ledger.entriesOf(caseId)).map(({ fact }) => fact);
    const files = compareFiles(lines, claims, facts);
    if (files === 'differ')
      log.error({ session, cart: ended.cart }, "a cart's list of files is not the ledger's");
    const receiptDigest = statementDigest(receipt);
    await ledger.append({
      kind: 'receipt-countersigned',
      ...{ caseId, sessionId: session, receiptDigest, files },
    });
    const countersignature = await ledger.countersign({
      cart: ended.cart,
      session,
      case: caseId,
      receipt: receiptDigest,
      files,
      receivedUtcMs: clock.utcMs(),
      iat: Math.floor(clock.utcMs() / 1000),
    });
    const sealed = lines === null ? null : await this.#seal(caseId, lines);
    await this.#store.add({
      session_id: session,
      case_id: caseId,
      countersignature,
      files_sealed: sealed,
    });
    return (await this.#store.find(session))?.countersignature ?? null;
  }

  /** Null when the case has no key any more. */
  async #seal(caseId: CaseId, lines: readonly string[]): Promise<string | null> {
    const { vault } = this.#context;
    if (!(await vault.hasCaseKey(caseId))) return null;
    return await vault.sealText(caseId, JSON.stringify(lines));
  }

  async #unseal({ case_id: caseId, files_sealed: sealed }: ReceiptRow): Promise<string[] | null> {
    const { vault } = this.#context;
    if (sealed === null || !(await vault.hasCaseKey(caseId as CaseId))) return null;
    return lineList.parse(JSON.parse(await vault.unsealText(caseId as CaseId, sealed)));
  }

  async #ended(session: SessionId): Promise<Countersigned | null> {
    const found = await this.#options.sessions.store.find(session);
    if (found === null || !('receiptJWS' in found) || found.receiptJWS === null) return null;
    return { ...found, receiptJWS: found.receiptJWS };
  }

  /** The entry that ended a session, and its proof. */
  async #endEntry({ caseId, receiptJWS }: Countersigned): Promise<LedgerEvidence | null> {
    const { ledger } = this.#context;
    const digest = statementDigest(receiptJWS);
    const lines = await ledger.entriesOf(caseId);
    const end = lines.find(
      ({ fact }) => fact.kind === 'session-ended' && fact.receiptDigest === digest,
    );
    if (end === undefined) return null;
    const { index, line } = end;
    const { checkpoint, hashes } = await ledger.inclusionProof(index);
    const entries = [{ index, line, proof: [...hashes] }];
    return { verifierKey: ledger.verifierKey(), checkpoint, entries };
  }
}

const lineList = z.array(z.string());

/** Fetches a receipt and the list behind it; the list is null when it is too long to be kept here. */
async function readFiles(
  link: CartLink,
  session: SessionId,
): Promise<{ readonly lines: readonly string[] | null; readonly receipt: string }> {
  const lines: string[] = [];
  let characters = 0;
  for (;;) {
    const page = await link.receiptFiles(session, lines.length);
    lines.push(...page.lines);
    for (const line of page.lines) characters += line.length;
    const isTooLong = lines.length > RECEIPT_FILES_MAX || characters > LIST_CHARACTERS_MAX;
    if (isTooLong) return { lines: null, receipt: page.receipt };
    if (page.lines.length === 0 || lines.length >= page.count)
      return { lines, receipt: page.receipt };
  }
}
