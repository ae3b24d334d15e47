/** What is not as it should be at the service centre, above every page: no line, no directory, a machine that is behind. */
import { useQuery } from '@tanstack/react-query';
import { ShieldAlert, UserX, WifiOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { useIsLive } from '../query/live.tsx';
import { queries } from '../query/queries.ts';
import { useRoles } from '../route/signed-in.tsx';
import { formatSince } from '../words/format.ts';
import { STATE_WORDS } from '../words/place.ts';
import { WORDS } from '../words/words.ts';

/** Stands always, so that a screen reader hears what comes into it. */
export function DeskStrips(): ReactNode {
  const isLive = useIsLive();
  const { data } = useQuery(queries.deskState());
  const isAdministrator = useRoles().includes('administrator');
  const posture = isAdministrator ? (data?.gatewayPosture ?? []) : [];
  return (
    <div aria-live="polite">
      {!isLive && (
        <p className="strip strip--warning">
          <WifiOff aria-hidden className="icon" />
          {WORDS.offline}
        </p>
      )}
      {data !== undefined && !data.directory.reachable && (
        <p className="strip strip--warning">
          <UserX aria-hidden className="icon" />
          {awayText(data.directory.sinceUtcMs)}
        </p>
      )}
      {posture.length > 0 && (
        <p className="strip strip--warning">
          <ShieldAlert aria-hidden className="icon" />
          <span>
            {STATE_WORDS.posture} {posture.join(' ')}
          </span>
        </p>
      )}
    </div>
  );
}

function awayText(sinceUtcMs: number | null): string {
  return sinceUtcMs === null
    ? STATE_WORDS.directoryAwayNow
    : STATE_WORDS.directoryAway(formatSince(sinceUtcMs, Date.now()));
}
