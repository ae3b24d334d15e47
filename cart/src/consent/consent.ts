/**
 * Checks what a technician's workstation has signed, before anything of it is shown to the operator.
 *
 * The gateway only carries session requests. Whether one is genuine, fresh and for exactly this session is decided
 * here, from the workstation root that was pinned at enrolment (docs/protocol.md section 7). What comes out can
 * be consented to; consenting is the operator's act and the domain's rule.
 */
import { createHash } from 'node:crypto';
import { isGrantable } from '@chaperone/domain/activity/activity.ts';
import type { SessionRequest } from '@chaperone/domain/consent/consent.ts';
import { isId, parseId } from '@chaperone/domain/id/id.ts';
import type {
  CartSerial,
  CaseId,
  GrantId,
  SessionId,
  TechnicianId,
} from '@chaperone/domain/id/id.ts';
import {
  sessionRequestClaims,
  SESSION_REQUEST_LIFE_S,
  TYP,
} from '@chaperone/protocol/signed/claims.ts';
import type { SessionRequestClaims } from '@chaperone/protocol/signed/claims.ts';
import { comparisonCode } from '@chaperone/protocol/signed/comparison-code.ts';
import { requestIdOf } from '@chaperone/protocol/signed/request-id.ts';
import { chainOf, readStatement } from '@chaperone/protocol/signed/statement.ts';
import { admitWorkstationCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import type { WorkstationCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { ClockSkewed, RequestInvalid, RequestStale, RequestUntrusted } from './refused.ts';
import { hasHiddenCharacters } from './shown-text.ts';

export { ClockSkewed, RequestInvalid, RequestStale, RequestUntrusted } from './refused.ts';
export { hasHiddenCharacters, markHiddenCharacters } from './shown-text.ts';

/** How far the cart's clock and a workstation's may differ, seconds. */
const CLOCK_TOLERANCE_S = 60;
/** How long a verified request is shown, by the monotonic clock. */
const SHOWN_FOR_MS = SESSION_REQUEST_LIFE_S * 1000;
/**
 * Different requests of one connection. An offer has at most eight at a time, and who waits renews theirs every few
 * minutes; each one that is shown is a line of the journal.
 */
const REMEMBERED_MAX = 128;

export interface VerifierOptions {
  readonly serial: CartSerial;
  readonly cartKeyThumbprint: string;
  /** DER of the pinned root of workstations. */
  readonly workstationAuthority: Uint8Array;
  readonly sessionId: SessionId;
  /** What this connection's hello gave out: 32 unpredictable bytes, base64url. */
  readonly challenge: string;
  /** Reading of the cart's monotonic clock when the challenge was made. */
  readonly challengeMonotonicMs: number;
  readonly monotonicMs: () => number;
  readonly utcMs: () => number;
}

/** What a request must be about. */
export interface Expected {
  readonly caseId: CaseId;
  readonly caseNumber: string;
  /** The grant that is to live on, when the session is resumed; null for a new request. */
  readonly resumes: GrantId | null;
  /** The grant whose session is to be watched by somebody else. */
  readonly watches?: GrantId;
}

/** Verifies the session requests of one connection. */
export class RequestVerifier {
  readonly #options: VerifierOptions;
  readonly #firstCame = new Map<string, number>();

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  /**
   * Verifies one request.
   * @param jws not trusted
   * @throws RequestUntrusted, RequestStale, RequestInvalid, ClockSkewed
   */
  async verify(jws: string, expected: Expected): Promise<SessionRequest> {
    const { serial, sessionId, challenge, cartKeyThumbprint } = this.#options;
    const certificate = this.#workstationOf(jws);
    const claims = await claimsOf(jws, certificate);
    if (claims.iss !== certificate.workstationId) {
      throw new RequestUntrusted('The request names another workstation than its certificate.');
    }
    if (
      claims.cart !== serial ||
      claims.session !== sessionId ||
      claims.challenge !== challenge ||
      claims.case !== expected.caseId ||
      claims.caseNumber !== expected.caseNumber ||
      claims.grant !== (expected.watches ?? expected.resumes) ||
      claims.purpose !== purposeOf(expected)
    ) {
      throw new RequestStale('The request was signed for another session, connection or case.');
    }
    this.#checkTimes(claims);
    const technicianId = technicianOf(claims);
    return {
      id: requestIdOf(jws),
      sessionId,
      caseId: claims.case,
      technician: { id: technicianId, name: claims.name },
      workstation: { id: certificate.workstationId, keyThumbprint: certificate.keyThumbprint },
      activities: claims.activities,
      comparisonCode: comparisonCode({
        cartKeyThumbprint,
        workstationKeyThumbprint: certificate.keyThumbprint,
        sessionId,
        caseId: claims.case,
        technicianId,
      }),
      expiresMonotonicMs: this.#firstCameMs(jws) + SHOWN_FOR_MS,
      deidentification: claims.deidentification ?? 'not-required',
    };
  }

  #workstationOf(jws: string): WorkstationCertificate {
    const { workstationAuthority, utcMs } = this.#options;
    try {
      const [leaf, root, third] = chainOf(jws).map((text) => Buffer.from(text, 'base64'));
      // An authority issues workstations directly; its own certificate may follow, nothing else.
      const isWhole =
        third === undefined && (root === undefined || root.equals(workstationAuthority));
      if (leaf === undefined || !isWhole) throw new RequestUntrusted('The chain is another one.');
      return admitWorkstationCertificate(leaf, workstationAuthority, utcMs());
    } catch (cause) {
      throw untrusted(cause);
    }
  }

  /**
   * Judges the dates of a request that is otherwise right. It signs this connection's challenge, so it was made after
   * that: a date before it shows that the clocks differ.
   */
  #checkTimes(claims: SessionRequestClaims): void {
    const { utcMs, monotonicMs, challengeMonotonicMs } = this.#options;
    const nowS = utcMs() / 1000;
    const { iat, exp } = claims;
    if (exp <= iat || exp - iat > SESSION_REQUEST_LIFE_S) {
      throw new RequestInvalid('The request is valid for longer than a request may be.');
    }
    // By the age of the challenge: somebody may have set the UTC clock since.
    const challengeS = nowS - (monotonicMs() - challengeMonotonicMs) / 1000;
    if (iat > nowS + CLOCK_TOLERANCE_S || iat < challengeS - CLOCK_TOLERANCE_S) {
      throw new ClockSkewed("The cart's clock and the workstation's differ by more than a minute.");
    }
    if (exp <= nowS - CLOCK_TOLERANCE_S) {
      throw new RequestStale('The request has expired. The technician has to ask again.');
    }
  }

  /** A request that is offered again is not shown for longer than one that is offered once. */
  #firstCameMs(jws: string): number {
    const nowMs = this.#options.monotonicMs();
    const name = createHash('sha256').update(signedPart(jws)).digest('base64url');
    const known = this.#firstCame.get(name);
    if (known !== undefined) return known;
    if (this.#firstCame.size >= REMEMBERED_MAX) {
      throw new RequestInvalid('Too many different requests came over one connection.');
    }
    this.#firstCame.set(name, nowMs);
    return nowMs;
  }
}

/** Gives what a request says without its signature: an ECDSA signature can be given another form without its key. */
export function signedPart(jws: string): string {
  return jws.slice(0, jws.lastIndexOf('.'));
}

function purposeOf({ resumes, watches }: Expected): SessionRequestClaims['purpose'] {
  if (watches !== undefined) return 'watch';
  return resumes === null ? 'request' : 'resume';
}

async function claimsOf(
  jws: string,
  certificate: WorkstationCertificate,
): Promise<SessionRequestClaims> {
  const algorithm = certificate.publicKey.asymmetricKeyType === 'rsa' ? 'PS256' : 'ES256';
  try {
    return await readStatement(
      jws,
      TYP.sessionRequest,
      sessionRequestClaims,
      certificate.publicKey,
      algorithm,
    );
  } catch (cause) {
    throw untrusted(cause);
  }
}

function technicianOf(claims: SessionRequestClaims): TechnicianId {
  if (!isId('technician', claims.sub)) throw new RequestInvalid('It names no technician.');
  if (hasHiddenCharacters(claims.name) || claims.name.trim() === '') {
    throw new RequestInvalid("The technician's name cannot be shown.");
  }
  if (!isGrantable(claims.activities)) {
    throw new RequestInvalid('It asks for activities that cannot be granted together.');
  }
  return parseId('technician', claims.sub);
}

/** One answer for whatever is wrong with certificate or signature. */
function untrusted(cause: unknown): RequestUntrusted {
  return new RequestUntrusted('The request is not from a licensed workstation.', { cause });
}
