/**
 * Checks a technician's signed session request before it is passed on (docs/protocol.md, section 7).
 *
 * The cart checks it again, from its own pins; the desk checks so that a mistake is told here and so that nobody
 * requests in somebody else's name. The private key never leaves the workstation.
 */
import { isGrantable } from '@chaperone/domain/activity/activity.ts';
import type { SessionId } from '@chaperone/domain/id/id.ts';
import {
  SESSION_REQUEST_LIFE_S,
  TYP,
  sessionRequestClaims,
} from '@chaperone/protocol/signed/claims.ts';
import type { DeidentificationRule } from '@chaperone/domain/deidentification/deidentification.ts';
import type { SessionRequestClaims } from '@chaperone/protocol/signed/claims.ts';
import { chainOf, readStatement } from '@chaperone/protocol/signed/statement.ts';
import { admitWorkstationCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import type { StoredCase } from '../service-case/service-case.ts';
import type { Caller } from '../sign-in/sign-in.ts';
import { SessionRequestInvalid, SessionRequestStale } from './session-error.ts';

/** How far a workstation's clock may be off, seconds. */
const CLOCK_SKEW_S = 60;

export interface CheckedRequest {
  readonly jws: string;
  readonly claims: SessionRequestClaims;
  readonly keyThumbprint: string;
  readonly certificateSerial: string;
}

export interface RequestTerms {
  readonly caller: Caller;
  readonly serviceCase: StoredCase;
  readonly session: SessionId;
  readonly challenge: string;
  readonly purpose: 'request' | 'resume' | 'watch';
  /** DER. */
  readonly workstationRoot: Uint8Array;
  readonly isRevoked: (certificateSerial: string) => Promise<boolean>;
  readonly nowMs: number;
  /** The rule of the case. */
  readonly deidentification: DeidentificationRule;
}

/** Checks who signed what, for whom. @throws SessionRequestInvalid, SessionRequestStale */
export async function checkRequest(jws: string, terms: RequestTerms): Promise<CheckedRequest> {
  const { caller, serviceCase } = terms;
  const certificate = readCertificateOf(jws, terms);
  if (await terms.isRevoked(certificate.certificateSerialHex)) {
    throw new SessionRequestInvalid("This workstation's certificate is not in force.");
  }
  const key = certificate.publicKey;
  const claims = await readClaims(jws, key);
  const refuseUnless = (holds: boolean, what: string): void => {
    if (!holds) throw new SessionRequestInvalid(`The session request does not fit: ${what}.`);
  };
  refuseUnless(certificate.workstationId === claims.iss, 'another workstation signed it');
  refuseUnless(claims.iss === caller.workstation, 'you signed in at another workstation');
  refuseUnless(
    claims.sub === caller.id && claims.name === caller.name,
    'it names another technician',
  );
  refuseUnless(claims.case === serviceCase.id, 'it names another case');
  refuseUnless(claims.caseNumber === serviceCase.number, 'it names another case number');
  refuseUnless(
    (claims.deidentification ?? 'not-required') === terms.deidentification,
    'it names another rule of de-identification',
  );
  refuseUnless(claims.cart === serviceCase.cart, 'it names another cart');
  refuseUnless(claims.purpose === terms.purpose, 'it is for another purpose');
  refuseUnless(isGrantable(claims.activities), 'its activities cannot be granted');
  const nowS = terms.nowMs / 1000;
  refuseUnless(claims.iat <= nowS + CLOCK_SKEW_S, "the workstation's clock is ahead");
  refuseUnless(claims.exp > nowS - CLOCK_SKEW_S, 'it has expired');
  refuseUnless(claims.exp - claims.iat <= SESSION_REQUEST_LIFE_S, 'it lives too long');
  if (claims.session !== terms.session || claims.challenge !== terms.challenge) {
    throw new SessionRequestStale('The cart has connected anew since this was signed.');
  }
  return {
    jws,
    claims,
    keyThumbprint: certificate.keyThumbprint,
    certificateSerial: certificate.certificateSerialHex,
  };
}

function readCertificateOf(jws: string, { workstationRoot, nowMs }: RequestTerms) {
  try {
    const [leaf = ''] = chainOf(jws);
    return admitWorkstationCertificate(Buffer.from(leaf, 'base64'), workstationRoot, nowMs);
  } catch (cause) {
    throw new SessionRequestInvalid(
      'The session request is not signed by a licensed workstation.',
      { cause },
    );
  }
}

async function readClaims(
  jws: string,
  key: Parameters<typeof readStatement>[3],
): Promise<SessionRequestClaims> {
  try {
    return await readStatement(jws, TYP.sessionRequest, sessionRequestClaims, key, 'ES256');
  } catch (cause) {
    throw new SessionRequestInvalid(
      'The session request is not signed by a licensed workstation.',
      { cause },
    );
  }
}
