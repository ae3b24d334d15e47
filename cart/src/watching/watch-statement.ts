/** What the cart signs for who watches: opens nothing but that, and for no longer than what is watched. */
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import type { WatchGrant } from '@chaperone/domain/watching/watching.ts';
import { watchGrantClaims } from '@chaperone/protocol/signed/claims.ts';
import type { WatchGrantClaims } from '@chaperone/protocol/signed/claims.ts';

/** Says a grant to watch as claims. @param nowMonotonicMs when it begins */
export function claimsOfWatchGrant(
  serial: CartSerial,
  grant: WatchGrant,
  nowMonotonicMs: number,
): WatchGrantClaims {
  return watchGrantClaims.parse({
    jti: grant.id,
    iss: serial,
    sub: grant.technician.id,
    name: grant.technician.name,
    session: grant.sessionId,
    case: grant.caseId,
    caseNumber: grant.caseNumber,
    workstation: grant.workstation.id,
    workstationKey: grant.workstation.keyThumbprint,
    watches: grant.watches,
    iat: Math.floor(grant.issuedUtcMs / 1000),
    durationS: Math.max(0, Math.floor((grant.endsMonotonicMs - nowMonotonicMs) / 1000)),
  });
}
