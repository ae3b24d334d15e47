/** What the desk knows of a second technician who watches a session, or wants to, and how it looks to one technician. */
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { sessionDetail } from '@chaperone/protocol/console-api/schema.ts';
import type { z } from 'zod';
import type { Caller } from '../sign-in/sign-in.ts';
import { codeOf, holds } from './live-cart.ts';
import type { LiveCart, LiveGrant, LiveWatch } from './live-cart.ts';

type WatchDetail = NonNullable<z.infer<typeof sessionDetail>['watching']>;

/** Tells whether a watch is a caller's, at the same workstation. */
export function isOf(watch: LiveWatch, caller: Pick<Caller, 'id' | 'workstation'>): boolean {
  return watch.technician === caller.id && watch.workstation === caller.workstation;
}

/** Shows it as one technician may see it. */
export function watchDetail(
  live: LiveCart,
  granted: LiveGrant,
  caller: Caller,
  nameOf: (technician: TechnicianId) => string | null,
): WatchDetail {
  const { link, watch } = live;
  const isMine = watch !== null && isOf(watch, caller);
  // That somebody else was refused is their own affair.
  const shown = watch === null || (watch.state === 'refused' && !isMine) ? null : watch;
  const mayAsk =
    link !== null &&
    link.knowsWatching &&
    granted.link === 'up' &&
    !holds(granted.session, caller) &&
    shown?.state !== 'asked' &&
    shown?.state !== 'granted';
  const state = link !== null && !link.knowsWatching ? 'unknown' : (shown?.state ?? 'nobody');
  const isAsked = isMine && shown?.state === 'asked' && link !== null;
  return {
    state,
    isMine,
    name: shown === null || isMine ? null : nameOf(shown.technician),
    challenge: mayAsk ? link.hello.challenge : null,
    watches: mayAsk ? granted.session.grant : null,
    comparisonCode: isAsked ? codeOf(link.identity.keyThumbprint, shown.request) : null,
  };
}
