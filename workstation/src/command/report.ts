/**
 * Tells the gateway how current this computer is: reads it from the machine, signs it with the program's key, sends it.
 *
 * What is not known is sent as such; the gateway judges (docs/decisions/0011-posture.md).
 */
import type { Posture } from '@chaperone/domain/posture/posture.ts';
import { readPosture } from '@chaperone/host/posture.ts';
import type { PostureAnswer } from '@chaperone/protocol/console-api/workstation-posture.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import { POSTURE_REPORT_LIFE_S } from '@chaperone/protocol/signed/posture-claims.ts';
import type { PostureClaims } from '@chaperone/protocol/signed/posture-claims.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { sendReport } from '../gateway/routes.ts';
import { loadIdentity } from '../identity/identity.ts';
import type { Identity } from '../identity/identity.ts';
import { IdentityExpired } from '../identity/identity-error.ts';

export interface ReportOptions {
  readonly directory: string;
  readonly signal: AbortSignal;
  /** Reads the machine; this one unless a test brings its own. */
  readonly read?: () => Promise<Posture>;
  /** UTC. */
  readonly nowMs?: () => number;
}

export interface Reported {
  readonly posture: Posture;
  readonly judgement: PostureAnswer['judgement'];
}

/** @throws NotEnrolled, IdentityDamaged, IdentityExpired, what the gateway refuses with, and the signal's reason */
export async function report(options: ReportOptions): Promise<Reported> {
  const { directory, signal, nowMs = Date.now } = options;
  const identity = await loadIdentity(directory);
  if (nowMs() > identity.notAfterMs) throw new IdentityExpired(identity.notAfterMs);
  const posture = await (options.read ?? readPosture)();
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
