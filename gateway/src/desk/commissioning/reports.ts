/**
 * The acceptance reports of carts: taken, countersigned, kept for good, and shown to who looks after the carts.
 *
 * That one came is in the ledger before it is countersigned. The same report again gets the receipt of the first time, and is in the
 * ledger once however often a stop came between the two. Whose cart it is the certificate says; what the report says of its place, of its network and of who accepted it, nobody else has seen.
 */
import type { AcceptanceId } from '@chaperone/domain/id/id.ts';
import { firstFailure } from '@chaperone/domain/validation/acceptance.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import { acceptanceReportClaims } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import type {
  AcceptanceFile,
  AcceptanceReportClaims,
} from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { Authority } from '../../authority/contract.ts';
import type { Ledger } from '../../ledger/contract.ts';
import { RateLimit } from '../../platform/rate-limit/rate-limit.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { checkReport } from './check-report.ts';
import type { CheckedReport } from './check-report.ts';
import {
  AcceptanceReportDamaged,
  AcceptanceReportIdTaken,
  AcceptanceReportUnknown,
  CommissioningThrottled,
} from './commissioning-error.ts';
import { reportSummary, summaryOf } from './summary.ts';
import type { ReportSummary } from './summary.ts';
import type { ReportRow, ReportTables } from './tables.ts';

/**
 * Nothing of a report is ever deleted: a field engineer makes some of them in a day, a hostile cart at most 6 MiB a day until its
 * licence is retired.
 */
const REPORTS = { burst: 10, perSecond: 1 / 3600, keysMax: 10_000 } as const;
/** Of one cart, newest first. */
const HISTORY_MAX = 100;

export interface ReportsContext extends Pick<DeskContext, 'database' | 'clock'> {
  readonly ledger: Pick<Ledger, 'append' | 'search' | 'signReceipt' | 'verifierKey'>;
}

export interface KeptReport {
  readonly id: string;
  readonly cart: string;
  readonly receivedUtcMs: number;
  readonly summary: ReportSummary;
}

/** The newest report of a cart, and the newest by which it was accepted. */
export interface CartReports {
  readonly newest: KeptReport;
  readonly accepted: KeptReport | null;
}

export class AcceptanceReports {
  readonly #context: ReportsContext;
  readonly #authority: Pick<Authority, 'certificatesOf' | 'publicRoots'>;
  readonly #pace: RateLimit;
  /** Reports that are being taken, by cart and digest: the same one twice at once is taken once, another cart's is not awaited. */
  readonly #underWay = new Map<string, Promise<string>>();

  constructor(
    context: ReportsContext,
    authority: Pick<Authority, 'certificatesOf' | 'publicRoots'>,
  ) {
    this.#context = context;
    this.#authority = authority;
    this.#pace = new RateLimit({ ...REPORTS, now: () => context.clock.monotonicMs() });
  }

  /**
   * Takes a report of a cart and gives its receipt.
   * @param jws not trusted
   * @param serial of the cart that brings it, by its certificate
   * @throws CommissioningThrottled, AcceptanceReportRefused, AcceptanceReportIdTaken, LedgerUnavailable
   */
  async take(jws: string, serial: string): Promise<string> {
    const sha256 = statementDigest(jws);
    const held = await this.#receiptOf(serial, sha256);
    if (held !== null) return held;
    const taken = `${serial} ${sha256}`;
    const before = this.#underWay.get(taken);
    if (before !== undefined) return await before;
    // Refusals are counted, too: each costs a signature's check.
    if (!this.#pace.take(serial)) throw new CommissioningThrottled(1 / REPORTS.perSecond);
    const taking = this.#take(jws, serial, sha256);
    this.#underWay.set(taken, taking);
    try {
      return await taking;
    } finally {
      this.#underWay.delete(taken);
    }
  }

  /** Gives the newest reports of these carts, by serial; those that never reported are not in it. */
  async newestOf(serials: readonly string[] | 'all'): Promise<ReadonlyMap<string, CartReports>> {
    const newest = await this.#newest(serials, false);
    const accepted = await this.#newest(serials, true);
    return new Map(
      [...newest].map(([cart, row]) => {
        const before = accepted.get(cart);
        return [cart, { newest: row, accepted: before ?? null }];
      }),
    );
  }

  /** The reports of a cart, newest first. */
  async ofCart(serial: string): Promise<readonly KeptReport[]> {
    const rows = await this.#rows()
      .select(['id', 'cart', 'received_at', 'summary'])
      .where('cart', '=', serial)
      .orderBy('number', 'desc')
      .limit(HISTORY_MAX)
      .execute();
    return rows.flatMap(keptOf);
  }

  /** Gives a report as a file for `chaperone verify`. @throws AcceptanceReportUnknown, AcceptanceReportDamaged */
  async file(serial: string, id: string): Promise<AcceptanceFile> {
    const { report, receipt } = await this.#row(serial, id);
    return {
      kind: 'chaperone-acceptance',
      version: 1,
      report,
      receipt,
      root: this.#authority.publicRoots.cartRootsPEM,
      ledgerKey: this.#context.ledger.verifierKey(),
    };
  }

  /** Gives what a report says, as it was when it was taken. @throws AcceptanceReportUnknown, AcceptanceReportDamaged */
  async claims(
    serial: string,
    id: string,
  ): Promise<{ readonly claims: AcceptanceReportClaims; readonly receivedUtcMs: number }> {
    const { report, received_at } = await this.#row(serial, id);
    const claims = acceptanceReportClaims.safeParse(decodeJwt(report));
    if (!claims.success) throw new AcceptanceReportDamaged();
    return { claims: claims.data, receivedUtcMs: received_at };
  }

  async #take(jws: string, serial: string, sha256: string): Promise<string> {
    const held = await this.#authority.certificatesOf({ kind: 'cart', id: serial });
    const checked = await checkReport(jws, serial, held);
    const { claims, certificateSerial } = checked;
    if (await this.#isTaken(serial, claims.jti)) throw new AcceptanceReportIdTaken();
    const { ledger, clock } = this.#context;
    // A stop may have come between the entry and the row: then the report came when the entry says.
    let receivedUtcMs = await this.#writtenUtcMs(serial, claims.jti, sha256);
    if (receivedUtcMs === null) {
      receivedUtcMs = clock.utcMs();
      await ledger.append({
        kind: 'acceptance-report-received',
        cart: serial,
        certificateSerial,
        reportId: claims.jti as AcceptanceId,
        sha256,
        result: claims.accepted ? 'accepted' : 'not-accepted',
        failedStep: firstFailure(claims.validation.steps),
      });
    }
    const receipt = await ledger.signReceipt({
      report: claims.jti,
      cart: serial,
      sha256,
      receivedUtcMs,
      iat: Math.floor(receivedUtcMs / 1000),
    });
    return await this.#keep(checked, { jws, serial, sha256, receivedUtcMs, receipt });
  }

  /** When the ledger wrote that this report came; null when it did not. @throws LedgerBroken */
  async #writtenUtcMs(serial: string, id: string, sha256: string): Promise<number | null> {
    const kind = 'acceptance-report-received';
    const [entry] = (
      await this.#context.ledger.search({
        ...{ kind, fromUtcMs: null, toUtcMs: null, texts: [sha256], offset: 0, count: 1 },
      })
    ).items;
    const fact = entry?.fact;
    return fact?.kind === kind &&
      fact.cart === serial &&
      fact.reportId === id &&
      fact.sha256 === sha256
      ? (entry?.utcMs ?? null)
      : null;
  }

  /** Keeps it, and gives the receipt that counts: another desk may have been first. */
  async #keep(
    { claims, certificateSerial }: CheckedReport,
    taken: {
      readonly jws: string;
      readonly serial: string;
      readonly sha256: string;
      readonly receivedUtcMs: number;
      readonly receipt: string;
    },
  ): Promise<string> {
    const { jws, serial, sha256, receivedUtcMs, receipt } = taken;
    const summary = summaryOf(claims);
    await this.#context.database
      .db<ReportTables>()
      .insertInto('desk_acceptance_report')
      .values({
        id: claims.jti,
        cart: serial,
        certificate_serial: certificateSerial,
        received_at: receivedUtcMs,
        accepted: claims.accepted ? 1 : 0,
        summary: JSON.stringify(summary),
        sha256,
        report: jws,
        receipt,
      })
      .onConflict((conflict) => conflict.columns(['cart', 'id']).doNothing())
      .execute();
    const kept = await this.#receiptOf(serial, sha256);
    if (kept === null) throw new AcceptanceReportIdTaken();
    return kept;
  }

  async #newest(
    serials: readonly string[] | 'all',
    onlyAccepted: boolean,
  ): Promise<ReadonlyMap<string, KeptReport>> {
    if (serials.length === 0) return new Map();
    let numbers = this.#rows()
      .select((row) => row.fn.max('number').as('number'))
      .groupBy('cart');
    if (onlyAccepted) numbers = numbers.where('accepted', '=', 1);
    if (serials !== 'all') numbers = numbers.where('cart', 'in', serials);
    const rows = await this.#rows()
      .select(['id', 'cart', 'received_at', 'summary'])
      .where('number', 'in', numbers)
      .execute();
    return new Map(rows.flatMap(keptOf).map((report) => [report.cart, report]));
  }

  async #receiptOf(serial: string, sha256: string): Promise<string | null> {
    const row = await this.#rows()
      .select('receipt')
      .where('cart', '=', serial)
      .where('sha256', '=', sha256)
      .executeTakeFirst();
    return row?.receipt ?? null;
  }

  async #isTaken(serial: string, id: string): Promise<boolean> {
    const row = await this.#rows()
      .select('id')
      .where('cart', '=', serial)
      .where('id', '=', id)
      .executeTakeFirst();
    return row !== undefined;
  }

  async #row(serial: string, id: string) {
    const row = await this.#rows()
      .select(['report', 'receipt', 'sha256', 'received_at'])
      .where('cart', '=', serial)
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined) throw new AcceptanceReportUnknown();
    if (statementDigest(row.report) !== row.sha256) throw new AcceptanceReportDamaged();
    return row;
  }

  #rows() {
    return this.#context.database.db<ReportTables>().selectFrom('desk_acceptance_report');
  }
}

/** A row whose summary the disk has damaged is as good as none: the report itself says so to who opens it. */
function keptOf(
  row: Pick<ReportRow, 'id' | 'cart' | 'received_at' | 'summary'>,
): readonly KeptReport[] {
  try {
    const summary = reportSummary.parse(JSON.parse(row.summary));
    return [{ id: row.id, cart: row.cart, receivedUtcMs: row.received_at, summary }];
  } catch (fault) {
    if (fault instanceof z.ZodError || fault instanceof SyntaxError) return [];
    throw fault;
  }
}
