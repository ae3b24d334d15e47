/**
 * Looks at open cases once an hour: tells of those that have become old, announces and reminds, and at the limit has a case
 * destroyed. The rule is `domain/case-age`; decision 0035.
 *
 * What goes towards the end is in the ledger before it is remembered; taking an announcement back is remembered first. A
 * fault with one case holds up no other, and is tried again an hour later.
 */
import { earliestEndUtcMs, lookAt } from '@chaperone/domain/case-age/case-age.ts';
import type { CaseAge, CaseAgeAct, CaseAgeTerms } from '@chaperone/domain/case-age/case-age.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { Events } from '../events/events.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { CaseAgeStore } from './case-age-store.ts';
import type { StoredCase } from './case-store.ts';
import type { ServiceCases, SessionsOfCases } from './service-cases.ts';

/** Milliseconds between two looks. */
const LOOK_EVERY_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/** What pages say of a case's age; null of a young one. */
export interface ShownAge {
  readonly days: number;
  /** Its end, where one is announced. */
  readonly end: { readonly earliestUtcMs: number; readonly isReminded: boolean } | null;
}

export interface CaseAgesParts {
  readonly cases: ServiceCases;
  readonly sessions: SessionsOfCases;
  readonly events: Events;
  readonly terms: CaseAgeTerms;
  /** How many holds were ever proposed for a case. */
  readonly holdsOf: (caseId: CaseId) => Promise<number>;
}

export class CaseAges {
  readonly #context: DeskContext;
  readonly #parts: CaseAgesParts;
  readonly #store: CaseAgeStore;
  #timer: NodeJS.Timeout | null = null;
  #lookedMs: number | null = null;
  #looking: Promise<void> = Promise.resolve();

  constructor(context: DeskContext, parts: CaseAgesParts) {
    this.#context = context;
    this.#parts = parts;
    this.#store = new CaseAgeStore(context.database);
  }

  /** Looks now, and then every hour until `close`. */
  start(): void {
    const look = (): void => void this.look();
    this.#timer = setInterval(look, LOOK_EVERY_MS).unref();
    look();
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#looking;
  }

  /** Looks at every open case once; looks that are asked for at once follow each other. */
  async look(): Promise<void> {
    this.#looking = this.#looking.then(async () => await this.#lookAtAll());
    await this.#looking;
  }

  /** What pages say of a case's age; an end is not said of a case that is held, though it is taken back only at the next look. */
  async shown({
    id,
    state,
    openedUtcMs,
    legalHold,
  }: Pick<StoredCase, 'id' | 'state' | 'openedUtcMs' | 'legalHold'>): Promise<ShownAge | null> {
    if (state !== 'open') return null;
    const { isAged, announcement } = await this.#store.of(id);
    if (!isAged && announcement === null) return null;
    const nowUtcMs = this.#context.clock.utcMs();
    const days = daysOf(nowUtcMs - openedUtcMs);
    if (announcement === null || legalHold) return { days, end: null };
    const { terms } = this.#parts;
    const earliestUtcMs = earliestEndUtcMs(announcement, openedUtcMs, nowUtcMs, terms);
    const isReminded = announcement.remindedRunMs !== null;
    return { days, end: earliestUtcMs === null ? null : { earliestUtcMs, isReminded } };
  }

  async #lookAtAll(): Promise<void> {
    const nowMs = this.#context.clock.monotonicMs();
    const elapsedMs = this.#lookedMs === null ? 0 : nowMs - this.#lookedMs;
    this.#lookedMs = nowMs;
    try {
      for (const id of await this.#parts.cases.store.unresolved()) {
        await this.#lookAtOne(id, elapsedMs);
      }
    } catch (fault) {
      this.#context.log.error({ err: fault }, 'the ages of the cases could not be looked at');
    }
  }

  async #lookAtOne(id: CaseId, elapsedMs: number): Promise<void> {
    const { cases, sessions, terms } = this.#parts;
    try {
      const found = await cases.get(id);
      if (found.state !== 'open') return;
      const seen = {
        utcMs: this.#context.clock.utcMs(),
        openedUtcMs: found.openedUtcMs,
        records: await this.#context.vault.countRecords(id),
        isHeld: await cases.isHeld(found),
        holds: await this.#parts.holdsOf(id),
        isInSession: sessions.inSession(id),
      };
      let elapsed = elapsedMs;
      for (;;) {
        const before = await this.#store.of(id);
        const { age, act } = lookAt(before, { ...seen, elapsedMs: elapsed }, terms);
        await this.#carryOut(found, act, age);
        if (act === null || act === 'destroy') return;
        elapsed = 0;
      }
    } catch (fault) {
      const { log } = this.#context;
      // A hold or a session that came in between: it is looked at again.
      if (fault instanceof DomainError) log.warn({ caseId: id, code: fault.code }, NOT_NOW);
      else log.error({ caseId: id, err: fault }, NOT_NOW);
    }
  }

  /** Does what the look says, in the order that the rule asks for. */
  async #carryOut(found: StoredCase, act: CaseAgeAct | null, age: CaseAge): Promise<void> {
    const { ledger, log, clock } = this.#context;
    const { id: caseId, number, openedUtcMs } = found;
    const days = daysOf(clock.utcMs() - openedUtcMs);
    switch (act) {
      case null:
        // A young case has no row, and most cases are young.
        if (age.announcement !== null) await this.#store.keep(caseId, age);
        return;
      case 'tell':
        await ledger.append({ kind: 'case-aged', caseId, days });
        log.warn({ caseId, number, days }, 'a case has been open for long and holds records');
        break;
      case 'announce':
      case 'remind': {
        const kind = act === 'announce' ? 'case-end-announced' : 'case-end-reminded';
        const earliestUtcMs = this.#earliestOf(age, openedUtcMs);
        await ledger.append({ kind, caseId, earliestUtcMs });
        log.warn({ caseId, number, days, earliestUtcMs }, `${kind}: it has been open too long`);
        break;
      }
      case 'withdraw':
        await this.#store.keep(caseId, age);
        await ledger.append({ kind: 'case-end-withdrawn', caseId });
        log.warn({ caseId, number }, 'the announced end of a case is taken back');
        break;
      case 'destroy':
        log.warn({ caseId, number, days }, 'a case has reached the limit and is destroyed');
        await this.#parts.cases.resolveAtLimit(caseId, this.#parts.sessions);
        return;
    }
    await this.#store.keep(caseId, age);
    this.#parts.events.caseChanged(caseId);
  }

  #earliestOf({ announcement }: CaseAge, openedUtcMs: number): number {
    const nowUtcMs = this.#context.clock.utcMs();
    const { terms } = this.#parts;
    const standing = announcement ?? {
      announcedUtcMs: nowUtcMs,
      runMs: 0,
      remindedRunMs: null,
      holds: 0,
    };
    return earliestEndUtcMs(standing, openedUtcMs, nowUtcMs, terms) ?? nowUtcMs;
  }
}

const NOT_NOW = 'what the age of a case asks for could not be done now';

function daysOf(ageMs: number): number {
  return Math.max(0, Math.floor(ageMs / DAY_MS));
}
