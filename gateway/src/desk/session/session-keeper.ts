/**
 * Follows what each connected cart says of its session, and keeps what the desk knows of it (`live-cart.ts`).
 *
 * A new grant is checked, written to the ledger and the database, and only then believed; what ends a session takes
 * effect first. Everything about one cart happens in turn. It asks nothing on a technician's behalf: that is
 * `remote-sessions.ts`.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CaseId, SessionId, TechnicianId } from '@chaperone/domain/id/id.ts';
import type { EndReason } from '@chaperone/domain/session/state.ts';
import type { SessionView } from '@chaperone/protocol/cart-api/schema.ts';
import type { CartJournals } from '../../ledger/contract.ts';
import { RateLimit } from '../../platform/rate-limit/rate-limit.ts';
import type { Events } from '../events/events.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { Turns } from '../platform/turns.ts';
import type { ServiceCases } from '../service-case/service-case.ts';
import type { CartLink, Tunnel } from '../tunnel/tunnel.ts';
import type { DeidentificationRule } from '@chaperone/domain/deidentification/deidentification.ts';
import { CartMisbehaved, CartRefusal, CartUnreachable } from '../tunnel/tunnel.ts';
import { checkGrant, checkReceipt, sessionOf } from './check-grant.ts';
import { holdChanges, isFreed } from './hold-changes.ts';
import { Leases } from './leases.ts';
import { interruptedGrant, narrow, newLiveCart } from './live-cart.ts';
import type { EndByDesk, LiveCart, LiveGrant } from './live-cart.ts';
import { missingEnds, writeMissingEnds } from './missing-ends.ts';
import { putOffer } from './put-offer.ts';
import { readJournal } from './read-journal.ts';
import { writeEnd } from './session-end.ts';
import { GrantInvalid } from './session-error.ts';
import { SessionStore } from './session-store.ts';
import type { EndedSession, GrantedSession } from './session-store.ts';
import type { MayWatch } from './watches.ts';
import { Watches } from './watches.ts';

/** After its last view the cart waits 2 s for the desk to close (docs/protocol.md, section 6). */
const LAST_JOURNAL_MS = 1_500;
/** How long a cart may take to say goodbye after it was asked to end. */
const GOODBYE_MS = 5_000;
/** Pauses and ends of them that one session may tell: each is a fact. An operator's finger makes fewer. */
const PAUSES_BURST = 60;
const PAUSES_PER_SECOND = 0.2;
const SESSIONS_REMEMBERED_MAX = 2_000;

export interface SessionKeeperOptions {
  readonly tunnel: Tunnel;
  /** What a case promises of de-identification: it goes with each offer to the cart. */
  readonly ruleOf: (caseId: CaseId) => Promise<DeidentificationRule>;
  readonly cases: ServiceCases;
  readonly events: Events;
  readonly journals: CartJournals;
  /** Receipts and the ledger to remember, with a cart that has arrived or whose session has ended. Never throws. */
  readonly exchange: (link: CartLink) => Promise<void>;
  /** Whether technician and workstation are still in: a grant may come later than the end of either. */
  readonly mayHold: (
    session: Pick<GrantedSession, 'technician' | 'workstation'>,
  ) => Promise<boolean>;
  /** Whether what is shown is recorded (`../recording`): the operator is told before the consent. */
  readonly recordsScreen: boolean;
  readonly mayWatch: MayWatch;
}

export type SessionListener = (granted: GrantedSession) => void;

export class SessionKeeper {
  readonly store: SessionStore;
  readonly watches: Watches;
  readonly #context: DeskContext;
  readonly #options: SessionKeeperOptions;
  readonly #carts = new Map<string, LiveCart>();
  readonly #turns = new Turns();
  readonly #usable = new Set<SessionListener>();
  readonly #interrupted = new Set<SessionListener>();
  readonly #leases: Leases;
  readonly #pauses: RateLimit;
  readonly #offering = new Set<string>();
  readonly #dismissed = new WeakSet<CartLink>();
  #closed = false;

  constructor(context: DeskContext, options: SessionKeeperOptions) {
    this.#context = context;
    this.#options = options;
    this.store = new SessionStore(context.database);
    this.watches = new Watches(context, options.mayWatch);
    this.#leases = new Leases(context.clock);
    this.#pauses = new RateLimit({
      burst: PAUSES_BURST,
      perSecond: PAUSES_PER_SECOND,
      keysMax: SESSIONS_REMEMBERED_MAX,
      now: () => context.clock.monotonicMs(),
    });
    options.tunnel.onLink((link) =>
      this.#later(link.identity.serial, async () => await this.#arrive(link)),
    );
  }

  /** Every cart that has been heard of since the start. */
  carts(): Iterable<LiveCart> {
    return this.#carts.values();
  }

  /** Takes up the sessions that were running when the gateway stopped: each waits for its cart and technician. */
  async restore(): Promise<void> {
    const { ledger } = this.#context;
    for (const caseId of await this.#options.cases.store.unresolved()) {
      for (const fact of await missingEnds(ledger, this.store, caseId)) ledger.appendLater(fact);
    }
    for (const session of await this.store.running()) {
      const live = this.cart(session.cart);
      live.granted = interruptedGrant(session, this.#context.clock);
      if ((await this.#options.cases.get(session.caseId)).state !== 'open') {
        // Its technician had left, or nobody could have resolved the case: there is nothing to come back to.
        await this.#finish(live, live.granted, 'gateway-ended', null);
        continue;
      }
      this.#beginLease(live, live.granted);
      const ids = { sessionId: session.session, grantId: session.grant };
      this.#context.ledger.appendLater({ kind: 'session-interrupted', ...ids });
    }
  }

  /** Writes the ends that are missing of a case that is being resolved. */
  async writeMissingEnds(caseId: CaseId): Promise<void> {
    const granted = [...this.#carts.values()].flatMap((live) => live.granted ?? []);
    const held = new Set(granted.map(({ session }) => session.session));
    await writeMissingEnds(this.#context, this.store, caseId, held);
  }

  /** Tells when a granted session can be used: granted, or resumed after an interruption. */
  onUsable(listener: SessionListener): void {
    this.#usable.add(listener);
  }

  /** Tells when a session lost its connection or ended. */
  onInterrupted(listener: SessionListener): void {
    this.#interrupted.add(listener);
  }

  /** Puts the offer anew after something about a cart's case changed. */
  async caseChanged(cart: string): Promise<void> {
    const live = this.#carts.get(cart);
    if (live?.granted != null) return void (await this.#endIfResolving(live, live.granted));
    // One that waits for its turn shows what is true then; a cart that does not answer gathers no more of them.
    if (live?.link == null || this.#offering.has(cart)) return;
    this.#offering.add(cart);
    await this.run(cart, async () => {
      this.#offering.delete(cart);
      if (live.link !== null) await this.offer(live, live.link);
    });
  }

  close(): void {
    this.#closed = true;
    this.#leases.close();
  }

  /** A cart has connected, for the first time or again. */
  async #arrive(link: CartLink): Promise<void> {
    if (link.ended.aborted) return;
    const live = this.cart(link.identity.serial);
    const { hello } = link;
    const known = await this.store.find(hello.session);
    if (known !== null && known.cart !== live.serial) return link.close('SESSION_OF_ANOTHER_CART');
    live.link = link;
    live.view = null;
    const { granted } = live;
    if (granted !== null) {
      const continues =
        granted.session.session === hello.session && granted.session.grantJWS === hello.grant;
      if (continues) granted.link = 'returned';
      // The cart itself has begun a new session: the old one is over there already.
      else await this.#finish(live, granted, 'connection-lost', null);
    }
    if (live.granted === null) {
      live.ended = null;
      const stale = [...live.requests].filter(([, { claims }]) => claims.session !== hello.session);
      for (const [technician] of stale) live.requests.delete(technician);
    }
    // What it says waits for this turn to end, so nothing is missed and nothing overtakes.
    void this.#watch(live, link);
    void this.#reconcile(link);
    void this.#options.exchange(link);
    this.announce(live);
    if (live.granted === null && hello.phase === 'waiting') await this.offer(live, link);
  }

  async #watch(live: LiveCart, link: CartLink): Promise<void> {
    try {
      for await (const view of link.events()) {
        await this.run(live.serial, async () => {
          if (live.link === link) await this.#see(live, link, view);
        });
      }
    } catch (fault) {
      // What a cart did is written down by the tunnel; a database or disk that failed is ours to tell.
      const isOfCart = fault instanceof CartUnreachable || fault instanceof CartMisbehaved;
      if (!isOfCart && !this.#closed) {
        const cart = live.serial;
        this.#context.log.error({ cart, err: fault }, 'what a cart said could not be taken over');
      }
    }
    link.close('events-ended');
    this.#later(live.serial, async () => {
      if (live.link === link) await this.#lose(live);
    });
  }

  /** Takes the cart's word for what the session is now, as far as its signature reaches. */
  async #see(live: LiveCart, link: CartLink, view: SessionView): Promise<void> {
    if (view.session !== link.hello.session) return link.close('VIEW_OF_ANOTHER_SESSION');
    const before = live.view;
    if (view.ended !== null) return await this.#seeEnd(live, link, view.ended);
    // Told once that it is over; nothing else that it says is of use, or worth an entry each time.
    if (this.#dismissed.has(link)) return;
    if (view.phase !== 'waiting' && view.grant !== null && live.granted === null) {
      const known = await this.store.find(view.session);
      // It ended here while the cart was away: it is told why, and its receipt is kept.
      if (known !== null) return await this.#dismiss(link, 'technician-left');
      await this.#receive(live, link, view.grant);
    }
    const { granted } = live;
    if (view.phase !== 'waiting' && granted === null) return;
    const changes = granted === null ? [] : holdChanges(before, view);
    if (changes.length > 0 && !this.#pauses.take(view.session)) return link.close('PAUSES_FLOODED');
    live.view = view;
    if (granted !== null) {
      if (granted.leaving !== null) return await this.#tellEnd(link, granted.leaving);
      narrow(granted, view, this.#context.clock.monotonicMs());
      await this.watches.see(live, granted, link, view);
      const ids = { sessionId: granted.session.session, grantId: granted.session.grant };
      for (const kind of changes) {
        // A pause that ends before the technician has claimed the session lets nothing go on.
        if (kind === 'session-resumed' && granted.link !== 'up') continue;
        this.#context.ledger.appendLater({ kind, ...ids });
      }
      if (isFreed(changes, view) && granted.link === 'up')
        for (const listener of this.#usable) listener(granted.session);
    }
    this.announce(live);
  }

  /** Checks a new grant and records it; only then the session can be used. */
  async #receive(live: LiveCart, link: CartLink, jws: string): Promise<void> {
    const { identity, hello } = link;
    try {
      const checked = await checkGrant(jws, identity, hello.session, live.requests.values());
      const { claims } = checked;
      const found = await this.#options.cases.get(claims.case);
      const designated = found.designated.includes(claims.sub as TechnicianId);
      if (found.state !== 'open' || !designated)
        throw new GrantInvalid('The case does not allow this grant.');
      const session = sessionOf(checked, jws, identity, this.#context.clock.utcMs());
      const { session: sessionId, grant: grantId, caseId, technician: technicianId } = session;
      const { activities } = claims;
      const ids = { caseId, sessionId, technicianId, grantId, activities };
      await this.#context.ledger.append({ kind: 'grant-received', ...ids });
      await this.store.add(session);
      live.requests.clear();
      live.granted = { ...interruptedGrant(session, this.#context.clock), activities };
      live.granted.endsMonotonicMs = live.granted.signedEndMonotonicMs;
      // It may have been decided meanwhile to resolve the case, on the word that no session is running.
      if (await this.#endIfResolving(live, live.granted)) return;
      if (!(await this.#options.mayHold(session)))
        return await this.end(live, live.granted, 'gateway-ended');
      if (hello.phase === 'waiting') return this.becomeUsable(live, live.granted);
      // The connection broke right after the touch: the technician claims the session as after any other loss.
      live.granted.link = 'returned';
      this.#beginLease(live, live.granted);
    } catch (fault) {
      if (!(fault instanceof DomainError)) throw fault;
      const { serial: cart, certificateSerial } = identity;
      this.#context.ledger.appendLater({
        kind: 'cart-refused',
        cart,
        certificateSerial,
        code: fault.code,
      });
      await this.#dismiss(link, 'gateway-ended');
    }
  }

  becomeUsable(live: LiveCart, granted: LiveGrant): void {
    granted.link = 'up';
    this.#leases.stop(granted);
    live.link?.setInSession(true);
    for (const listener of this.#usable) listener(granted.session);
    this.announce(live);
  }

  /** The connection is gone. A granted session waits for its lease; anything else is simply over. */
  async #lose(live: LiveCart): Promise<void> {
    const { granted } = live;
    live.link = null;
    live.view = null;
    if (granted === null) {
      this.announce(live);
      return;
    }
    if (granted.leaving !== null) return await this.#finish(live, granted, granted.leaving, null);
    this.watches.over(live, granted, null);
    const wasUp = granted.link === 'up';
    granted.link = 'lost';
    this.#beginLease(live, granted);
    if (wasUp) {
      const ids = { sessionId: granted.session.session, grantId: granted.session.grant };
      this.#context.ledger.appendLater({ kind: 'session-interrupted', ...ids });
      for (const listener of this.#interrupted) listener(granted.session);
    }
    this.announce(live);
  }

  async #seeEnd(
    live: LiveCart,
    link: CartLink,
    ended: { readonly reason: EndReason; readonly receipt: string | null },
  ): Promise<void> {
    let receipt = ended.receipt;
    try {
      if (receipt !== null) await checkReceipt(receipt, link.identity, link.hello.session);
    } catch (fault) {
      receipt = null;
      const { serial: cart, certificateSerial } = link.identity;
      const code = fault instanceof DomainError ? fault.code : 'INTERNAL_FAULT';
      this.#context.ledger.appendLater({ kind: 'cart-refused', cart, certificateSerial, code });
    }
    const { granted } = live;
    const { session } = link.hello;
    // From here on the cart is gone for whoever asks; only its journal is still read.
    live.link = null;
    live.view = null;
    live.requests.clear();
    if (granted !== null) await this.#finish(live, granted, ended.reason, receipt);
    else if (receipt !== null) await this.#keepReceipt(session, ended.reason, receipt);
    if (live.ended === null) {
      const found = await this.#options.cases.store.openOf(live.serial);
      live.ended = { caseId: found?.id ?? null, reason: ended.reason };
    }
    this.announce(live);
    const last = Promise.all([this.#reconcile(link), this.#options.exchange(link)]);
    await Promise.race([
      last,
      new Promise((resolve) => setTimeout(resolve, LAST_JOURNAL_MS).unref()),
    ]);
    link.close('session-ended');
  }

  /** No session outlives its case. */
  async #endIfResolving(live: LiveCart, granted: LiveGrant): Promise<boolean> {
    const found = await this.#options.cases.store.find(granted.session.caseId);
    if (found?.state === 'open' || granted.leaving !== null) return false;
    await this.end(live, granted, 'case-resolved');
    return true;
  }

  /** Ends a session by the desk's own decision: over here at once, then the cart is told. */
  async end(live: LiveCart, granted: LiveGrant, reason: EndByDesk): Promise<void> {
    granted.leaving = reason;
    this.watches.over(live, granted, null);
    for (const listener of this.#interrupted) listener(granted.session);
    this.announce(live);
    const { link } = live;
    if (link !== null) return await this.#tellEnd(link, reason);
    await this.run(live.serial, async () => await this.#finish(live, granted, reason, null));
  }

  async #dismiss(link: CartLink, reason: EndByDesk): Promise<void> {
    this.#dismissed.add(link);
    await this.#tellEnd(link, reason);
  }

  async #tellEnd(link: CartLink, reason: EndByDesk): Promise<void> {
    try {
      await link.end(reason);
    } catch (fault) {
      // A cart that does not even take an end keeps no connection. Its own lease and limits end the rest.
      if (!(fault instanceof CartRefusal)) link.close('end-not-taken');
    }
    setTimeout(() => link.close('no-goodbye'), GOODBYE_MS).unref();
  }

  /**
   * Keeps a receipt that a cart has brought later: a broken connection had kept it from coming.
   * @returns the session once it has ended; null when it is none of that cart's
   * @throws GrantInvalid when the cart's key did not sign it
   */
  async keepLateReceipt(
    identity: CartLink['identity'],
    sessionId: SessionId,
    receipt: string,
  ): Promise<EndedSession | null> {
    // Not in the cart's turn: the end of a session, which is one, waits for what asks this.
    const known = await this.store.find(sessionId);
    if (known === null || known.cart !== identity.serial || !('receiptJWS' in known)) return null;
    if (known.receiptJWS !== null) return known;
    const { reason } = await checkReceipt(receipt, identity, sessionId);
    await this.#keepReceipt(sessionId, reason, receipt);
    return { ...known, receiptJWS: receipt };
  }

  /** A receipt of a session that ended here before its cart could say so. */
  async #keepReceipt(sessionId: SessionId, reason: EndReason, receipt: string): Promise<void> {
    const known = await this.store.find(sessionId);
    if (known === null || ('receiptJWS' in known && known.receiptJWS !== null)) return;
    await writeEnd(this.#context, this.store, known, reason, receipt);
  }

  async #finish(
    live: LiveCart,
    granted: LiveGrant,
    reason: EndReason,
    receipt: string | null,
  ): Promise<void> {
    const { session } = granted;
    this.watches.over(live, granted, null);
    if (live.granted === granted) live.granted = null;
    live.ended = { caseId: session.caseId, reason };
    live.link?.setInSession(false);
    this.#leases.stop(granted);
    for (const listener of this.#interrupted) listener(session);
    await writeEnd(this.#context, this.store, session, reason, receipt);
    this.#options.events.sessionChanged(session.caseId);
    this.announce(live);
  }

  async offer(live: LiveCart, link: CartLink): Promise<void> {
    const found = await this.#options.cases.store.openOf(live.serial);
    const shown = found && {
      ...found,
      deidentification: await this.#options.ruleOf(found.id),
    };
    const { recordsScreen } = this.#options;
    await putOffer(live, link, shown, this.#context.clock.monotonicMs(), recordsScreen);
  }

  async #reconcile(link: CartLink): Promise<void> {
    try {
      await readJournal(link, this.#options.journals);
    } catch (fault) {
      const cart = link.identity.serial;
      // A cart that ends its session takes no new requests; the rest is read when it comes again.
      if (fault instanceof CartUnreachable) return;
      this.#context.log.warn({ cart, err: fault }, "a cart's journal was not read to its end");
    }
  }

  #beginLease(live: LiveCart, granted: LiveGrant): void {
    this.#leases.begin(granted, () => {
      this.#later(live.serial, async () => {
        if (live.granted !== granted || granted.link === 'up') return;
        await this.#finish(live, granted, 'connection-lost', null);
        live.link?.close('lease-passed');
      });
    });
  }

  announce(live: LiveCart): void {
    this.#options.events.cartsChanged();
    void this.#options.cases.store
      .openOf(live.serial)
      .then((found) => {
        if (found !== null) this.#options.events.sessionChanged(found.id);
      })
      .catch((fault: unknown) =>
        this.#context.log.warn({ err: fault }, 'consoles could not be told of a change'),
      );
  }

  cart(serial: string): LiveCart {
    const known = this.#carts.get(serial) ?? newLiveCart(serial);
    this.#carts.set(serial, known);
    return known;
  }

  /** Runs what nobody waits for. What a cart did is its own affair; a fault of ours goes to the log. */
  #later(serial: string, work: () => Promise<void>): void {
    this.run(serial, work).catch((fault: unknown) => {
      if (this.#closed) return;
      if (fault instanceof DomainError)
        this.#context.log.warn({ cart: serial, code: fault.code }, 'a cart was lost');
      else this.#context.log.error({ cart: serial, err: fault }, 'a cart could not be served');
    });
  }

  async run<T>(serial: string, work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new CartUnreachable('The gateway is stopping.');
    return await this.#turns.take(serial, work);
  }
}
