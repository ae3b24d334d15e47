/**
 * Signs a technician's session request with this workstation's key: what the cart checks before it shows the
 * technician to the operator. See docs/protocol.md, section 7.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { SESSION_REQUEST_LIFE_S, TYP } from '@chaperone/protocol/signed/claims.ts';
import type { SessionRequestClaims } from '@chaperone/protocol/signed/claims.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import type { CaseDetail, Me, SessionDetail } from '../api/desk.ts';
import type { KeptWorkstation } from './kept-workstation.ts';

/**
 * @param session the desk's view: gives the cart's session and its current challenge
 * @param purpose `watch` asks to watch somebody else's session, whose grant is named; `resume` goes on with the grant of an interrupted session, with no more than it allowed
 */
export async function signSessionRequest(
  workstation: KeptWorkstation,
  { technician }: Me,
  serviceCase: Pick<CaseDetail, 'id' | 'number' | 'cart' | 'deidentification'>,
  session: Pick<SessionDetail, 'session' | 'challenge' | 'grant' | 'watching'>,
  activities: readonly Activity[],
  purpose: 'request' | 'resume' | 'watch',
): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    iss: workstation.id,
    sub: technician.id,
    name: technician.name,
    cart: serviceCase.cart,
    case: serviceCase.id,
    caseNumber: serviceCase.number,
    session: session.session ?? '',
    challenge: (purpose === 'watch' ? session.watching?.challenge : session.challenge) ?? '',
    purpose,
    grant: grantFor(purpose, session),
    activities: [...activities],
    deidentification: serviceCase.deidentification,
    iat,
    exp: iat + SESSION_REQUEST_LIFE_S,
  } satisfies Record<keyof SessionRequestClaims, unknown>;
  return await signStatement(
    TYP.sessionRequest,
    claims,
    workstation.privateKey,
    'ES256',
    workstation.chain,
  );
}

function grantFor(
  purpose: 'request' | 'resume' | 'watch',
  { grant, watching }: Pick<SessionDetail, 'grant' | 'watching'>,
): string | null {
  if (purpose === 'watch') return watching?.watches ?? null;
  return purpose === 'resume' ? grant : null;
}
