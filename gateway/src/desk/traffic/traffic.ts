/**
 * How many bytes each cart's connections carry: in a session, and in a calendar month (UTC), as its hospital's line pays for them.
 *
 * Counted at the desk, on both connections of a cart, in both directions, with TLS and everything else on top of them; what
 * belongs to the network's own layers below is not counted. In the database there are sums and nothing else: of a cart and month,
 * and of a session that was granted. They are written every half minute and when a cart goes; what a crash takes with it is
 * missing from them. Nothing is decided by them.
 */
import { sql } from 'kysely';
import type { CartSerial, SessionId } from '@chaperone/domain/id/id.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { CartLink, LinkListener } from '../tunnel/tunnel.ts';
import type { TrafficTables } from './tables.ts';

export { TRAFFIC_MIGRATIONS } from './tables.ts';

/** Between two times at which sums are written, milliseconds. */
const WRITE_EVERY_MS = 30_000;
/** Sums of a month that are read at once: a service centre has thousands of carts. */
const CARTS_MAX = 20_000;

export interface Carried {
  readonly sessionBytes: number;
  readonly monthBytes: number;
}

export interface CountedLink extends Pick<CartLink, 'ended' | 'hello'> {
  readonly identity: Pick<CartLink['identity'], 'serial'>;
  readonly bytes: number;
}

/** What is counted of one link, and how much of it is in the database. */
interface Line {
  readonly link: CountedLink;
  readonly serial: CartSerial;
  readonly session: SessionId;
  writtenOfMonth: number;
  writtenOfSession: number;
}

export interface TrafficOptions {
  readonly onLink: (listener: LinkListener) => void;
}

export class Traffic {
  readonly #context: Pick<DeskContext, 'database' | 'clock' | 'log'>;
  readonly #lines = new Set<Line>();
  /** Written sums of this month, and of the sessions that are connected. */
  readonly #months = new Map<string, { readonly month: string; bytes: number }>();
  readonly #sessions = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #turn: Promise<void> = Promise.resolve();

  constructor(
    context: Pick<DeskContext, 'database' | 'clock' | 'log'>,
    { onLink }: TrafficOptions,
  ) {
    this.#context = context;
    onLink((link) => this.follow(link));
    this.#timer = setInterval(() => void this.write(), WRITE_EVERY_MS).unref();
  }

  /** Counts a link until it ends. */
  follow(link: CountedLink): void {
    const { serial } = link.identity;
    const { session } = link.hello;
    const line: Line = { link, serial, session, writtenOfMonth: 0, writtenOfSession: 0 };
    this.#lines.add(line);
    void this.#inTurn(async () => await this.#read(line));
    link.ended.addEventListener(
      'abort',
      () =>
        void this.write().then(() => {
          this.#lines.delete(line);
          if (![...this.#lines].some((each) => each.session === session)) {
            this.#sessions.delete(session);
          }
        }),
      { once: true },
    );
  }

  /** What a cart has carried in a session that is connected, and this month. */
  of(cart: string, session: SessionId): Carried {
    let sessionBytes = this.#sessions.get(session) ?? 0;
    for (const line of this.#lines) {
      if (line.session === session) sessionBytes += line.link.bytes - line.writtenOfSession;
    }
    const known = this.#months.get(cart);
    const written = known?.month === this.#month() ? known.bytes : 0;
    return { sessionBytes, monthBytes: written + this.#unwritten(cart) };
  }

  /** What each cart has carried this month; a cart that carried nothing is not in it. */
  async months(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#context.database
      .db<TrafficTables>()
      .selectFrom('cart_month_traffic')
      .select(['cart', 'bytes'])
      .where('month', '=', this.#month())
      .limit(CARTS_MAX)
      .execute();
    const sums = new Map(rows.map(({ cart, bytes }) => [cart, Number(bytes)]));
    for (const { serial } of this.#lines) if (!sums.has(serial)) sums.set(serial, 0);
    for (const [cart, bytes] of sums) sums.set(cart, bytes + this.#unwritten(cart));
    return sums;
  }

  /** Writes what has been counted. Never throws: what could not be written is written the next time. */
  async write(): Promise<void> {
    await this.#inTurn(async () => {
      for (const line of this.#lines) await this.#writeLine(line);
    });
  }

  /** Writes for the last time. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.write();
  }

  #unwritten(cart: string): number {
    let bytes = 0;
    for (const line of this.#lines) {
      if (line.serial === cart) bytes += line.link.bytes - line.writtenOfMonth;
    }
    return bytes;
  }

  #month(): string {
    return new Date(this.#context.clock.utcMs()).toISOString().slice(0, 7);
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work).catch((fault: unknown) => {
      this.#context.log.warn({ err: fault }, 'bytes carried could not be read or written');
    });
    await this.#turn;
  }

  /** Takes up the sums of a cart and of a session that goes on after an interruption. */
  async #read({ serial, session }: Line): Promise<void> {
    const db = this.#context.database.db<TrafficTables>();
    const month = this.#month();
    const ofMonth = await db
      .selectFrom('cart_month_traffic')
      .select('bytes')
      .where('cart', '=', serial)
      .where('month', '=', month)
      .executeTakeFirst();
    this.#months.set(serial, { month, bytes: Number(ofMonth?.bytes ?? 0) });
    if (this.#sessions.has(session)) return;
    const ofSession = await db
      .selectFrom('session_traffic')
      .select('bytes')
      .where('session_id', '=', session)
      .executeTakeFirst();
    this.#sessions.set(session, Number(ofSession?.bytes ?? 0));
  }

  async #writeLine(line: Line): Promise<void> {
    const db = this.#context.database.db<TrafficTables & GrantedTable>();
    const { serial: cart, session, link } = line;
    const counted = link.bytes;
    const month = this.#month();
    const ofMonth = counted - line.writtenOfMonth;
    if (ofMonth > 0) {
      await db
        .insertInto('cart_month_traffic')
        .values({ cart, month, bytes: ofMonth })
        .onConflict((conflict) =>
          conflict
            .columns(['cart', 'month'])
            .doUpdateSet({ bytes: sql<number>`cart_month_traffic.bytes + excluded.bytes` }),
        )
        .execute();
      line.writtenOfMonth = counted;
      const known = this.#months.get(cart);
      const before = known?.month === month ? known.bytes : 0;
      this.#months.set(cart, { month, bytes: before + ofMonth });
    }
    const ofSession = counted - line.writtenOfSession;
    if (ofSession <= 0) return;
    // One that nobody granted leaves no row: a cart may connect as often as it likes.
    const granted = await db
      .selectFrom('remote_session')
      .select('session_id')
      .where('session_id', '=', session)
      .executeTakeFirst();
    if (granted === undefined) return;
    await db
      .insertInto('session_traffic')
      .values({ session_id: session, bytes: ofSession })
      .onConflict((conflict) =>
        conflict
          .column('session_id')
          .doUpdateSet({ bytes: sql<number>`session_traffic.bytes + excluded.bytes` }),
      )
      .execute();
    line.writtenOfSession = counted;
    this.#sessions.set(session, (this.#sessions.get(session) ?? 0) + ofSession);
  }
}

/** What is read of the table of granted sessions. */
interface GrantedTable {
  readonly remote_session: { readonly session_id: string };
}
