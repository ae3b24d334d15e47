/**
 * A second technician who watches a session, as far as the desk has to do with it: it passes the request on, believes only what the
 * cart has signed, writes it into the ledger first, and forgets it as soon as the cart does. Decision 0054.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { WATCH_QUIET_MS, WatchAskedTooSoon } from '@chaperone/domain/watching/watching.ts';
import type { SessionView } from '@chaperone/protocol/cart-api/schema.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { Caller } from '../sign-in/sign-in.ts';
import type { CartLink } from '../tunnel/tunnel.ts';
import { CartMisbehaved, CartUnreachable } from '../tunnel/tunnel.ts';
import { checkWatchGrant } from './check-grant.ts';
import type { CheckedRequest } from './check-request.ts';
import { codeOf } from './live-cart.ts';
import type { LiveCart, LiveGrant, LiveWatch } from './live-cart.ts';
import type { GrantedSession } from './session-store.ts';

/** Whether a technician may still be let in, at that workstation, for that case. */
export type MayWatch = (
  session: Pick<GrantedSession, 'caseId' | 'technician' | 'workstation'>,
) => Promise<boolean>;

export class Watches {
  readonly #context: Pick<DeskContext, 'clock' | 'ledger' | 'log'>;
  readonly #mayWatch: MayWatch;
  readonly #over = new Set<(session: GrantedSession) => void>();

  constructor(context: Pick<DeskContext, 'clock' | 'ledger' | 'log'>, mayWatch: MayWatch) {
    this.#context = context;
    this.#mayWatch = mayWatch;
  }

  /** Tells when nobody watches a session any more. */
  onOver(listener: (session: GrantedSession) => void): void {
    this.#over.add(listener);
  }

  /** Has the operator asked. @throws WatchAskedTooSoon, LedgerUnavailable, CartRefusal, CartUnreachable, CartMisbehaved */
  async ask(
    live: LiveCart,
    granted: LiveGrant,
    link: CartLink,
    caller: Caller,
    request: CheckedRequest,
  ): Promise<void> {
    if (this.#context.clock.monotonicMs() < live.watchQuietUntilMonotonicMs)
      throw new WatchAskedTooSoon('The operator has just been asked. Wait a quarter of a minute.');
    await this.#context.ledger.append({
      kind: 'watch-asked',
      ...this.#ids(granted, caller.id),
      watchGrantId: null,
    });
    const { number, comparisonCode } = await link.askWatch(granted.session.grant, request.jws);
    // Somebody shows the operator another key, case or person than this technician's.
    if (comparisonCode !== codeOf(link.identity.keyThumbprint, request)) {
      await this.#tellOver(link);
      throw new CartMisbehaved('COMPARISON_CODE_DIFFERS');
    }
    const { id: technician, workstation } = caller;
    live.watch = { request, technician, workstation, number, grant: null, state: 'asked' };
  }

  /** Takes the cart's word for who watches, as far as its signature reaches. */
  async see(live: LiveCart, granted: LiveGrant, link: CartLink, view: SessionView): Promise<void> {
    const { watch: told } = view;
    const held = live.watch;
    if (told === undefined || told.grant === null) {
      if (held?.state === 'granted') return this.over(live, granted, null);
      const isAnswered = told !== undefined && !told.isAsked && held !== null;
      if (isAnswered && held.state === 'asked' && told.asks >= held.number) {
        live.watch = { ...held, state: 'refused' };
        this.#beQuiet(live);
      }
      return;
    }
    if (held?.state === 'granted') {
      if (!(await this.#isSame(told.grant, granted, link, held))) this.over(live, granted, link);
      return;
    }
    await this.#receive(live, granted, link, told.grant);
  }

  /**
   * Ends it here, at once.
   * @param link told as well; null: the cart knows
   */
  over(live: LiveCart, granted: LiveGrant | null, link: CartLink | null): void {
    const { watch } = live;
    live.watch = null;
    if (watch === null) return;
    if (watch.state === 'asked') this.#beQuiet(live);
    if (granted !== null) {
      for (const listener of this.#over) listener(granted.session);
      if (watch.state === 'granted')
        this.#context.ledger.appendLater({
          kind: 'watch-ended',
          ...this.#ids(granted, watch.technician),
          watchGrantId: watch.grant,
        });
    }
    if (link !== null && watch.state !== 'refused') void this.#tellOver(link);
  }

  async #receive(live: LiveCart, granted: LiveGrant, link: CartLink, jws: string): Promise<void> {
    const { watch } = live;
    const { session } = granted;
    try {
      if (watch === null) return await this.#tellOver(link);
      const claims = await checkWatchGrant(jws, link.identity, session, watch.request);
      const { technician, workstation } = watch;
      const isIn = await this.#mayWatch({ caseId: session.caseId, technician, workstation });
      if (!isIn || live.watch !== watch) return this.over(live, granted, link);
      await this.#context.ledger.append({
        kind: 'watch-granted',
        ...this.#ids(granted, technician),
        watchGrantId: claims.jti,
      });
      const granting: LiveWatch = { ...watch, state: 'granted', grant: claims.jti };
      if (live.watch === watch) live.watch = granting;
    } catch (fault) {
      if (!(fault instanceof DomainError)) throw fault;
      const { serial: cart, certificateSerial } = link.identity;
      this.#context.ledger.appendLater({
        kind: 'cart-refused',
        ...{ cart, certificateSerial, code: fault.code },
      });
      this.over(live, granted, link);
    }
  }

  async #isSame(
    jws: string,
    { session }: LiveGrant,
    link: CartLink,
    held: LiveWatch,
  ): Promise<boolean> {
    try {
      const { jti } = await checkWatchGrant(jws, link.identity, session, held.request);
      return jti === held.grant;
    } catch {
      return false;
    }
  }

  #beQuiet(live: LiveCart): void {
    live.watchQuietUntilMonotonicMs = this.#context.clock.monotonicMs() + WATCH_QUIET_MS;
  }

  #ids({ session }: LiveGrant, technicianId: LiveWatch['technician']) {
    const { caseId, session: sessionId, grant: grantId } = session;
    return { caseId, sessionId, grantId, technicianId };
  }

  async #tellOver(link: CartLink): Promise<void> {
    try {
      await link.leaveWatch();
    } catch (fault) {
      // Nothing is shown here any more; a cart that is away has ended it itself.
      if (fault instanceof CartUnreachable) return;
      const { serial: cart } = link.identity;
      this.#context.log.warn({ cart, err: fault }, 'a cart was not told that nobody watches');
    }
  }
}
