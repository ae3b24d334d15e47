/** What is not as it should be at the service centre, above every page: no line, no directory, a machine that is behind. */
import { useQuery } from '@tanstack/react-query';
import { CloudOff, ShieldAlert, ShieldOff, UserX, WifiOff } from 'lucide-react';
import type { ReactNode } from 'react';
import type { DeskState } from '../api/own-account.ts';
import { useIsLive } from '../query/live.tsx';
import { queries } from '../query/queries.ts';
import { useRoles } from '../route/signed-in.tsx';
import { formatSince } from '../words/format.ts';
import { STATE_WORDS } from '../words/place.ts';
import { QUARANTINE_WORDS } from '../words/quarantine.ts';
import { WORDS } from '../words/words.ts';

/** Stands always, so that a screen reader hears what comes into it. */
export function DeskStrips(): ReactNode {
  const isLive = useIsLive();
  const { data } = useQuery(queries.deskState());
  const isAdministrator = useRoles().includes('administrator');
  const siem = data?.siem;
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
      {data?.scanner != null && (
        <p className="strip strip--warning">
          <ShieldOff aria-hidden className="icon" />
          {QUARANTINE_WORDS.scanner[data.scanner]}
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
      {siem?.trouble != null && (
        <p className="strip strip--warning">
          <CloudOff aria-hidden className="icon" />
          <span>{siemText(siem)}</span>
        </p>
      )}
    </div>
  );
}

type SiemState = NonNullable<DeskState['siem']>;

function siemText({ confirmed, size, trouble, troubleSinceUtcMs }: SiemState): string {
  const troubles: Readonly<Record<string, string | undefined>> = STATE_WORDS.siemTroubles;
  const since = formatSince(troubleSinceUtcMs ?? Date.now(), Date.now());
  const waiting = STATE_WORDS.siem(Math.max(0, size - confirmed), since);
  return `${waiting} ${troubles[trouble ?? ''] ?? ''}`;
}

function awayText(sinceUtcMs: number | null): string {
  return sinceUtcMs === null
    ? STATE_WORDS.directoryAwayNow
    : STATE_WORDS.directoryAway(formatSince(sinceUtcMs, Date.now()));
}
