/** What an administrator does about facilities' security officers, from a terminal. */
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { z } from 'zod';
import type { Authority } from '../authority/contract.ts';
import type { Officers } from '../portal/officer/officer.ts';

const text = z.string().max(1024);
/** A request has at most 8 KiB. */
const CSR_CHARACTERS_MAX = 12_000;

export const officerActs = [
  z.strictObject({
    act: z.literal('add-officer'),
    facility: text,
    name: text,
    /** PKCS#10, DER, base64. */
    csr: z.string().max(CSR_CHARACTERS_MAX),
    by: text,
  }),
  z.strictObject({ act: z.literal('list-officers') }),
  z.strictObject({ act: z.literal('retire-officer'), id: text, by: text }),
] as const;
export type OfficerAct = z.infer<(typeof officerActs)[number]>;

export interface OfficerAdministrationParts {
  readonly authority: Pick<Authority, 'publicRoots'>;
  readonly officers: Pick<Officers, 'add' | 'list' | 'retire'>;
  readonly countCasesOf: (facility: string) => Promise<number>;
}

/** @throws OfficerMalformed, OfficerUnknown, MalformedCertificationRequest, PublicKeyInUse, LedgerUnavailable */
export async function administerOfficers(
  { authority, officers, countCasesOf }: OfficerAdministrationParts,
  act: OfficerAct,
): Promise<object> {
  switch (act.act) {
    case 'add-officer': {
      const { facility, name, csr, by } = act;
      const request = Buffer.from(csr, 'base64');
      const { id, certificate, codes } = await officers.add({ facility, name, request, by });
      const { facilityRootPEM, browserRootPEM } = authority.publicRoots;
      return {
        id,
        certificate: encodePEM('CERTIFICATE', certificate) + facilityRootPEM,
        browserRoot: browserRootPEM,
        secret: codes.secret,
        address: codes.address,
        // A slip in the name shows here: a case belongs to the facility whose name it has, letter by letter.
        cases: await countCasesOf(facility.trim()),
      };
    }
    case 'list-officers':
      return { officers: await officers.list() };
    case 'retire-officer':
      await officers.retire(act.id, act.by);
      return {};
  }
}
