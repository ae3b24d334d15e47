/** Who passed all gates, and what each gate leads to. */
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { Role } from '../../directory/contract.ts';
import type { FactorKind } from '../second-factor/second-factor.ts';
import type { HeldSignIn } from './sign-in-store.ts';

/** Somebody who passed all gates. */
export interface Caller {
  readonly id: TechnicianId;
  readonly name: string;
  /** Those in force now, never none; see `roles-in-force.ts`. */
  readonly roles: readonly Role[];
  readonly workstation: string;
  readonly signedInUtcMs: number;
  /** When they last showed that it is still them, at this cookie. */
  readonly confirmedUtcMs: number;
  readonly tokenHash: string;
}

/** A recovery code of which its owner may not know that somebody used it. */
export interface UseToTell {
  readonly utcMs: number;
  readonly workstation: string;
  readonly left: number;
}

/** The first gate is passed, with the new value of the cookie. */
export interface FirstPassed {
  readonly token: string;
  readonly displayName: string;
}

/** What comes after a gate, with the new value of the cookie. */
export type Passed = { readonly token: string } & (
  | { readonly next: 'done'; readonly caller: Caller; readonly tell: readonly UseToTell[] }
  | {
      readonly next: 'factor';
      readonly factor: FactorKind;
      /** Of a passkey: the console's name under which it works. */
      readonly relyingParty: string | null;
    }
  /** The password is one that an administrator made. */
  | { readonly next: 'new-password' }
  | { readonly next: 'enrolment' }
  | { readonly next: 'recovery-codes'; readonly recoveryCodes: readonly string[] }
);

export function callerOf(held: HeldSignIn, id: TechnicianId): Caller {
  const { name, roles, workstation, begunUtcMs, confirmedUtcMs, tokenHash } = held;
  return {
    id,
    name,
    roles,
    workstation,
    signedInUtcMs: begunUtcMs,
    confirmedUtcMs: confirmedUtcMs ?? begunUtcMs,
    tokenHash,
  };
}
