/**
 * Tells the gateway how current this computer is: reads it from the machine, signs it with the program's key, sends it.
 *
 * What is not known is sent as such; the gateway judges (docs/decisions/0011-posture.md). Called often, it costs a few seconds
 * of this machine; it suits a timer that runs hourly. Enrolling and renewing report as well.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { Posture } from '@chaperone/domain/posture/posture.ts';
import { readPosture } from '@chaperone/host/posture.ts';
import type { PostureAnswer } from '@chaperone/protocol/console-api/workstation-posture.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import { POSTURE_REPORT_LIFE_S } from '@chaperone/protocol/signed/posture-claims.ts';
import type { PostureClaims } from '@chaperone/protocol/signed/posture-claims.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { askAboutMe, sendReport } from '../gateway/routes.ts';
import { loadIdentity } from '../identity/identity.ts';
import type { Identity } from '../identity/identity.ts';
import { IdentityExpired } from '../identity/identity-error.ts';
import type { Trouble } from './workstation-state.ts';

export interface SendOptions {
  readonly signal: AbortSignal;
  /** Reads the machine; this one unless a test brings its own. */
  readonly read?: () => Promise<Posture>;
  /** UTC. */
  readonly nowMs?: () => number;
}

export interface ReportOptions extends SendOptions {
  readonly directory: string;
}

export interface Reported {
  readonly posture: Posture;
  readonly judgement: PostureAnswer['judgement'];
}

/** @throws NotEnrolled, IdentityDamaged, IdentityExpired, what the gateway refuses with, and the signal's reason */
export async function report(options: ReportOptions): Promise<Reported> {
  const { directory, nowMs = Date.now } = options;
  const identity = await loadIdentity(directory);
  if (nowMs() > identity.notAfterMs) throw new IdentityExpired(identity.notAfterMs);
  return await reportAs(identity, options);
}

/** A report beside something else, which it must not undo. Neither: the gateway asks for none. */
export interface Attempted {
  readonly reported: Reported | null;
  readonly trouble: Trouble | null;
}

/**
 * Reports after an enrolment or a renewal, which stays good when that fails; where the gateway asks for no report, this machine
 * is left in peace.
 * @throws the signal's reason
 */
export async function tryReport(identity: Identity, options: SendOptions): Promise<Attempted> {
  try {
    const { posture } = await askAboutMe(identity, options.signal);
    const reported = posture === null ? null : await reportAs(identity, options);
    return { reported, trouble: null };
  } catch (fault) {
    options.signal.throwIfAborted();
    if (!(fault instanceof DomainError)) throw fault;
    return { reported: null, trouble: { code: fault.code, sentence: fault.message } };
  }
}

async function reportAs(identity: Identity, options: SendOptions): Promise<Reported> {
  const { signal, read = readPosture, nowMs = Date.now } = options;
  const posture = await read();
  const statement = await signReport(identity, posture, nowMs());
  return { posture, judgement: await sendReport(identity, statement, signal) };
}

async function signReport(
  { workstation, privateKey }: Identity,
  posture: Posture,
  takenUtcMs: number,
): Promise<string> {
  const iat = Math.floor(takenUtcMs / 1000);
  const own = { iss: workstation, takenUtcMs, posture };
  const claims = { ...own, iat, exp: iat + POSTURE_REPORT_LIFE_S };
  return await signStatement(
    TYP.posture,
    claims satisfies Record<keyof PostureClaims, unknown>,
    privateKey,
    'ES256',
  );
}
