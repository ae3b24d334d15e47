/**
 * Sends the ledger to the collector, entry by entry, from where it last confirmed: at least once, in order, with no gap.
 *
 * The ledger is the spool. One connection carries what there is, waits a moment for more, and ends in order; only then it counts as
 * confirmed. When a connection is lost it begins again behind what is *settled*: confirmed so long before another confirmation that
 * a collector which died in between had it on its own disk by then. Entries of that window arrive twice; their index says so.
 *
 * It only reads, and nobody waits for it: no act is held up by a collector that is away.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Ledger } from '../../ledger/contract.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import { writeEntry } from '../audit/entry-message.ts';
import type { MessageTerms } from '../audit/entry-message.ts';
import type { Siem, SiemStatus, SiemTrouble } from '../contract.ts';
import { frame } from '../syslog/octet-frame.ts';
import { Collector, CollectorLost } from './collector.ts';
import type { CollectorTerms } from './collector.ts';
import type { Position, PositionFile } from './position-file.ts';

/** Milliseconds between two looks at the ledger's size, which is in memory. */
const LOOK_EVERY_MS = 500;
/** Milliseconds that a connection stays open for more: confirming is a handshake. */
const OPEN_MS = 2_000;
/** Entries that one connection carries at most, and those that are read at once. */
const CONNECTION_ENTRIES_MAX = 2_000;
const PAGE_ENTRIES = 100;
/** Milliseconds after which what was confirmed is on a collector's disk: rsyslog writes what it has read within seconds. */
const SETTLED_AFTER_MS = 60_000;
/** Milliseconds before another attempt, doubled up to the longest. */
const PAUSE_FIRST_MS = 1_000;
const PAUSE_MAX_MS = 60_000;

export interface ForwarderOptions {
  readonly ledger: Pick<Ledger, 'page' | 'status'>;
  readonly collector: CollectorTerms;
  readonly message: MessageTerms;
  readonly positions: PositionFile;
  readonly clock: Clock;
  readonly log: Log;
}

interface Confirmation {
  readonly confirmed: number;
  readonly atMs: number;
}

export class Forwarder implements Siem {
  readonly #options: ForwarderOptions;
  readonly #closing = new AbortController();
  readonly #confirmations: Confirmation[] = [];
  #position: Position;
  #next: number;
  #trouble: { readonly what: SiemTrouble; readonly sinceUtcMs: number } | null = null;
  #confirmedUtcMs: number | null = null;
  #running: Promise<void> = Promise.resolve();

  private constructor(options: ForwarderOptions, position: Position) {
    this.#options = options;
    this.#position = position;
    this.#next = position.settled;
  }

  /** Begins to forward, from what is settled on. */
  static async start(options: ForwarderOptions): Promise<Forwarder> {
    const { position, isDamaged } = await options.positions.read();
    const { size } = options.ledger.status();
    const isBehind = position.confirmed > size;
    if (isDamaged || isBehind)
      options.log.warn(
        'how far the SIEM was is not known any more: the whole ledger is sent again',
      );
    const forwarder = new Forwarder(options, isBehind ? { confirmed: 0, settled: 0 } : position);
    forwarder.#running = forwarder.#run();
    return forwarder;
  }

  status(): SiemStatus {
    return {
      confirmed: this.#position.confirmed,
      size: this.#options.ledger.status().size,
      trouble: this.#trouble?.what ?? null,
      troubleSinceUtcMs: this.#trouble?.sinceUtcMs ?? null,
      confirmedUtcMs: this.#confirmedUtcMs,
    };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    let pauseMs = PAUSE_FIRST_MS;
    while (!this.#closing.signal.aborted) {
      if (this.#next >= this.#options.ledger.status().size) {
        await this.#wait(LOOK_EVERY_MS);
        continue;
      }
      try {
        await this.#deliver();
        pauseMs = PAUSE_FIRST_MS;
      } catch (fault) {
        if (this.#closing.signal.aborted) return;
        this.#lose(fault);
        await this.#wait(pauseMs);
        pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS);
      }
    }
  }

  /** One connection: sends, waits a moment for more, ends it in order. */
  async #deliver(): Promise<void> {
    const { clock } = this.#options;
    const collector = await Collector.connect(this.#options.collector, this.#closing.signal);
    try {
      const openedMs = clock.monotonicMs();
      let at = this.#next;
      const isFull = (): boolean =>
        at - this.#next >= CONNECTION_ENTRIES_MAX || clock.monotonicMs() - openedMs >= OPEN_MS;
      do {
        const sent = await this.#sendPage(collector, at);
        at += sent;
        if (sent === 0) await collector.lossDuring(this.#wait(LOOK_EVERY_MS));
      } while (!isFull() && !this.#closing.signal.aborted);
      await collector.finish();
      await this.#confirm(at);
    } finally {
      collector.drop();
    }
  }

  /** @returns how many entries were sent */
  async #sendPage(collector: Collector, from: number): Promise<number> {
    const { ledger, message } = this.#options;
    if (from >= ledger.status().size) return 0;
    const lines = await ledger.page(from, PAGE_ENTRIES).catch((fault: unknown) => {
      throw new CollectorLost('ledger-unreadable', fault);
    });
    await collector.send(Buffer.concat(lines.map((line) => frame(writeEntry(line, message)))));
    return lines.length;
  }

  /** The collector has read everything before `at`. */
  async #confirm(at: number): Promise<void> {
    const { clock, log, positions } = this.#options;
    const nowMs = clock.monotonicMs();
    let { settled } = this.#position;
    while ((this.#confirmations[0]?.atMs ?? Infinity) <= nowMs - SETTLED_AFTER_MS)
      settled = Math.max(settled, this.#confirmations.shift()?.confirmed ?? 0);
    const confirmed = Math.max(this.#position.confirmed, at);
    this.#confirmations.push({ confirmed: at, atMs: nowMs });
    this.#position = { confirmed, settled: Math.min(settled, at) };
    this.#next = at;
    this.#confirmedUtcMs = clock.utcMs();
    if (this.#trouble !== null) log.info('the SIEM collector confirms again');
    this.#trouble = null;
    try {
      await positions.keep(this.#position);
    } catch (fault) {
      // It is sent again after the next start.
      log.warn({ err: fault }, 'how far the SIEM is could not be written down');
    }
  }

  #lose(fault: unknown): void {
    const { clock, log } = this.#options;
    const what = fault instanceof CollectorLost ? fault.trouble : 'collector-unreachable';
    if (this.#trouble?.what !== what) {
      log.warn({ err: fault, trouble: what }, 'the SIEM collector does not confirm');
      this.#trouble = { what, sinceUtcMs: this.#trouble?.sinceUtcMs ?? clock.utcMs() };
    }
    this.#next = this.#position.settled;
    this.#confirmations.length = 0;
  }

  async #wait(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#closing.signal, ref: false }).catch(() => undefined);
  }
}
