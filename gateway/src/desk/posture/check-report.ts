/** Checks a posture report before it counts for anything (docs/protocol.md, "Posture report"). */
import type { KeyObject } from 'node:crypto';
import type { PostureReport } from '@chaperone/domain/posture/posture.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import { POSTURE_REPORT_LIFE_S, postureClaims } from '@chaperone/protocol/signed/posture-claims.ts';
import { StatementInvalid, readStatement } from '@chaperone/protocol/signed/statement.ts';
import { PostureClockWrong, PostureReportInvalid } from './posture-error.ts';

/** How far a workstation's clock may be off, seconds. */
const CLOCK_SKEW_S = 60;

/** Who shows the report: a workstation's program, by its certificate. */
export interface Reporter {
  readonly workstation: string;
  readonly publicKey: KeyObject;
}

/**
 * Gives what a workstation says of itself, when its own key has signed it just now.
 * @param jws not trusted
 * @param nowMs UTC
 * @throws PostureReportInvalid, PostureClockWrong
 */
export async function checkReport(
  jws: string,
  { workstation, publicKey }: Reporter,
  nowMs: number,
): Promise<PostureReport> {
  const claims = await readStatement(jws, TYP.posture, postureClaims, publicKey, 'ES256').catch(
    (cause: unknown) => {
      if (cause instanceof StatementInvalid) throw new PostureReportInvalid({ cause });
      throw cause;
    },
  );
  const { iss, iat, exp, takenUtcMs, posture } = claims;
  const isWellTimed = iat === Math.floor(takenUtcMs / 1000) && exp > iat;
  if (iss !== workstation || !isWellTimed || exp - iat > POSTURE_REPORT_LIFE_S)
    throw new PostureReportInvalid();
  const nowS = nowMs / 1000;
  if (iat > nowS + CLOCK_SKEW_S)
    throw new PostureClockWrong(
      'The report is dated ahead of the gateway. Set the clock of this workstation, then report again.',
    );
  if (exp <= nowS - CLOCK_SKEW_S)
    throw new PostureClockWrong(
      'The report was made too long ago. Report again; if that does not help, set the clock of this workstation.',
    );
  return { takenUtcMs, posture };
}
