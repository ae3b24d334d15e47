/** Test support: a technician's licensed workstation, which signs session requests. */
import { randomBytes } from 'node:crypto';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId, TechnicianId, WorkstationId } from '@chaperone/domain/id/id.ts';
import type { Hello } from '@chaperone/protocol/cart-api/schema.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import type { SessionRequestClaims } from '@chaperone/protocol/signed/claims.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import type { Certified, TestAuthority } from './test-authority.ts';

export const TEST_CASE = {
  id: newId('case', randomBytes),
  number: 'SC-2026-0042',
  facility: 'St. Elsewhere',
} as const satisfies { readonly id: CaseId; readonly number: string; readonly facility: string };

export class LicensedWorkstation {
  readonly id: WorkstationId;
  readonly technicianId: TechnicianId = newId('technician', randomBytes);
  readonly certified: Certified;

  private constructor(id: WorkstationId, certified: Certified) {
    this.id = id;
    this.certified = certified;
  }

  static async license(authority: TestAuthority): Promise<LicensedWorkstation> {
    const id = newId('workstation', randomBytes);
    return new LicensedWorkstation(id, await authority.workstation(id));
  }

  /** What this workstation would sign for a cart that has said hello. */
  claims(hello: Hello, change: Partial<SessionRequestClaims> = {}): SessionRequestClaims {
    const nowS = Math.floor(Date.now() / 1000);
    return {
      iss: this.id,
      sub: this.technicianId,
      name: 'Ada Lovelace',
      cart: hello.serial,
      case: TEST_CASE.id,
      caseNumber: TEST_CASE.number,
      session: hello.session,
      challenge: hello.challenge,
      purpose: 'request',
      grant: null,
      activities: ['view', 'control', 'fetch-files', 'send-files'],
      iat: nowS,
      exp: nowS + 300,
      ...change,
    };
  }

  /** Signs claims, by default with its own key and certificate. */
  async sign(
    claims: object,
    {
      typ = TYP.sessionRequest as string,
      key = this.certified.key,
      x5c = [this.certified.der] as readonly Uint8Array[],
    } = {},
  ): Promise<string> {
    return signStatement(
      typ,
      claims,
      key,
      'ES256',
      x5c.map((der) => Buffer.from(der).toString('base64')),
    );
  }

  async request(hello: Hello, change: Partial<SessionRequestClaims> = {}): Promise<string> {
    return this.sign(this.claims(hello, change));
  }
}
