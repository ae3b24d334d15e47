/**
 * Checks what the cart signed: a grant against the request that it answers, and a receipt against its grant.
 *
 * Nothing is opened on a grant that was not checked here.
 */
import type { SessionId, TechnicianId } from '@chaperone/domain/id/id.ts';
import {
  TYP,
  grantClaims,
  sessionReceiptClaims,
  watchGrantClaims,
} from '@chaperone/protocol/signed/claims.ts';
import type {
  GrantClaims,
  SessionReceiptClaims,
  WatchGrantClaims,
} from '@chaperone/protocol/signed/claims.ts';
import { readStatement } from '@chaperone/protocol/signed/statement.ts';
import type { CartIdentity } from '../tunnel/tunnel.ts';
import type { CheckedRequest } from './check-request.ts';
import { GrantInvalid } from './session-error.ts';
import type { GrantedSession } from './session-store.ts';

/** Reads a grant and finds the request that it answers. @throws GrantInvalid */
export async function checkGrant(
  jws: string,
  cart: CartIdentity,
  session: SessionId,
  requests: Iterable<CheckedRequest>,
): Promise<{ readonly claims: GrantClaims; readonly request: CheckedRequest }> {
  const claims = await readGrant(jws, cart);
  if (claims.session !== session) throw new GrantInvalid('The grant is for another session.');
  for (const request of requests) {
    if (answers(claims, request)) return { claims, request };
  }
  throw new GrantInvalid('The grant answers nothing that was asked.');
}

/** Reads a grant by the cart's key. @throws GrantInvalid */
export async function readGrant(jws: string, cart: CartIdentity): Promise<GrantClaims> {
  let claims: GrantClaims;
  try {
    claims = await readStatement(jws, TYP.grant, grantClaims, cart.key, cart.algorithm);
  } catch (cause) {
    throw new GrantInvalid("The grant is not signed by this cart's key.", { cause });
  }
  if (claims.iss !== cart.serial) throw new GrantInvalid('The grant names another cart.');
  return claims;
}

/** Reads a grant to watch, and finds that it answers a request. @throws GrantInvalid */
export async function checkWatchGrant(
  jws: string,
  cart: CartIdentity,
  watched: Pick<GrantedSession, 'session' | 'grant' | 'technician'>,
  { claims: asked, keyThumbprint }: CheckedRequest,
): Promise<WatchGrantClaims> {
  let claims: WatchGrantClaims;
  try {
    claims = await readStatement(jws, TYP.watchGrant, watchGrantClaims, cart.key, cart.algorithm);
  } catch (cause) {
    throw new GrantInvalid("The grant to watch is not signed by this cart's key.", { cause });
  }
  const isOfIt =
    claims.iss === cart.serial &&
    claims.session === watched.session &&
    claims.watches === watched.grant &&
    claims.jti !== watched.grant;
  const answers =
    claims.sub === asked.sub &&
    claims.sub !== watched.technician &&
    claims.name === asked.name &&
    claims.case === asked.case &&
    claims.caseNumber === asked.caseNumber &&
    claims.workstation === asked.iss &&
    claims.workstationKey === keyThumbprint;
  if (!isOfIt || !answers)
    throw new GrantInvalid('The grant to watch answers nothing that was asked.');
  return claims;
}

/** Gives the session that a checked grant begins, as it is kept. */
export function sessionOf(
  { claims, request }: { readonly claims: GrantClaims; readonly request: CheckedRequest },
  grantJWS: string,
  cart: CartIdentity,
  grantedUtcMs: number,
): GrantedSession {
  return {
    session: claims.session,
    grant: claims.jti,
    caseId: claims.case,
    cart: cart.serial,
    technician: claims.sub as TechnicianId,
    workstation: claims.workstation,
    workstationKey: request.keyThumbprint,
    cartKey: cart.keyThumbprint,
    grantJWS,
    grantedUtcMs,
  };
}

/** Reads a session's receipt by the cart's key. @throws GrantInvalid */
export async function checkReceipt(
  jws: string,
  cart: CartIdentity,
  session: SessionId,
): Promise<SessionReceiptClaims> {
  let claims: SessionReceiptClaims;
  try {
    const { key, algorithm } = cart;
    claims = await readStatement(jws, TYP.sessionReceipt, sessionReceiptClaims, key, algorithm);
  } catch (cause) {
    throw new GrantInvalid("The receipt is not signed by this cart's key.", { cause });
  }
  if (claims.iss !== cart.serial || claims.session !== session) {
    throw new GrantInvalid('The receipt is for another session.');
  }
  return claims;
}

function answers(grant: GrantClaims, { claims, keyThumbprint }: CheckedRequest): boolean {
  return (
    grant.sub === claims.sub &&
    grant.name === claims.name &&
    grant.case === claims.case &&
    grant.caseNumber === claims.caseNumber &&
    grant.workstation === claims.iss &&
    grant.workstationKey === keyThumbprint &&
    grant.activities.every((activity) => claims.activities.includes(activity))
  );
}
