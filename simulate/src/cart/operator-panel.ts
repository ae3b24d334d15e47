/**
 * What an operator can touch at the cart, each touch told to the ghost before the rules hear of it.
 *
 * A refusal is the rules' own; it changes nothing.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { secondApprovalFor } from '@chaperone/domain/facility-policy/facility-policy.ts';
import type { GrantId, RequestId, SessionId } from '@chaperone/domain/id/id.ts';
import type { InterlockSource } from '@chaperone/domain/interlock/interlock.ts';
import { NOTICE_VERSION } from '@chaperone/domain/notice/notice.ts';
import type { SessionBounds } from '@chaperone/domain/session/bounds.ts';
import type { EndReason, SessionState } from '@chaperone/domain/session/state.ts';
import type { Order } from '../rules/rules.ts';
import type { World } from '../world/world.ts';
import type { Streams } from './streams.ts';

/** How long it takes to look at a PIN. */
const PIN_MS_MAX = 3000;

/** What outlives the process of the clinic's interlock. */
export class InterlockMark {
  source: InterlockSource | null = null;

  set(source: InterlockSource): void {
    this.source ??= source;
  }

  clear(): void {
    this.source = null;
  }
}

export interface PanelParts {
  readonly world: World;
  readonly streams: Streams;
  readonly order: () => Order;
  readonly interlockMark: InterlockMark;
  /** The facility's policy as it is now. */
  readonly bounds: () => SessionBounds;
  readonly newId: (prefix: string) => string;
  /** Does what the rules may refuse. */
  readonly act: (act: () => void) => void;
  readonly widen: (act: Promise<void>) => void;
}

export class OperatorPanel {
  readonly #parts: PanelParts;

  constructor(parts: PanelParts) {
    this.#parts = parts;
  }

  press(): void {
    this.#parts.act(() => this.#parts.order().narrow({ type: 'press' }));
  }

  accept(noticeVersion: string = NOTICE_VERSION): void {
    const sessionId = this.#parts.newId('sess') as SessionId;
    if (this.#state.phase === 'notice') this.#parts.world.ghost.touchedAccept(sessionId);
    this.#parts.widen(
      this.#parts.order().widen({ type: 'accept-notice', noticeVersion, sessionId }),
    );
  }

  decline(): void {
    if (this.#state.phase === 'notice') this.#parts.world.ghost.touchedEnd();
    this.#parts.act(() => this.#parts.order().narrow({ type: 'decline-notice' }));
  }

  /**
   * Touches a technician who is shown.
   * @param skipsSecond as a panel would that has forgotten to ask the second person
   */
  consent(requestId: RequestId, activities: readonly Activity[], skipsSecond = false): void {
    const { world, bounds, act } = this.#parts;
    const { policy } = bounds();
    const wantsSecond =
      policy.is === 'in-force' && secondApprovalFor(policy, activities) !== null && !skipsSecond;
    if (!wantsSecond || this.#state.phase !== 'waiting') return this.#give(requestId, activities);
    act(() => {
      this.#parts.order().narrow({ type: 'ask-approval', requestId, activities });
      world.ghost.touchedAsk(requestId, activities, world.nowMs);
      world.reach('second yes asked');
    });
  }

  /** A second person types a PIN, which takes its time to be looked at; the consent follows the right one. */
  second(who: string, isPINRight: boolean): void {
    const { world, act, widen } = this.#parts;
    const order = this.#parts.order();
    const { asking } = world.ghost;
    const answers = order.state.phase === 'waiting' ? order.state.approval : null;
    if (answers?.is !== 'asked') return;
    world.after(world.dice.below(PIN_MS_MAX), 'cart', () => {
      const answer = { type: 'answer-approval', answers, approverId: who, isPINRight } as const;
      if (!isPINRight) return act(() => order.narrow(answer));
      // Two may answer at once; which of them counted is the cart's to say.
      asking?.yesBy.add(who);
      const approved = order.widen(answer).then(() => {
        world.reach('second yes given');
        this.#give(answers.requestId, answers.activities);
      });
      widen(approved);
    });
  }

  refuseSecond(): void {
    this.#parts.world.ghost.touchedRefuse();
    this.#parts.act(() => this.#parts.order().narrow({ type: 'refuse-approval' }));
  }

  #give(requestId: RequestId, activities: readonly Activity[]): void {
    const grantId = this.#parts.newId('grnt') as GrantId;
    const { state } = this.#parts.order();
    const isShown =
      state.phase === 'waiting' && state.requests.some((request) => request.id === requestId);
    if (isShown) this.#parts.world.ghost.touchedConsent(requestId, activities, grantId);
    this.#parts.widen(
      this.#parts.order().widen({ type: 'give-consent', requestId, activities, grantId }),
    );
  }

  withdraw(activity: Activity): void {
    this.#parts.world.ghost.touchedWithdraw(activity);
    this.#parts.act(() => this.#parts.order().narrow({ type: 'withdraw-activity', activity }));
  }

  pause(): void {
    const { world } = this.#parts;
    world.ghost.touchedPause();
    this.#parts.act(() => this.#parts.order().narrow({ type: 'pause' }));
    world.observe({
      is: 'pause-touched',
      state: this.#state,
      streams: this.#parts.streams.flowing(),
    });
  }

  lift(): void {
    this.#parts.world.ghost.touchedLift();
    this.#parts.widen(this.#parts.order().widen({ type: 'lift-pause' }));
  }

  /** Somebody at the cart says that the clinic needs it: the operator, or its own software. */
  raiseInterlock(source: InterlockSource): void {
    const { world } = this.#parts;
    world.ghost.interlockRaised();
    this.#parts.act(() => this.#parts.order().narrow({ type: 'raise-interlock', source }));
    this.#parts.interlockMark.set(source);
    world.reach('interlock raised');
    world.observe({
      is: 'interlock-raised',
      state: this.#state,
      streams: this.#parts.streams.flowing(),
    });
  }

  /** As `Session.liftInterlock` does: what outlives a stop goes before it is lifted, and comes back if it is not. */
  liftInterlock(): void {
    const { world, interlockMark, widen } = this.#parts;
    const order = this.#parts.order();
    world.ghost.touchedInterlockLift();
    const clear = async (): Promise<void> => interlockMark.clear();
    const lifted = order.widen({ type: 'lift-interlock' }, clear).finally(() => {
      const { interlock } = order.state;
      if (interlock !== undefined && order === this.#parts.order())
        interlockMark.set(interlock.source);
    });
    widen(lifted.then(() => world.reach('interlock lifted')));
  }

  end(reason: EndReason): void {
    const { world } = this.#parts;
    world.ghost.touchedEnd();
    this.#parts.act(() => this.#parts.order().narrow({ type: 'end', reason }));
    world.observe({
      is: 'end-touched',
      state: this.#state,
      streams: this.#parts.streams.flowing(),
    });
  }

  dismiss(): void {
    this.#parts.act(() => this.#parts.order().narrow({ type: 'dismiss' }));
  }

  get #state(): SessionState {
    return this.#parts.order().state;
  }
}
