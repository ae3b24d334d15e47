/**
 * The covered parts of this cart's screen in the session that runs: what was asked for, what is open, and until when.
 *
 * It drives the machine of `domain/src/mask/unmask.ts` by the session's rule of order: an opening is in the journal before it is
 * taken, everything that covers is taken first. It follows the session and is narrower than it at every moment: paused, interlocked,
 * interrupted or without `view`, all is covered. Which pixels that means, `screen/mask` knows. Decision 0050.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import { isSameMask } from '@chaperone/domain/mask/mask.ts';
import type { MaskKey } from '@chaperone/domain/mask/mask.ts';
import { ALL_COVERED, nextUnmaskDeadlineMs, unmask } from '@chaperone/domain/mask/unmask.ts';
import type {
  OpenMask,
  UnmaskEvent,
  UnmaskFact,
  UnmaskMinutes,
  UnmaskState,
  UnmaskStep,
} from '@chaperone/domain/mask/unmask.ts';
import type { ActivityAsk } from '@chaperone/domain/session/admit.ts';
import { isInSession } from '@chaperone/domain/session/state.ts';
import type { SessionState } from '@chaperone/domain/session/state.ts';
import type { Masking } from '../screen/screen.ts';
import { addUnmasking, SessionContended } from '../session/session.ts';
import type { Session } from '../session/session.ts';

/** What the technician asks for is not there: another layout is on the screen, or nothing is covered. */
export class MaskUnknown extends DomainError {
  readonly code = 'MASK_UNKNOWN';
}

/** The facility's policy lets nobody show what is covered. */
export class UnmaskNotAllowed extends DomainError {
  readonly code = 'UNMASK_NOT_ALLOWED';
}

export type UnmaskSession = Pick<
  Session,
  'state' | 'now' | 'admit' | 'recordFirst' | 'recordAfter' | 'note' | 'observed' | 'onChange'
>;

export class Unmasking {
  readonly masking: Masking;
  readonly #session: UnmaskSession;
  readonly #mayUnmask: () => boolean;
  readonly #release: readonly (() => void)[];
  #state: UnmaskState = ALL_COVERED;
  /** Whose state it is: a grant begins with everything covered. */
  #grantId: string | null = null;
  /** Counts what covers or refuses: an opening that was being recorded meanwhile is not taken. */
  #noes = 0;
  #timer: NodeJS.Timeout | null = null;

  /**
   * Follows the session from now on.
   * @param mayUnmask what the facility's policy says now
   */
  constructor(masking: Masking, session: UnmaskSession, mayUnmask: () => boolean = () => true) {
    this.masking = masking;
    this.#mayUnmask = mayUnmask;
    this.#session = session;
    this.#release = [
      session.onChange((state) => this.#follow(state)),
      masking.onLayouts(() => session.observed()),
    ];
  }

  get state(): UnmaskState {
    return this.#state;
  }

  /** Whether the operator is being asked: remote input stops meanwhile. */
  get isAsking(): boolean {
    return this.#state.asked !== null;
  }

  /**
   * Asks the operator, for the technician.
   * @throws GrantNotInForce, ActivityNotGranted, SessionPaused, UnmaskNotAllowed, MaskUnknown, UnmaskAlreadyAsked, UnmaskAskedTooSoon
   */
  ask(ask: ActivityAsk, key: MaskKey, reason: string, minutes: UnmaskMinutes): void {
    this.#session.admit(ask);
    this.#admitUnmasking();
    if (!this.masking.askable.some((each) => isSameMask(each, key)))
      throw new MaskUnknown('Nothing of this name is covered on the screen as it is now.');
    this.#narrow({ type: 'ask', key, reason, minutes });
  }

  /**
   * Takes the operator's yes.
   * @throws UnmaskNotAllowed, UnmaskNotAsked, GrantNotInForce, SessionPaused, ActivityNotGranted, JournalUnwritable, SessionContended
   */
  async allow(number: number, minutes: UnmaskMinutes): Promise<void> {
    this.#admitUnmasking();
    const event = { type: 'allow', number, minutes } as const;
    const noes = this.#noes;
    const says = this.#facts(this.#compute(event).facts.filter(({ kind }) => kind === 'allowed'));
    const ask = this.#asking();
    this.#session.admit(ask);
    try {
      await this.#session.recordFirst(ask, says);
      if (this.#noes !== noes)
        throw new SessionContended(
          'It was covered again while this was recorded. Nothing is seen.',
        );
      const { state, facts } = this.#compute(event);
      this.#take(
        state,
        facts.filter(({ kind }) => kind !== 'allowed'),
      );
    } catch (fault) {
      // What the journal has just promised did not happen.
      if (!isUnwritten(fault)) this.#session.recordAfter(says.map(undone));
      throw fault;
    }
  }

  /** Takes the operator's no. */
  refuse(): void {
    this.#narrow({ type: 'refuse' });
  }

  /** Covers again, at once. @param key null: everything */
  cover(key: MaskKey | null): void {
    this.#narrow({ type: 'cover', key });
  }

  /** Lets time do its work. Its own timer calls it; tests may too. */
  tick(): void {
    this.#narrow({ type: 'tick' });
  }

  /** Covers again what the facility's policy does not let be seen any more. */
  look(): void {
    if (!this.#mayUnmask()) this.#narrow({ type: 'narrowed' });
  }

  close(): void {
    for (const release of this.#release) release();
    this.#narrow({ type: 'narrowed' });
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #admitUnmasking(): void {
    if (!this.#mayUnmask())
      throw new UnmaskNotAllowed("The facility's policy lets nobody see what is covered.");
  }

  /** The session changed, in the same turn. */
  #follow(state: SessionState): void {
    if (isInSession(state) && this.#grantId !== state.grant.id) {
      this.#narrow({ type: 'narrowed' });
      this.#grantId = state.grant.id;
      this.#state = ALL_COVERED;
    }
    const isNarrow =
      !isInSession(state) ||
      state.paused ||
      state.interlock !== undefined ||
      state.link.is !== 'up' ||
      !state.grant.activities.includes('view');
    if (isNarrow) this.#narrow({ type: 'narrowed' });
  }

  /** @throws what the domain's `unmask` throws; nothing has changed then */
  #narrow(event: UnmaskEvent): void {
    const { state, facts, widening } = this.#compute(event);
    if (widening) throw new Error(`"${event.type}" widens and must be recorded first`);
    if (event.type !== 'ask' && event.type !== 'tick') this.#noes += 1;
    this.#take(state, facts);
  }

  #compute(event: UnmaskEvent): UnmaskStep {
    return unmask(this.#state, event, this.#session.now());
  }

  #take(state: UnmaskState, facts: readonly UnmaskFact[]): void {
    if (state === this.#state) return;
    this.#state = state;
    this.masking.setOpen(state.open.map(({ key }) => key));
    const { utcMs } = this.#session.now();
    for (const fact of facts) {
      if (fact.kind !== 'covered') continue;
      const { sinceUtcMs } = fact.open;
      this.#session.note((tally) => addUnmasking(tally, { utcMs: sinceUtcMs, untilUtcMs: utcMs }));
    }
    this.#session.recordAfter(this.#facts(facts));
    this.#session.observed();
    this.#schedule();
  }

  #facts(facts: readonly UnmaskFact[]): readonly UnmaskWritten[] {
    const { state } = this.#session;
    const grant = 'grant' in state ? state.grant : null;
    const sessionId = 'sessionId' in state ? state.sessionId : null;
    if (grant === null || sessionId === null) return [];
    return facts.map((fact): UnmaskWritten => {
      const who = { sessionId, grantId: grant.id };
      switch (fact.kind) {
        case 'asked':
        case 'allowed':
          return {
            kind: fact.kind === 'asked' ? 'unmask-asked' : 'unmasked',
            ...who,
            mask: nameOf(fact.key),
            minutes: fact.minutes,
          };
        case 'refused':
          return { kind: 'unmask-refused', ...who, mask: nameOf(fact.key), why: fact.why };
        case 'covered':
          return { kind: 'masked-again', ...who, mask: nameOf(fact.open.key), why: fact.why };
      }
    });
  }

  #asking(): ActivityAsk {
    return { grantId: this.#grantId ?? '', activity: 'view' };
  }

  #schedule(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const deadlineMs = nextUnmaskDeadlineMs(this.#state);
    if (deadlineMs === null) return;
    const waitMs = Math.max(1, deadlineMs - this.#session.now().monotonicMs);
    this.#timer = setTimeout(() => this.#tickLater(), Math.min(waitMs, TICK_MS_MAX));
    this.#timer.unref();
  }

  /** A timer may be early, and a machine may have slept. */
  #tickLater(): void {
    this.tick();
    this.#schedule();
  }
}

/** A second: a machine that slept covers again soon. */
const TICK_MS_MAX = 1000;

type UnmaskWritten = Extract<
  JournalFact,
  { readonly kind: 'unmask-asked' | 'unmasked' | 'unmask-refused' | 'masked-again' }
>;

/** Names a mask as journals and peers have it: no layout or mask has a stroke in its name. */
export function nameOf({ layout, mask }: MaskKey): string {
  return layout === null ? mask : `${layout}/${mask}`;
}

/** Reads such a name. */
export function keyOf(name: string): MaskKey {
  const at = name.indexOf('/');
  return at < 0
    ? { layout: null, mask: name }
    : { layout: name.slice(0, at), mask: name.slice(at + 1) };
}

/** Whether nothing of it reached the journal. */
function isUnwritten(fault: unknown): boolean {
  return fault instanceof DomainError && fault.code === 'JOURNAL_UNWRITABLE';
}

function undone(fact: UnmaskWritten): UnmaskWritten {
  const { sessionId, grantId, mask } = fact;
  return { kind: 'masked-again', sessionId, grantId, mask, why: 'session' };
}

/** Seconds until something is covered again, for who looks on. */
export function secondsOpen({ untilMonotonicMs }: OpenMask, nowMs: number): number {
  return Math.max(0, Math.ceil((untilMonotonicMs - nowMs) / 1000));
}
