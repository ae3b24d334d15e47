/** Signs and hands in whatever `nextSignature` says is owed, as long as the case is open in this window. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { DeskProblem } from '../api/ask.ts';
import { desk } from '../api/desk.ts';
import type { CaseDetail, Me, SessionDetail } from '../api/desk.ts';
import { queries, queryClient } from '../query/queries.ts';
import type { KeptWorkstation } from '../workstation/kept-workstation.ts';
import { signSessionRequest } from '../workstation/session-request.ts';
import { RENEW_AFTER_MS, nextSignature } from './next-signature.ts';
import type { Owed } from './next-signature.ts';
import { setWish, useWish, wishOf } from './wish.ts';

/** Before a request that did not get through is tried again, milliseconds. */
const TRY_AGAIN_MS = 2_000;
/** The cart or the session moved on while the signature was on its way: the next view says what to do. */
const PASSING: ReadonlySet<string> = new Set([
  'SESSION_REQUEST_STALE',
  'CART_UNREACHABLE',
  'DESK_UNREACHABLE',
]);

export interface Signatures {
  /** Why the last signature was not taken; null when it was. */
  readonly fault: unknown;
  readonly isSigning: boolean;
  readonly tryAgain: () => void;
}

/** Keeps a case's request alive and its interrupted session resumed. */
export function useSignatures(
  workstation: KeptWorkstation,
  me: Me,
  serviceCase: CaseDetail,
  session: SessionDetail | undefined,
): Signatures {
  const { id } = serviceCase;
  const wish = useWish(id);
  const [fault, setFault] = useState<unknown>(null);
  const [isSigning, setIsSigning] = useState(false);
  const [, setTurn] = useState(0);
  const busy = useRef(false);
  const resumed = useRef(new Set<string>());

  // A window that was loaded anew takes up what the desk still has of this technician.
  useEffect(() => {
    if (session === undefined) return;
    const { state, activities } = session;
    if (state === 'requested' && wishOf(id) === null) {
      setWish(id, { activities, signedMs: null, challenge: null });
    }
    if (state === 'granted' || state === 'open') setWish(id, null);
    // What was asked in that session is over with it; what was asked since waits for the next.
    if (state === 'ended' && wishOf(id)?.challenge != null) setWish(id, null);
  }, [id, session]);

  const handIn = useCallback(
    async ({ purpose, activities }: Owed, current: SessionDetail): Promise<void> => {
      const terms = [workstation, me, serviceCase, current, activities, purpose] as const;
      const jws = await signSessionRequest(...terms);
      const { challenge } = current;
      let answer: SessionDetail;
      if (purpose === 'resume') {
        resumed.current.add(challenge ?? '');
        answer = await desk.resumeSession(id, jws);
      } else {
        setWish(id, { activities, signedMs: performance.now(), challenge });
        answer = await desk.requestSession(id, jws);
        // Given up while it was on its way.
        if (wishOf(id) === null) answer = await desk.leaveSession(id);
      }
      queryClient.setQueryData(queries.session(id).queryKey, answer);
    },
    [workstation, me, serviceCase, id],
  );

  const perform = async (due: Owed, current: SessionDetail): Promise<void> => {
    busy.current = true;
    setIsSigning(true);
    try {
      await handIn(due, current);
    } catch (problem) {
      if (problem instanceof DeskProblem && PASSING.has(problem.code)) {
        resumed.current.delete(current.challenge ?? '');
        await queryClient.invalidateQueries({ queryKey: queries.session(id).queryKey });
        await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
      } else {
        setFault(problem);
      }
    }
    busy.current = false;
    setIsSigning(false);
  };

  // After every rendering: whatever changed, the rule looks again.
  useEffect(() => {
    if (session === undefined || busy.current || fault !== null) return;
    const owed = nextSignature(session, wish, resumed.current, performance.now());
    if (owed !== null) void perform(owed, session);
  });

  const isRequested = session?.state === 'requested';
  useEffect(() => {
    if (!isRequested || wish?.signedMs == null) return undefined;
    const dueMs = Math.max(0, wish.signedMs + RENEW_AFTER_MS - performance.now());
    const timer = setTimeout(() => setTurn((last) => last + 1), dueMs + 10);
    return () => clearTimeout(timer);
  }, [isRequested, wish]);

  return {
    fault,
    isSigning,
    tryAgain: () => {
      resumed.current.clear();
      setFault(null);
    },
  };
}
