/**
 * Gives a workstation its certificates: one for a licence code, the others for one in force.
 *
 * | use | purpose | for what | proof of the key |
 * |---|---|---|---|
 * | program | peer | a licence code; later a program certificate | PKCS#10 |
 * | browser | peer | a program certificate | PKCS#10 |
 * | console | signer | any of its TLS certificates; in a demo without TLS a licence code | JWS of the browser |
 *
 * A new certificate supersedes older ones of its use. The one before it stays until it ends: the answer may be lost, and a
 * session may be resumed only by the key that asked for it.
 */
import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { newId } from '@chaperone/domain/id/id.ts';
import type { WorkstationId } from '@chaperone/domain/id/id.ts';
import { parseLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import type { LicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import { LicenceSerialMismatch, LicenceUnknown } from '@chaperone/domain/licence/licence.ts';
import type { LicenceId } from '@chaperone/domain/licence/licence.ts';
import { admitPublicKey, keyThumbprint, spkiOf } from '@chaperone/protocol/x509/algorithm.ts';
import { readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { readKeyCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { hashLicenceCode } from '@chaperone/protocol/x509/licence-code-hash.ts';
import {
  MalformedWorkstationProof,
  readSigningKeyProof,
  readWorkstationProof,
} from '@chaperone/protocol/x509/workstation-proof.ts';
import type { WorkstationJWK } from '@chaperone/protocol/x509/workstation-proof.ts';
import type { WorkstationPeer } from '../admission/admission.ts';
import { WorkstationRefused } from '../admission/admission.ts';
import type { CertificateEntry, WorkstationUse } from '../registry/registry.ts';
import type { Certifier } from './certifier.ts';

export interface WorkstationCertificates {
  readonly workstationId: WorkstationId;
  readonly label: string;
  /** DER, leaf first, root last. */
  readonly chain: readonly Uint8Array[];
  readonly notAfterMs: number;
}

/** A key whose holder has proved that it is theirs. */
interface ProvedKey {
  readonly publicKey: KeyObject;
  readonly keyThumbprint: string;
}

export class WorkstationIssuance {
  readonly #certifier: Certifier;

  constructor(certifier: Certifier) {
    this.#certifier = certifier;
  }

  /**
   * Gives a new workstation its id and the certificate of its program.
   * @param request PKCS#10, DER, not trusted
   * @throws MistypedLicenceCode, MalformedCertificationRequest, LicenceUnknown, LicenceSerialMismatch, LicenceUsed,
   *   LicenceExpired, LicenceRetired, PublicKeyInUse, SeatsTaken
   */
  async programByLicence(typedCode: string, request: Uint8Array): Promise<WorkstationCertificates> {
    const code = parseLicenceCode(typedCode);
    return await this.#byLicence(code, 'program', readKeyCertificationRequest(request));
  }

  /**
   * Gives a new workstation its id and the certificate of its console's key, where it has no other: in a demo without TLS.
   * @throws MistypedLicenceCode, MalformedWorkstationProof, LicenceUnknown, LicenceSerialMismatch, LicenceUsed,
   *   LicenceExpired, LicenceRetired, PublicKeyInUse, SeatsTaken
   */
  async consoleByLicence(typedCode: string, proof: string): Promise<WorkstationCertificates> {
    const code = parseLicenceCode(typedCode);
    const proved = await readWorkstationProof(proof, this.#certifier.parts.clock.utcMs());
    if (proved.codeHash !== hashLicenceCode(code)) throw new LicenceUnknown();
    return await this.#byLicence(code, 'console', keyOf(proved.publicKey));
  }

  /**
   * Certifies a TLS key of a licensed workstation.
   * @param peer admitted just now, by its program's certificate
   * @param request PKCS#10, DER, not trusted
   * @throws MalformedCertificationRequest, LicenceRetired, PublicKeyInUse, RenewedTooOften, WorkstationRefused
   */
  async connecting(
    peer: WorkstationPeer,
    use: 'program' | 'browser',
    request: Uint8Array,
  ): Promise<WorkstationCertificates> {
    // What lies in a browser's store must not be able to make itself last.
    if (peer.use !== 'program') throw new WorkstationRefused('not-the-program');
    return await this.#byPeer(peer, use, readKeyCertificationRequest(request));
  }

  /**
   * Certifies a key with which the console of a licensed workstation signs.
   * @param peer admitted just now
   * @throws MalformedWorkstationProof, LicenceRetired, PublicKeyInUse, RenewedTooOften
   */
  async signing(peer: WorkstationPeer, proof: string): Promise<WorkstationCertificates> {
    const proved = await readSigningKeyProof(proof, this.#certifier.parts.clock.utcMs());
    if (proved.workstation !== peer.workstationId) {
      throw new MalformedWorkstationProof("The workstation's proof names another workstation.");
    }
    return await this.#byPeer(peer, 'console', keyOf(proved.publicKey));
  }

  async #byLicence(
    code: LicenceCode,
    use: WorkstationUse,
    key: ProvedKey,
  ): Promise<WorkstationCertificates> {
    const { randomBytes } = this.#certifier.parts;
    const claim = {
      subject: { kind: 'workstation' },
      keyThumbprint: key.keyThumbprint,
    } as const;
    const { certificate, licence } = await this.#certifier.redeem(code, claim, async (redeemed) => {
      if (redeemed.subject.kind !== 'workstation') throw new LicenceSerialMismatch();
      const { label } = redeemed.subject;
      const named = { workstationId: newId('workstation', randomBytes), label };
      return await this.#certify(named, use, key.publicKey, redeemed.id);
    });
    return this.#answer(await this.#certifier.release(certificate, [], licence));
  }

  async #byPeer(
    peer: WorkstationPeer,
    use: WorkstationUse,
    key: ProvedKey,
  ): Promise<WorkstationCertificates> {
    const { registry } = this.#certifier.parts;
    const all = await registry.certificatesOf({ kind: 'workstation', id: peer.workstationId });
    const held = all.filter((entry) => entry.use === use);
    const shown = all.find((one) => one.certificateSerialHex === peer.certificateSerialHex);
    const before = shown?.use === use ? shown : held.find(({ state }) => state === 'released');
    const kept = before === undefined ? [] : [before.certificateSerialHex];
    const repeated = this.#certifier.repeated(held, key.keyThumbprint, peer.certificateSerialHex);
    if (repeated !== undefined) return this.#answer(await this.#certifier.release(repeated, kept));
    const entry = await this.#certify(peer, use, key.publicKey, shown?.licenceId ?? null);
    await registry.addCertificate(entry, peer.certificateSerialHex);
    return this.#answer(await this.#certifier.release(entry, kept));
  }

  async #certify(
    { workstationId: id, label }: Pick<WorkstationPeer, 'workstationId' | 'label'>,
    use: WorkstationUse,
    publicKey: KeyObject,
    licenceId: LicenceId | null,
  ): Promise<CertificateEntry> {
    return await this.#certifier.certify({
      chain: 'workstation',
      subject: { kind: 'workstation', id, label },
      purpose: use === 'console' ? 'signer' : 'peer',
      use,
      publicKey,
      lifeMs: this.#certifier.parts.workstationTerms.lifeMs,
      licenceId,
    });
  }

  #answer(der: Uint8Array): WorkstationCertificates {
    const { subject, notAfterMs } = readCertificate(der);
    if (subject.kind !== 'workstation')
      throw new TypeError('A workstation has a workstation certificate.');
    const root = this.#certifier.parts.established.roots.workstation.certificate;
    return { workstationId: subject.id, label: subject.label, chain: [der, root], notAfterMs };
  }
}

function keyOf(jwk: WorkstationJWK): ProvedKey {
  const imported = createPublicKey({ key: { ...jwk }, format: 'jwk' });
  const publicKey = admitPublicKey(spkiOf(imported));
  return { publicKey, keyThumbprint: keyThumbprint(publicKey) };
}
