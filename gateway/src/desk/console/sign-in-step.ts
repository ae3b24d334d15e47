/** Tells a browser what comes after a gate, and gives it the cookie that goes with it. */
import type { me, signInStep } from '@chaperone/protocol/console-api/schema.ts';
import type { z } from 'zod';
import { takesPasskeys } from '../second-factor/second-factor.ts';
import type { RelyingParty } from '../second-factor/second-factor.ts';
import type { Caller, Passed } from '../sign-in/sign-in.ts';

export function meOf({ id, name, roles, workstation, signedInUtcMs }: Caller): z.infer<typeof me> {
  return { technician: { id, name, roles: [...roles] }, workstation, signedInUtcMs };
}

/** @param party the console as this browser names it */
export function stepOf(passed: Passed, party: RelyingParty): z.infer<typeof signInStep> {
  switch (passed.next) {
    case 'done':
      return { next: 'done', ...meOf(passed.caller), tell: [...passed.tell] };
    case 'factor': {
      const { factor, relyingParty } = passed;
      const isUsableHere = relyingParty === null || relyingParty === party.id;
      return { next: 'factor', factor, relyingParty, isUsableHere };
    }
    case 'new-password':
      return { next: 'new-password' };
    case 'enrolment':
      return { next: 'enrolment', factors: takesPasskeys(party) ? ['code', 'passkey'] : ['code'] };
    case 'recovery-codes':
      return { next: 'recovery-codes', recoveryCodes: [...passed.recoveryCodes] };
  }
}
