/**
 * The authority's only door: who gets a licence, who gets a certificate, and who has lost it.
 *
 * Made by `openAuthority` (authority.ts), handed to the desk by the composition root. Every method that gives something
 * out has written that into the ledger before it answers; every method that takes something away has taken it away
 * before it answers, whatever the ledger does.
 */
import type { TLSSocket, TlsOptions } from 'node:tls';
import type { CartSerial, OfficerId, WorkstationId } from '@chaperone/domain/id/id.ts';
import type { Licence, LicenceId } from '@chaperone/domain/licence/licence.ts';
import type { GatewayAddress } from '@chaperone/protocol/est/licence-file.ts';
import type { PeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import type { AuthorityFacts } from './establishment/establishment.ts';
import type { ESTRoutes } from './est/est.ts';
import type { WorkstationCertificates } from './issuance/issuance.ts';
import type {
  CartLicence,
  CartLicenceOrder,
  IssuedLicence,
  LicenceOrder,
  RenewalOrder,
} from './licence/licence.ts';
import type {
  CertificateEntry,
  Chain,
  FoundCart,
  FoundLicence,
  FoundWorkstation,
  FoundWorkstations,
  GivenTerms,
  Holder,
  LicenceSearch,
  RetirableChain,
  RevocationReason,
  WorkstationEntry,
} from './registry/registry.ts';
import type { Found, Search } from '../platform/database/search.ts';
import type { RetirementOrder, RevocationListener } from './revocation/revocation.ts';
import type { RolloverStanding } from './rollover/rollover.ts';
import type { AdmittedOfficer, WorkstationPeer } from './admission/admission.ts';

export { CART_REFUSALS, CartRefused } from './admission/admission.ts';
export type { CartRefusal } from './admission/admission.ts';
export { OFFICER_REFUSALS, OfficerRefused } from './admission/admission.ts';
export type { OfficerRefusal } from './admission/admission.ts';
export { WORKSTATION_REFUSALS, WorkstationRefused } from './admission/admission.ts';
export type { WorkstationRefusal } from './admission/admission.ts';
export { ChainRetired, RETIRABLE_CHAINS } from './registry/registry.ts';
export { REVOCATION_REASONS, WORKSTATION_STATES } from './registry/registry.ts';
export type {
  AdmittedOfficer,
  AuthorityFacts,
  CertificateEntry,
  Chain,
  ESTRoutes,
  CartLicence,
  CartLicenceOrder,
  FoundCart,
  FoundLicence,
  FoundWorkstation,
  GivenTerms,
  Holder,
  IssuedLicence,
  LicenceOrder,
  LicenceSearch,
  RenewalOrder,
  RetirableChain,
  RetirementOrder,
  RevocationListener,
  RevocationReason,
  RolloverStanding,
  WorkstationCertificates,
  WorkstationEntry,
  WorkstationPeer,
};

/** PEM and fingerprints of the roots; nothing here is secret. */
export interface PublicRoots {
  /** The one that certifies now. */
  readonly cartRootPEM: string;
  /** Every root that carts had, the oldest first, and what leads from one to the next: for whoever verifies what they signed. */
  readonly cartRootsPEM: string;
  readonly workstationRootPEM: string;
  /** What a browser has to trust to open the console. */
  readonly browserRootPEM: string;
  /** Under which the certificates of facilities' officers are. */
  readonly facilityRootPEM: string;
  /** Which signs the terms of licences. */
  readonly licenceRootPEM: string;
}

export interface Authority {
  /** When, by whom and with which fingerprints (SHA-256, hexadecimal) the authority was established. */
  readonly facts: AuthorityFacts;
  readonly publicRoots: PublicRoots;

  /** @throws MalformedLicence */
  issueCartLicence(serial: CartSerial, order: CartLicenceOrder): Promise<IssuedLicence>;
  /** Writes what a field engineer carries to the cart: signed, with the code in it (`protocol/src/est/licence-file.ts`). */
  licenceFile(
    issued: IssuedLicence,
    place: { readonly gateway: GatewayAddress; readonly serviceCentre: string },
  ): Promise<string>;
  /**
   * Gives a cart's licence other terms. The cart keeps its key, and learns them when it asks next.
   * @throws LicenceUnknown, LicenceRetired, MalformedLicence, ChainRetired
   */
  renewLicence(id: LicenceId, order: RenewalOrder): Promise<CartLicence>;
  /** Under which licence a cart is, and what it allows; undefined when it has none. */
  cartLicence(serial: string): Promise<CartLicence | undefined>;
  /** @throws MalformedLicence, SeatsTaken */
  issueWorkstationLicence(label: string, order: LicenceOrder): Promise<IssuedLicence>;
  /** Newest first. */
  licences(): Promise<readonly Licence[]>;
  /** Newest first, page by page. */
  searchLicences(search: LicenceSearch): Promise<Found<FoundLicence>>;
  /** By label, page by page; also those that are not in force any more. */
  searchWorkstations(search: Search): Promise<FoundWorkstations>;
  /** What people call these workstations, by id. */
  workstationLabels(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** By serial number, page by page: whatever was ever licensed. */
  searchCarts(search: Search): Promise<Found<FoundCart>>;
  /**
   * Retires a chain for good: nothing is issued or admitted by it any more, and its live connections end. The gateway's own
   * listeners keep their certificates.
   */
  retireChain(chain: RetirableChain): Promise<void>;
  isChainRetired(chain: RetirableChain): Promise<boolean>;
  /** Ends a licence; its code can no longer be redeemed. Certificates that it gave stay. @throws LicenceUnknown */
  retireLicence(id: LicenceId, order?: RetirementOrder): Promise<Licence>;

  /**
   * Licenses a workstation: gives it its id, and a certificate to the key of its program, for a one-time code.
   * @param code as typed
   * @param request PKCS#10, DER, not trusted
   * @throws MistypedLicenceCode, MalformedCertificationRequest, LicenceUnknown, LicenceSerialMismatch, LicenceUsed,
   *   LicenceExpired, LicenceRetired, PublicKeyInUse, SeatsTaken
   */
  enrolWorkstation(code: string, request: Uint8Array): Promise<WorkstationCertificates>;
  /**
   * Licenses a workstation of a demo without TLS: its only certificate is for the key with which its console signs.
   * @param proof from `makeWorkstationProof` (protocol/src/x509/workstation-proof.ts)
   * @throws MistypedLicenceCode, MalformedWorkstationProof, LicenceUnknown, LicenceSerialMismatch, LicenceUsed,
   *   LicenceExpired, LicenceRetired, PublicKeyInUse, SeatsTaken
   */
  enrolConsole(code: string, proof: string): Promise<WorkstationCertificates>;
  /**
   * Certifies a key with which a licensed workstation connects; asked with its program's certificate only.
   * @throws MalformedCertificationRequest, LicenceRetired, PublicKeyInUse, RenewedTooOften, WorkstationRefused
   */
  certifyWorkstation(
    peer: WorkstationPeer,
    use: 'program' | 'browser',
    request: Uint8Array,
  ): Promise<WorkstationCertificates>;
  /**
   * Certifies the key with which the console of a licensed workstation signs.
   * @param proof from `makeSigningKeyProof`
   * @throws MalformedWorkstationProof, LicenceRetired, PublicKeyInUse, RenewedTooOften
   */
  certifySigningKey(peer: WorkstationPeer, proof: string): Promise<WorkstationCertificates>;
  /** Admits whoever holds a TLS connection as a licensed workstation; asked for every request. @throws WorkstationRefused */
  admitWorkstation(socket: TLSSocket): Promise<WorkstationPeer>;
  /** Every workstation that was ever licensed, the newest first. */
  workstations(): Promise<readonly WorkstationEntry[]>;
  /** How many of them are in force, and how many may be at the same time. */
  seats(): Promise<{ readonly used: number; readonly max: number }>;

  /**
   * Certifies the key of a facility's security officer.
   * @param request PKCS#10, DER, not trusted
   * @returns DER
   * @throws MalformedCertificationRequest, PublicKeyInUse
   */
  certifyOfficer(
    officer: { readonly id: OfficerId; readonly name: string; readonly facility: string },
    request: Uint8Array,
  ): Promise<Uint8Array>;
  /** Admits whoever holds a TLS connection as a facility's officer; asked for every request. @throws OfficerRefused */
  admitOfficer(socket: TLSSocket): Promise<AdmittedOfficer>;
  /** Revokes an officer's certificates. */
  retireOfficer(id: OfficerId): Promise<void>;

  /**
   * Admits whoever holds a TLS connection as a cart. The one check that every road of a cart passes.
   * @throws CartRefused
   */
  admitCart(socket: TLSSocket): Promise<PeerCertificate>;
  /** Tells whether a certificate is unknown or revoked; ask on every connection and every signed request. */
  isRevoked(certificateSerialHex: string): Promise<boolean>;
  /** Which of these are in force, in one question. */
  inForce(certificateSerials: readonly string[]): Promise<ReadonlySet<string>>;
  /** Calls back for each certificate that is revoked from now on, so that its live connections can be ended. */
  onRevoked(listener: RevocationListener): () => void;
  /** @throws CertificateUnknown */
  revokeCertificate(certificateSerialHex: string, reason: RevocationReason): Promise<void>;
  /** Revokes a cart's certificates and retires its licences. */
  retireCart(serial: CartSerial, order?: RetirementOrder): Promise<void>;
  /** Revokes all of a workstation's certificates and retires its licence. @throws WorkstationUnknown */
  retireWorkstation(id: WorkstationId, order?: RetirementOrder): Promise<void>;
  /** Newest first. */
  certificatesOf(holder: Holder): Promise<readonly CertificateEntry[]>;
  /** How far a change of the cart root is, and which carts it waits for. */
  rollover(): Promise<RolloverStanding>;
  /** A signed list as PEM (`X509 CRL`), fresh for seven days. */
  revocationList(chain: Chain): Promise<string>;

  /** Options for the TLS server that ends the carts' connections, for the tunnel and for EST. */
  tunnelServerOptions(alpnProtocols: readonly string[]): TlsOptions;
  /** Options for the console's HTTPS server: a certificate under the browser root, and workstations asked for theirs. */
  consoleServerOptions(): TlsOptions;
  /** Options for the portal's HTTPS server: a certificate under the browser root, and officers asked for theirs. */
  portalServerOptions(names: readonly string[]): Promise<TlsOptions>;
  /** Answers EST requests of an HTTPS server that was made with `tunnelServerOptions([EST_ALPN])`. */
  readonly estRoutes: ESTRoutes;
}
