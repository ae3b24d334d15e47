/** What the gateway says when it refuses, as an error with words for a person. @see RFC 9457 */
import { z } from 'zod';
import type { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { MistypedLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import {
  LicenceExpired,
  LicenceRetired,
  LicenceSerialMismatch,
  LicenceUnknown,
  LicenceUsed,
} from '@chaperone/domain/licence/licence.ts';
import {
  GatewayRefused,
  SeatsTaken,
  TooManyAttempts,
  WorkstationNotAdmitted,
} from './gateway-error.ts';

const DETAIL_CHARACTERS_MAX = 400;
const problemSchema = z.object({
  code: z.string().regex(/^[A-Z0-9_]{1,64}$/),
  detail: z.string().optional(),
});

/**
 * Reads a refusal.
 * @param status of HTTP
 * @param text not trusted
 * @param isShown whether this workstation showed its certificate: the bare refusal then means that it is not admitted
 */
export function readProblem(status: number, text: string, isShown: boolean): DomainError {
  const problem = parse(text);
  const known = problem === undefined ? undefined : refusalOf(problem.code);
  if (known !== undefined) return known;
  if (isShown && [401, 403, 404].includes(status)) return new WorkstationNotAdmitted();
  if (status === 429) return new TooManyAttempts();
  if (problem === undefined)
    return new GatewayRefused(`HTTP_${status}`, 'Its administrators find more in its log.');
  return new GatewayRefused(problem.code, printable(problem.detail ?? ''));
}

/** Gives text that a terminal can be given: no control characters, not too much. */
export function printable(text: string): string {
  return text
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]/gu, ' ')
    .slice(0, DETAIL_CHARACTERS_MAX);
}

function parse(text: string): z.infer<typeof problemSchema> | undefined {
  try {
    return problemSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function refusalOf(code: string): DomainError | undefined {
  switch (code) {
    case 'LICENCE_UNKNOWN':
      return new LicenceUnknown();
    case 'LICENCE_USED':
      return new LicenceUsed();
    case 'LICENCE_EXPIRED':
      return new LicenceExpired();
    case 'LICENCE_RETIRED':
      return new LicenceRetired();
    case 'LICENCE_SERIAL_MISMATCH':
      return new LicenceSerialMismatch();
    case 'LICENCE_CODE_MISTYPED':
      return new MistypedLicenceCode('The gateway says that the licence code is mistyped.');
    case 'WORKSTATION_REFUSED':
      return new WorkstationNotAdmitted();
    case 'SEATS_TAKEN':
      return new SeatsTaken();
    default:
      return undefined;
  }
}
