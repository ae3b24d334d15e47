/** Who is signed in and which remote sessions run, and how an administrator ends one: at once, then written down. */
import { isId } from '@chaperone/domain/id/id.ts';
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { Commitment } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import type { liveSession } from '@chaperone/protocol/console-api/administration.ts';
import type { z } from 'zod';
import type { CaseReasons } from '../service-case/service-case.ts';
import type { RemoteSessions } from '../session/session.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import type { ActRecord } from './act-record.ts';
import { TargetUnknown } from './administration-error.ts';
import type { PageQuery } from './administration-lists.ts';
import type { Actor } from './reasons.ts';

export interface LiveActParts {
  readonly signIn: Pick<SignIn, 'live'>;
  readonly sessions: RemoteSessions;
  readonly record: ActRecord;
  /** Seals why a session was ended, with its case. */
  readonly caseReasons: Pick<CaseReasons, 'keep'>;
  readonly nameOf: (technician: TechnicianId) => string | null;
  /** The number of a case: all that an administrator sees of one. */
  readonly caseNumber: (caseId: string) => Promise<string | null>;
}

type Session = z.infer<typeof liveSession>;

export class LiveActs {
  readonly #parts: LiveActParts;

  constructor(parts: LiveActParts) {
    this.#parts = parts;
  }

  /** The longest first; there are never more than carts, so that they are chosen in memory. */
  async sessions({ q, page, size }: PageQuery): Promise<{
    readonly items: Session[];
    readonly total: number;
    readonly page: number;
    readonly size: number;
  }> {
    const { sessions, nameOf, caseNumber } = this.#parts;
    const all: Session[] = [];
    for (const { session, state } of sessions.running()) {
      all.push({
        id: session.session,
        cart: session.cart,
        caseNumber: await caseNumber(session.caseId),
        technicianName: nameOf(session.technician),
        state,
        sinceUtcMs: session.grantedUtcMs,
      });
    }
    const wanted = q.toLowerCase();
    const found = all
      .filter(({ cart, caseNumber: number, technicianName }) =>
        [cart, number ?? '', technicianName ?? ''].some((text) =>
          text.toLowerCase().includes(wanted),
        ),
      )
      .toSorted((a, b) => a.sinceUtcMs - b.sinceUtcMs || (a.id < b.id ? -1 : 1));
    const from = (page - 1) * size;
    return { items: found.slice(from, from + size), total: found.length, page, size };
  }

  /** @throws TargetUnknown */
  async endSession(id: string, reason: string, actor: Actor): Promise<void> {
    const { sessions, record, caseReasons } = this.#parts;
    const running = isId('session', id)
      ? sessions.running().find(({ session }) => session.session === id)
      : undefined;
    if (running === undefined) throw new TargetUnknown();
    const { session, caseId } = running.session;
    const about = { caseId, proposalId: session, act: 'end-session', ...actor, reason };
    const keep = async (): Promise<Commitment> => await caseReasons.keep(about);
    // Written down while the cart is told, which may take its time.
    await Promise.all([sessions.endOfSession(session), record.afterEndOf(session, actor, keep)]);
  }

  /** The remote session that they hold from there ends with it. @throws TargetUnknown */
  async endSignIn(id: string, reason: string, actor: Actor): Promise<void> {
    const { signIn, sessions, record } = this.#parts;
    const held = await signIn.live.store.endFull(id);
    if (held === null) throw new TargetUnknown();
    const { technicianId: target, workstation } = held;
    await Promise.all([
      sessions.endOfTechnicianAt(target, workstation),
      record.after({ act: 'end-sign-in', target, reason, ...actor }),
    ]);
  }
}
