/**
 * Keeps the fence of the active gateway: waits for it, renews its lease, and notices when it was lost.
 *
 * It has a connection of its own. A gateway that cannot renew its lease in time, or that finds another epoch, is told
 * once by `onLost` and has to end: it was asleep, or cut off from the database. Decision 0029.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  GatewayFenced,
  assertEpoch,
  claimFence,
  releaseFence,
  renewFence,
} from '@chaperone/domain/fence/fence.ts';
import type { Claim } from '@chaperone/domain/fence/fence.ts';
import { openDatabase } from '../database/database.ts';
import type { Database, DatabaseLocation } from '../database/database.ts';
import { makeFenceTables, readFence, writeFence } from './fence-rows.ts';
import type { FenceTables } from './fence-rows.ts';

export { fenceTables } from './fence-rows.ts';

/** A lease is renewed so many times in its length. */
const RENEWALS_IN_A_LEASE = 3;
/** How often one that waits looks again, at most. */
const LOOK_MS_MAX = 2_000;

export interface FenceTerms {
  readonly location: DatabaseLocation;
  /** Who this is, for the others: machine and process. */
  readonly who: string;
  readonly leaseMs: number;
  /** Told whenever another holder is waited for. Without it, a fence that is held is refused. */
  readonly onWaiting?: (holder: string) => void;
  readonly onLost: (fault: GatewayFenced) => void;
}

export interface Fence {
  readonly epoch: number;
  /** The one before did not let go. */
  readonly tookOver: boolean;
  /** Asks the database whether this gateway is the active one still. @throws GatewayFenced, DatabaseUnavailable */
  check(): Promise<void>;
  /** Lets go; call it when nothing of this gateway acts any more. */
  release(): Promise<void>;
}

/** Takes the fence, if need be after waiting. @throws GatewayFenced when it is held and nobody wants to wait */
export async function takeFence(terms: FenceTerms): Promise<Fence> {
  const database = await openDatabase({ location: terms.location });
  try {
    await makeFenceTables(database);
    return new HeldFence(database, terms, await claim(database, terms));
  } catch (fault) {
    await database.close();
    throw fault;
  }
}

type Taken = Extract<Claim, { readonly kind: 'taken' }>;

async function claim(database: Database, terms: FenceTerms): Promise<Taken> {
  let told: string | undefined;
  for (;;) {
    const claimed = await database.transaction(async (view) => {
      const db = view.db<FenceTables>();
      const { state, nowMs } = await readFence(db);
      const found = claimFence(state, terms.who, nowMs, terms.leaseMs);
      if (found.kind === 'taken') await writeFence(db, state, found.state);
      return found;
    });
    if (claimed.kind === 'taken') return claimed;
    const { holder, leaseLeftMs } = claimed;
    if (terms.onWaiting === undefined)
      throw new GatewayFenced(
        `${holder} is the active gateway on this database. Do it there, or stop it first.`,
      );
    if (told !== holder) terms.onWaiting(holder);
    told = holder;
    await delay(Math.min(LOOK_MS_MAX, leaseLeftMs + 1));
  }
}

class HeldFence implements Fence {
  readonly epoch: number;
  readonly tookOver: boolean;
  readonly #database: Database;
  readonly #terms: FenceTerms;
  #timer: NodeJS.Timeout | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #lost = false;
  #released = false;

  constructor(database: Database, terms: FenceTerms, taken: Taken) {
    this.#database = database;
    this.#terms = terms;
    this.epoch = taken.state.epoch;
    this.tookOver = taken.tookOver;
    this.#watch(performance.now());
    this.#plan();
  }

  async check(): Promise<void> {
    const { state } = await readFence(this.#database.db<FenceTables>());
    try {
      assertEpoch(state, this.epoch);
    } catch (fault) {
      this.#lose(fault);
      throw fault;
    }
  }

  async release(): Promise<void> {
    this.#released = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
    try {
      await this.#change(releaseFenceOf(this.epoch));
    } finally {
      await this.#database.close();
    }
  }

  /** By the clock of this process: from a lease's length after it was asked for, it may have lapsed. */
  #watch(askedAtMs: number): void {
    clearTimeout(this.#watchdog);
    if (this.#released) return;
    const late = (): void =>
      this.#lose(
        new GatewayFenced(
          'The lease of the active gateway could not be renewed in time: another may have taken over. This one has to end.',
        ),
      );
    this.#watchdog = setTimeout(late, askedAtMs + this.#terms.leaseMs - performance.now());
    this.#watchdog.unref();
  }

  #plan(): void {
    const next = async (): Promise<void> => {
      const askedAtMs = performance.now();
      try {
        await this.#change((state, nowMs) =>
          renewFence(state, this.epoch, nowMs, this.#terms.leaseMs),
        );
        this.#watch(askedAtMs);
      } catch (fault) {
        if (fault instanceof GatewayFenced) return this.#lose(fault);
        // The database is away for a moment; the watch says when that is too long.
      }
      if (!this.#released) this.#plan();
    };
    this.#timer = setTimeout(() => void next(), this.#terms.leaseMs / RENEWALS_IN_A_LEASE);
    this.#timer.unref();
  }

  async #change(by: Parameters<typeof changeFence>[1]): Promise<void> {
    await changeFence(this.#database, by);
  }

  #lose(fault: unknown): void {
    if (this.#lost || this.#released || !(fault instanceof GatewayFenced)) return;
    this.#lost = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
    this.#terms.onLost(fault);
  }
}

type FenceChange = (
  state: Awaited<ReturnType<typeof readFence>>['state'],
  nowMs: number,
) => Awaited<ReturnType<typeof readFence>>['state'];

const releaseFenceOf =
  (epoch: number): FenceChange =>
  (state) =>
    releaseFence(state, epoch);

async function changeFence(database: Database, by: FenceChange): Promise<void> {
  await database.transaction(async (view) => {
    const db = view.db<FenceTables>();
    const { state, nowMs } = await readFence(db);
    await writeFence(db, state, by(state, nowMs));
  });
}
