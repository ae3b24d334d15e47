/**
 * The cart: its process, its session and what the operator and the gateway ask of it.
 *
 * What is allowed is decided by the rules alone; the agent brings them together as `cart/src/session` and
 * `cart/src/tunnel` do. A crash leaves the journal and nothing else.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { Instant } from '@chaperone/domain/clock/instant.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import { NOTICE_VERSION } from '@chaperone/domain/notice/notice.ts';
import type { SessionBounds } from '@chaperone/domain/session/bounds.ts';
import type { SessionLimits } from '@chaperone/domain/session/limits.ts';
import { isInSession } from '@chaperone/domain/session/state.ts';
import type { SessionState } from '@chaperone/domain/session/state.ts';
import type { Order } from '../rules/rules.ts';
import { DurableLog } from '../world/durable-log.ts';
import type { Ask, ToCart, ToDesk, View } from '../world/messages.ts';
import type { Connection, Network } from '../world/network.ts';
import type { World } from '../world/world.ts';
import { CartFiles } from './cart-files.ts';
import { Dialler, sessionToDial } from './dialler.ts';
import { InterlockMark, OperatorPanel } from './operator-panel.ts';
import { RequestCheck } from './request-check.ts';
import { SessionTimer } from './session-timer.ts';
import { Streams } from './streams.ts';
import { viewOf } from './view.ts';

/** The cart waits so long for the desk to close after its last view. */
const GOODBYE_MS = 2000;
/** How often moved bytes are taken as a sign of activity. */
const ACTIVITY_TAKEN_EVERY_MS = 1000;

export interface CartOptions {
  readonly world: World;
  readonly network: Network;
  readonly limits: SessionLimits;
  readonly tellDesk: (connection: Connection, message: ToDesk) => void;
  readonly isDeskUp: () => boolean;
  /** The facility's policy as it is now. */
  readonly bounds: () => SessionBounds;
}

export class CartAgent {
  readonly journal: DurableLog<JournalFact>;
  readonly files: CartFiles;
  readonly streams: Streams;
  readonly panel: OperatorPanel;
  readonly #options: CartOptions;
  readonly #dialler: Dialler;
  readonly #interlockMark = new InterlockMark();
  readonly #timer: SessionTimer;
  #order: Order;
  #check: RequestCheck | null = null;
  #connection: Connection | null = null;
  #begun = new Set<Activity>();
  #made = 0;
  #views = 0;
  #bootMs = 0;
  isUp = true;

  constructor(options: CartOptions) {
    this.#options = options;
    const { world } = options;
    this.journal = new DurableLog(world, 'cart', (fact) => world.ghost.journalled(fact));
    this.streams = new Streams(world, {
      state: () => this.state,
      now: () => this.now(),
      stillActive: () => this.#stillActive(),
    });
    this.panel = new OperatorPanel({
      world,
      streams: this.streams,
      order: () => this.#order,
      interlockMark: this.#interlockMark,
      bounds: options.bounds,
      newId: (prefix) => this.#id(prefix),
      act: (act) => this.#act(act),
      widen: (act) => this.#widen(act),
    });
    this.files = new CartFiles(world, this.streams, (message) => this.#tell(message));
    this.#dialler = new Dialler({
      world,
      network: options.network,
      isDeskUp: options.isDeskUp,
      wants: () => (this.isUp && this.#connection === null ? sessionToDial(this.state) : null),
      failed: (code, isFinal) => this.#dialFailed(code, isFinal),
      connected: (connection) => this.#connected(connection),
    });
    this.#timer = new SessionTimer(world, {
      deadlineMs: () => this.#deadlineMs(),
      tick: () => this.tick(),
    });
    this.#order = this.#newOrder();
    options.network.lostAtCart = (connection) => this.#lost(connection);
  }

  get state(): SessionState {
    return this.#order.state;
  }

  now(): Instant {
    const { world } = this.#options;
    return { monotonicMs: world.nowMs - this.#bootMs, utcMs: world.utcMs };
  }

  /** Its timers are late until then. */
  lateTimersUntil(untilMs: number): void {
    this.#timer.lateUntilMs = untilMs;
  }

  /** Takes what came over a connection. */
  take(connection: Connection, message: ToCart): void {
    if (!this.isUp) return;
    const { world } = this.#options;
    if (message.type === 'hello') return this.#hello(connection);
    if (connection !== this.#connection || this.#check === null) return;
    switch (message.type) {
      case 'offer':
        return this.#offer(message, this.#check);
      case 'resume':
        world.ghost.cameToResume(message.request, world.nowMs);
        return this.#resume(message.request, this.#check);
      case 'ask':
        return this.#widen(this.#asked(message.ask));
      case 'end':
        return this.panel.end(message.reason);
    }
  }

  /** The process dies, and comes back after a while; with the machine its monotonic clock begins anew. */
  crash(downMs: number, isReboot: boolean): void {
    if (!this.isUp) return;
    const { world, network } = this.#options;
    this.isUp = false;
    world.kill('cart');
    this.journal.crash();
    world.ghost.cartDied(this.#interlockMark.source !== null);
    this.streams.forget();
    this.files.forget();
    const connection = this.#connection;
    this.#connection = null;
    if (connection !== null) network.close(connection, 'cart');
    this.#order = this.#newOrder();
    this.#timer.stop();
    this.#dialler.stop();
    world.after(downMs, 'world', () => {
      this.isUp = true;
      if (isReboot) this.#bootMs = world.nowMs;
      void this.#recover();
      world.stir();
    });
  }

  /** Ends in the journal what the stop cut off. */
  async #recover(): Promise<void> {
    const { source } = this.#interlockMark;
    if (source !== null) this.#order.narrow({ type: 'raise-interlock', source });
    const left = await this.#options.world.rules.unfinishedSession(this.journal);
    if (left === null) return;
    this.journal.appendLater([{ kind: 'session-ended', ...left, reason: 'agent-stopped' }]);
    this.#options.world.reach('end agent-stopped');
  }

  #newOrder(): Order {
    const { world } = this.#options;
    const order = world.rules.order({
      journal: this.journal,
      now: () => this.now(),
      limits: this.#options.limits,
      noticeVersion: NOTICE_VERSION,
      bounds: this.#options.bounds,
      step: world.rules.step,
      onTaken: (state, previous) => {
        // Of a process that has died meanwhile nothing is heard.
        if (this.#order === order) this.#taken(state, previous);
      },
    });
    return order;
  }

  #taken(state: SessionState, previous: SessionState): void {
    const { world } = this.#options;
    world.observe({ is: 'taken', previous, state });
    world.ghost.follow(previous, state, world.nowMs);
    if (state.phase !== previous.phase) world.reach(`phase ${state.phase}`);
    if (state.phase === 'dialling' && previous.phase === 'notice') this.#begun = new Set();
    if (state.phase === 'ended') {
      world.reach(`end ${state.reason}`);
      this.streams.cutAll();
    } else this.streams.review();
    this.#tell({ type: 'view', view: this.#viewed() });
    if (state.phase === 'ended') this.#sayGoodbye();
    this.#dialler.look();
    this.#timer.schedule();
  }

  #sayGoodbye(): void {
    const connection = this.#connection;
    if (connection === null) return;
    const { world, network } = this.#options;
    world.after(GOODBYE_MS, 'cart', () => {
      if (this.#connection !== connection) return;
      this.#connection = null;
      network.close(connection, 'cart');
    });
  }

  #hello(connection: Connection): void {
    if (this.#connection !== null) return;
    const { world } = this.#options;
    const { state } = this;
    const { session } = connection;
    if (!('sessionId' in state) || state.sessionId !== session || state.phase === 'ended') return;
    this.#connection = connection;
    const { signed } = world.ghost;
    this.#check = new RequestCheck(connection, (each) => signed.get(each.id) === each);
    world.ghost.linkUp(connection.challenge);
    this.#act(() => this.#order.narrow({ type: 'link-up' }));
    this.#tell({ type: 'hello', view: this.#viewed() });
  }

  #connected(connection: Connection): void {
    this.#options.network.send(connection, 'cart', () => this.take(connection, { type: 'hello' }));
  }

  #lost(connection: Connection): void {
    if (this.#connection !== connection) return this.#dialler.look();
    this.#connection = null;
    const { world } = this.#options;
    world.ghost.linkLost(world.nowMs);
    this.streams.cutAll();
    this.#act(() => this.#order.narrow({ type: 'link-lost' }));
    this.#dialler.look();
  }

  #dialFailed(failure: string, isFinal: boolean): void {
    this.#act(() => this.#order.narrow({ type: 'dial-failed', failure }));
    if (isFinal) this.panel.end('gateway-refused');
  }

  #offer(message: Extract<ToCart, { readonly type: 'offer' }>, check: RequestCheck): void {
    if (this.state.phase !== 'waiting') return;
    const { world } = this.#options;
    const { offered } = message;
    const requests = message.requests.flatMap((statement) => {
      world.ghost.cameInOffer(statement, offered?.id ?? null, world.nowMs);
      if (offered === null) return [];
      const expected = { caseId: offered.id, resumes: null };
      try {
        return [check.verify(statement, expected, this.now().monotonicMs)];
      } catch (fault) {
        this.#refused(fault);
        return [];
      }
    });
    this.#act(() => this.#order.narrow({ type: 'offer', offered, requests }));
  }

  #resume(statement: Parameters<RequestCheck['verify']>[0], check: RequestCheck): void {
    const { state } = this;
    if (!isInSession(state) || state.link.is !== 'returned') return;
    const expected = { caseId: state.grant.caseId, resumes: state.grant.id };
    this.#act(() => {
      const request = check.verify(statement, expected, this.now().monotonicMs);
      const resumed = this.#order.widen({ type: 'resume-proven', request });
      this.#widen(resumed.then(() => this.#tell({ type: 'resumed' })));
    });
  }

  /** As `Session.begin` and the routes of `cart/src/tunnel` do: admitted, recorded, admitted again. */
  async #asked(ask: Ask): Promise<void> {
    const { world } = this.#options;
    const order = this.#order;
    try {
      world.rules.admit(this.state, ask, this.now());
      if (!this.#begun.has(ask.activity)) {
        await order.widen({ type: 'begin-activity', ask });
        this.#begun.add(ask.activity);
        world.ghost.active(world.nowMs);
      }
      world.rules.admit(this.state, ask, this.now());
    } catch (fault) {
      const transfer = ask.fetch?.transfer ?? ask.inbox?.transfer ?? null;
      if (fault instanceof DomainError) this.#tell({ type: 'refused', code: fault.code, transfer });
      throw fault;
    }
    if (this.#order !== order) return;
    world.reach(`activity ${ask.activity}`);
    const { grantId, activity, by } = ask;
    world.observe({ is: 'admitted', grantId, activity, by });
    if (ask.fetch !== undefined) this.files.open(ask, ask.fetch);
    else if (ask.inbox !== undefined) this.files.receive(ask, ask.inbox);
    else this.streams.open(ask);
  }

  #viewed(): View {
    this.#views += 1;
    return viewOf(this.state, this.#views);
  }

  #stillActive(): void {
    const { world } = this.#options;
    const { state } = this;
    if (!isInSession(state)) return;
    if (this.now().monotonicMs - state.lastActivityMonotonicMs < ACTIVITY_TAKEN_EVERY_MS) return;
    world.ghost.active(world.nowMs);
    this.#act(() => this.#order.narrow({ type: 'still-active' }));
  }

  #tell(message: ToDesk): void {
    const connection = this.#connection;
    if (connection !== null) this.#options.tellDesk(connection, message);
  }

  /** Does what the rules may refuse. */
  #act(act: () => void): void {
    try {
      act();
    } catch (fault) {
      this.#refused(fault);
    }
  }

  #widen(act: Promise<void>): void {
    this.#options.world.stir();
    act.catch((fault: unknown) => this.#refused(fault));
  }

  #refused(fault: unknown): void {
    const { world } = this.#options;
    if (fault instanceof DomainError) world.reach(`refused ${fault.code}`);
    else world.note('cart', `fault: ${String(fault)}`);
  }

  tick(): void {
    if (!this.isUp) return;
    const { world } = this.#options;
    this.#act(() => this.#order.narrow({ type: 'tick' }));
    world.observe({ is: 'ticked', state: this.state });
    this.#timer.schedule();
  }

  /** When the session's clock has something to say next, by the world's clock. */
  #deadlineMs(): number | null {
    const { world, limits, bounds } = this.#options;
    const { closesMonotonicMs } = bounds();
    const deadlineMs = world.rules.nextDeadlineMs(this.state, limits, closesMonotonicMs);
    return deadlineMs === null ? null : deadlineMs + this.#bootMs;
  }

  #id(prefix: string): string {
    this.#made += 1;
    return `${prefix}-${this.#made}`;
  }
}
