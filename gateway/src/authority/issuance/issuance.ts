/** Gives carts certificates for licences and renews them, and makes the gateway's own. */
import type { KeyObject } from 'node:crypto';
import type { CartSerial, OfficerId } from '@chaperone/domain/id/id.ts';
import { parseLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import { LicenceSerialMismatch } from '@chaperone/domain/licence/licence.ts';
import { readKeyCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import type { CartCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import type { PeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import type { Certifier } from './certifier.ts';

export { Certifier, RenewedTooOften } from './certifier.ts';
export { WorkstationIssuance } from './workstation-issuance.ts';
export type { WorkstationCertificates } from './workstation-issuance.ts';
export type { IssuanceParts, WorkstationTerms } from './certifier.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Carts stand unused for months; two years leave eight months to renew after two thirds have passed. */
const CART_LIFE_MS = 2 * 365 * DAY_MS;
const OFFICER_LIFE_MS = 365 * DAY_MS;
/** Browsers accept a private chain's server certificate for at most 825 days. */
const SERVER_LIFE_MS = 365 * DAY_MS;

export class Issuance {
  readonly #certifier: Certifier;

  constructor(certifier: Certifier) {
    this.#certifier = certifier;
  }

  /**
   * Gives a cart its certificate for a one-time code.
   * @param serial who the cart says it is; the licence and the request must say the same
   * @returns DER
   * @throws MistypedLicenceCode, LicenceUnknown, LicenceSerialMismatch, LicenceUsed, LicenceExpired, LicenceRetired,
   *   PublicKeyInUse
   */
  async cartByLicence(
    serial: CartSerial,
    typedCode: string,
    request: CartCertificationRequest,
  ): Promise<Uint8Array> {
    const code = parseLicenceCode(typedCode);
    if (request.serial !== serial) throw new LicenceSerialMismatch();
    const subject = { kind: 'cart', serial } as const;
    const claim = { subject, keyThumbprint: request.keyThumbprint };
    const { certificate, licence } = await this.#certifier.redeem(code, claim, ({ id }) =>
      this.#certifier.certify({
        chain: 'cart',
        subject,
        purpose: 'peer',
        publicKey: request.publicKey,
        lifeMs: CART_LIFE_MS,
        licenceId: id,
      }),
    );
    return await this.#certifier.release(certificate, [], licence);
  }

  /**
   * Gives a cart a new certificate for the one that it has just shown.
   * @param peer admitted, that is in force
   * @returns DER
   * @throws LicenceSerialMismatch, LicenceRetired, PublicKeyInUse, RenewedTooOften
   */
  async cartRenewal(peer: PeerCertificate, request: CartCertificationRequest): Promise<Uint8Array> {
    if (request.serial !== peer.serial) throw new LicenceSerialMismatch();
    const { registry } = this.#certifier.parts;
    const shown = peer.certificateSerialHex;
    const held = await registry.certificatesOf({ kind: 'cart', id: peer.serial });
    const repeated = this.#certifier.repeated(held, request.keyThumbprint, shown);
    if (repeated !== undefined) return await this.#certifier.release(repeated, [shown]);
    const entry = await this.#certifier.certify({
      chain: 'cart',
      subject: { kind: 'cart', serial: peer.serial },
      purpose: 'peer',
      publicKey: request.publicKey,
      lifeMs: CART_LIFE_MS,
      licenceId: held.find((one) => one.certificateSerialHex === shown)?.licenceId ?? null,
    });
    await registry.addCertificate(entry, shown);
    // The certificate that was shown stays: the answer may be lost. Older ones go.
    return await this.#certifier.release(entry, [shown]);
  }

  /**
   * Gives a facility's security officer the one certificate that the portal asks for.
   * @param request PKCS#10, DER, not trusted; the subject comes from the administrator, never from it
   * @returns DER
   * @throws MalformedCertificationRequest, PublicKeyInUse
   */
  async officer(
    officer: { readonly id: OfficerId; readonly name: string; readonly facility: string },
    request: Uint8Array,
  ): Promise<Uint8Array> {
    const { publicKey } = readKeyCertificationRequest(request);
    const entry = await this.#certifier.certify({
      chain: 'facility',
      subject: { kind: 'officer', ...officer },
      purpose: 'peer',
      publicKey,
      lifeMs: OFFICER_LIFE_MS,
      licenceId: null,
    });
    await this.#certifier.parts.registry.addCertificate(entry);
    return await this.#certifier.release(entry, []);
  }

  /** Makes one of the gateway's own server certificates. @param place `tunnel`, `console` or `portal` @returns DER */
  async server(
    chain: 'cart' | 'browser',
    place: string,
    publicKey: KeyObject,
    hostNames: readonly string[],
  ): Promise<Uint8Array> {
    const entry = await this.#certifier.certify({
      chain,
      subject: { kind: 'other', commonName: (hostNames[0] ?? place).slice(0, 64) },
      purpose: 'server',
      publicKey,
      lifeMs: SERVER_LIFE_MS,
      licenceId: null,
      hostNames,
      place,
    });
    await this.#certifier.parts.registry.addCertificate(entry);
    // Another desk may hold one for the same place: nothing is superseded.
    return await this.#certifier.release(entry, 'all');
  }
}
