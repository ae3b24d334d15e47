/**
 * The desk's side of remote sessions, as `gateway/src/desk/session`: it asks, the cart decides.
 *
 * A grant is checked, written to the ledger and the database, and only then believed; what ends a session takes effect
 * first. Memory only, but for the sessions' rows: a new desk stands up after each crash.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { Grant } from '@chaperone/domain/consent/consent.ts';
import type { CaseId, SessionId, TechnicianId } from '@chaperone/domain/id/id.ts';
import type { EndReason } from '@chaperone/domain/session/state.ts';
import { DEFAULT_SESSION_LIMITS } from '@chaperone/domain/session/limits.ts';
import type { Technician, Workstations } from '../people/people.ts';
import type { Statement } from '../people/statement.ts';
import type { ToCart, ToDesk, View } from '../world/messages.ts';
import type { Connection, Network } from '../world/network.ts';
import type { World } from '../world/world.ts';
import type { Cases } from './cases.ts';
import type { GatewayDisk, SessionRow } from './gateway-disk.ts';

/** The cart counts the lease; the desk waits a little longer. */
const LEASE_MS = DEFAULT_SESSION_LIMITS.leaseMs + 5000;
const GOODBYE_MS = 5000;

export interface LiveGrant {
  readonly row: SessionRow;
  readonly opened: Set<Activity>;
  activities: readonly Activity[];
  isPaused: boolean;
  link: 'up' | 'lost' | 'returned';
  leaving: EndReason | null;
  lease: number;
}

export interface DeskOptions {
  readonly world: World;
  readonly disk: GatewayDisk;
  readonly network: Network;
  readonly workstations: Workstations;
  readonly cases: () => Cases;
  readonly usable: (session: SessionId) => void;
  readonly interrupted: (session: SessionId) => void;
  readonly tellCart: (connection: Connection, message: ToCart) => void;
}

export class Desk {
  readonly #options: DeskOptions;
  readonly #requests = new Map<TechnicianId, Statement>();
  #view: View | null = null;
  #helloPhase: View['phase'] = 'idle';
  link: Connection | null = null;
  granted: LiveGrant | null = null;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** Takes up the session that was running when the gateway stopped. */
  restore(): void {
    const running = [...this.#options.disk.sessions.values()].filter((row) => !row.hasEnded);
    for (const row of running) {
      this.granted = liveGrant(row);
      this.#beginLease(this.granted);
    }
  }

  inSession(caseId: CaseId): boolean {
    return this.granted?.row.caseId === caseId && this.granted.leaving === null;
  }

  sessionOf(session: SessionId): 'usable' | 'interrupted' | null {
    const { granted } = this;
    if (granted === null || granted.row.session !== session) return null;
    return granted.link === 'up' && granted.leaving === null ? 'usable' : 'interrupted';
  }

  hasAsked(technician: Technician): boolean {
    return this.#requests.has(technician.id);
  }

  /** Takes what the cart says over its connection. */
  take(connection: Connection, message: ToDesk): void {
    if (message.type === 'hello') return this.#arrive(connection, message.view);
    if (connection !== this.link) return;
    if (message.type === 'view') this.#see(connection, message.view);
    else if (message.type === 'resumed' && this.granted?.link === 'returned') {
      this.#becomeUsable(this.granted);
    }
  }

  lost(connection: Connection): void {
    if (this.link !== connection) return;
    this.link = null;
    this.#view = null;
    const { granted } = this;
    if (granted === null) return;
    if (granted.leaving !== null) return this.#finish(granted);
    granted.link = 'lost';
    this.#beginLease(granted);
    this.#options.interrupted(granted.row.session);
  }

  /** Passes a technician's signed request on to the cart. */
  request(technician: Technician, activities: readonly Activity[]): void {
    const { disk, workstations } = this.#options;
    const found = this.#options.cases().open;
    const { link } = this;
    if (link === null || this.granted !== null || !found?.designated.includes(technician.id))
      return;
    const statement = workstations.sign(technician, found.id, link, activities, null);
    disk.recordFirst(`session-requested ${statement.id}`, (fault) => {
      if (fault !== null || this.link !== link || this.granted !== null) return;
      this.#requests.set(technician.id, statement);
      this.offer();
    });
  }

  /** Claims an interrupted session for the same technician and workstation. */
  resume(technician: Technician): void {
    const { granted, link } = this;
    if (granted?.link !== 'returned' || link === null || !holds(granted, technician)) return;
    if (granted.leaving !== null) return;
    const { disk, workstations, tellCart } = this.#options;
    const { row } = granted;
    const { activities } = granted;
    const request = workstations.sign(technician, row.caseId, link, activities, row.grant);
    disk.recordFirst(`session-resumed ${row.grant}`, (fault) => {
      if (fault === null && this.link === link) tellCart(link, { type: 'resume', request });
    });
  }

  leave(technician: Technician): void {
    const { granted } = this;
    if (granted === null) {
      if (this.#requests.delete(technician.id)) this.offer();
    } else if (holds(granted, technician)) this.end(granted, 'technician-left');
  }

  /** No session outlives its case. */
  endIfResolving(): boolean {
    const { granted } = this;
    if (granted === null || granted.leaving !== null) return false;
    if (this.#options.disk.cases.get(granted.row.caseId)?.state === 'open') return false;
    this.end(granted, 'case-resolved');
    return true;
  }

  /** Over here at once; then the cart is told. */
  end(granted: LiveGrant, reason: 'technician-left' | 'case-resolved'): void {
    granted.leaving = reason;
    this.#options.interrupted(granted.row.session);
    if (this.link === null) this.#finish(granted);
    else this.#tellEnd(this.link, reason);
  }

  /**
   * Lets a technician use an activity, once its opening is in the ledger.
   * @param use what is done then, with the connection and the grant
   */
  open(
    session: SessionId | null,
    technician: TechnicianId,
    activity: Activity,
    use: (connection: Connection, grantId: string) => void,
  ): void {
    const { granted, link } = this;
    if (granted === null || link === null || granted.link !== 'up' || granted.leaving !== null)
      return;
    if (session !== null && granted.row.session !== session) return;
    if (granted.row.technician !== technician || granted.isPaused) return;
    if (!granted.activities.includes(activity)) return;
    const { world, disk } = this.#options;
    const { grant, caseId } = granted.row;
    const entry = `activity-opened ${grant} ${activity}`;
    if (granted.opened.has(activity)) {
      world.observe({ is: 'desk-acted', entry, caseId });
      return use(link, grant);
    }
    disk.recordFirst(entry, (fault) => {
      if (fault !== null) return;
      granted.opened.add(activity);
      // Time has passed: what was true above may have ended.
      this.open(granted.row.session, technician, activity, use);
    });
  }

  /** Puts the offer: the open case and who has asked. */
  offer(): void {
    const { link } = this;
    if (link === null || this.granted !== null) return;
    const found = this.#options.cases().open;
    const requests = [...this.#requests.values()].filter(({ caseId }) => caseId === found?.id);
    const offered = found === null ? null : { id: found.id, number: found.number, facility: 'F' };
    this.#options.tellCart(link, { type: 'offer', offered, requests });
  }

  #arrive(connection: Connection, view: View): void {
    if (this.link === connection) return;
    this.link = connection;
    this.#view = null;
    this.#helloPhase = view.phase;
    const { granted } = this;
    if (granted !== null) {
      const continues =
        granted.row.session === connection.session && granted.row.grant === view.grant?.id;
      if (continues) granted.link = 'returned';
      // The cart itself has begun a new session: the old one is over there already.
      else this.#finish(granted);
    }
    if (this.granted === null) {
      for (const [id, { session }] of this.#requests) {
        if (session !== connection.session) this.#requests.delete(id);
      }
    }
    this.#see(connection, view);
    if (this.granted === null && view.phase === 'waiting') this.offer();
  }

  #see(connection: Connection, view: View): void {
    if (this.#view !== null && view.sequence <= this.#view.sequence) return;
    if (view.ended !== null) return this.#seeEnd(connection);
    const isGranted = view.phase === 'granted' || view.phase === 'open';
    if (isGranted && view.grant !== null && this.granted === null) {
      // It ended here while the cart was away: it is told why.
      if (this.#options.disk.sessions.has(connection.session)) {
        return this.#tellEnd(connection, 'technician-left');
      }
      this.#receive(connection, view.grant);
    }
    this.#view = view;
    const { granted } = this;
    if (granted === null || !isGranted || view.grant === null) return;
    if (granted.leaving !== null) return this.#tellEnd(connection, granted.leaving);
    granted.activities = view.grant.activities;
    const isLifted = granted.isPaused && !view.paused;
    granted.isPaused = view.paused;
    if (isLifted && granted.link === 'up') this.#options.usable(granted.row.session);
  }

  /** Checks a new grant and records it; only then the session can be used. */
  #receive(connection: Connection, grant: Grant): void {
    const { disk, world } = this.#options;
    const found = disk.cases.get(grant.caseId);
    const asked = this.#requests.get(grant.technician.id);
    const isAnswer =
      asked?.session === grant.sessionId &&
      asked.keyThumbprint === grant.workstation.keyThumbprint &&
      grant.activities.every((each) => asked.activities.includes(each));
    if (!isAnswer || found?.state !== 'open' || !found.designated.includes(grant.technician.id)) {
      return this.#tellEnd(connection, 'gateway-ended');
    }
    const entry = `grant-received ${grant.id}`;
    disk.recordFirst(entry, (fault) => {
      if (fault !== null) return this.#tellEnd(connection, 'gateway-ended');
      if (this.granted !== null || disk.sessions.has(grant.sessionId)) return;
      const row = rowOf(grant);
      disk.sessions.set(row.session, row);
      this.#requests.clear();
      const granted = liveGrant(row);
      granted.activities = grant.activities;
      granted.isPaused = this.#view?.paused === true;
      this.granted = granted;
      // It may have been decided meanwhile to resolve the case, on the word that no session is running.
      if (this.endIfResolving()) return;
      world.observe({ is: 'desk-acted', entry, caseId: row.caseId });
      if (this.#helloPhase === 'waiting' && this.link === connection)
        return this.#becomeUsable(granted);
      granted.link = this.link === null ? 'lost' : 'returned';
      this.#beginLease(granted);
    });
  }

  #becomeUsable(granted: LiveGrant): void {
    granted.link = 'up';
    granted.lease += 1;
    this.#options.world.reach('desk usable');
    this.#options.usable(granted.row.session);
  }

  #seeEnd(connection: Connection): void {
    this.link = null;
    this.#view = null;
    this.#requests.clear();
    if (this.granted !== null) this.#finish(this.granted);
    this.#options.network.close(connection, 'desk');
  }

  #tellEnd(connection: Connection, reason: EndReason): void {
    const { world, network, tellCart } = this.#options;
    tellCart(connection, { type: 'end', reason });
    world.after(GOODBYE_MS, 'gateway', () => {
      if (!connection.isOpenAtDesk) return;
      network.close(connection, 'desk');
      this.lost(connection);
    });
  }

  #finish(granted: LiveGrant): void {
    granted.row.hasEnded = true;
    granted.lease += 1;
    if (this.granted === granted) this.granted = null;
    this.#options.interrupted(granted.row.session);
  }

  #beginLease(granted: LiveGrant): void {
    const { lease } = granted;
    this.#options.world.after(LEASE_MS, 'gateway', () => {
      if (this.granted !== granted || granted.lease !== lease || granted.link === 'up') return;
      this.#options.world.reach('desk lease passed');
      this.#finish(granted);
      const { link } = this;
      if (link === null) return;
      this.#options.network.close(link, 'desk');
      this.lost(link);
    });
  }
}

function holds({ row }: LiveGrant, { id, workstation }: Technician): boolean {
  return row.technician === id && row.workstation === workstation;
}

function liveGrant(row: SessionRow): LiveGrant {
  const none = { activities: [], isPaused: false, leaving: null, lease: 0 };
  return { row, opened: new Set(), link: 'lost', ...none };
}

function rowOf(grant: Grant): SessionRow {
  return {
    session: grant.sessionId,
    grant: grant.id,
    caseId: grant.caseId,
    technician: grant.technician.id,
    workstation: grant.workstation.id,
    key: grant.workstation.keyThumbprint,
    hasEnded: false,
  };
}
