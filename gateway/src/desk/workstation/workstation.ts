/** Licensed workstations: enrolled with a one-time code, known by an id that their certificate carries. */
import { readWorkstationCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { decodePEM } from '@chaperone/protocol/x509/pem.ts';
import { isId } from '@chaperone/domain/id/id.ts';
import type { Authority } from '../../authority/contract.ts';

export interface WorkstationLicence {
  readonly workstation: string;
  /** DER, base64, leaf first. */
  readonly chain: readonly string[];
  readonly expiresUtcMs: number;
}

export type WorkstationAuthority = Pick<Authority, 'enrolWorkstation' | 'certificatesOf'>;

export class Workstations {
  readonly #authority: WorkstationAuthority;

  constructor(authority: WorkstationAuthority) {
    this.#authority = authority;
  }

  /** Redeems a workstation's licence code. @throws the authority's refusals */
  async enrol(code: string, proof: string): Promise<WorkstationLicence> {
    const enrolled = await this.#authority.enrolWorkstation(code, proof);
    const [leaf] = decodePEM('CERTIFICATE', enrolled.certificatePEM);
    const [root] = decodePEM('CERTIFICATE', enrolled.workstationRootPEM);
    const chain = [leaf, root].flatMap((der) =>
      der === undefined ? [] : [Buffer.from(der).toString('base64')],
    );
    const expiresUtcMs = leaf === undefined ? 0 : readWorkstationCertificate(leaf).notAfterMs;
    return { workstation: enrolled.workstationId, chain, expiresUtcMs };
  }

  /** Tells whether a workstation has a certificate in force. */
  async isLicensed(workstation: string, nowMs: number): Promise<boolean> {
    if (!isId('workstation', workstation)) return false;
    const certificates = await this.#authority.certificatesOf({
      kind: 'workstation',
      id: workstation,
    });
    return certificates.some((each) => each.state === 'released' && each.notAfterMs > nowMs);
  }
}
