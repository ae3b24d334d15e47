/** Test support: a small authority that certifies a gateway, carts and workstations, with the product's own profile. */
import type { KeyObject } from 'node:crypto';
import type { CartSerial, WorkstationId } from '@chaperone/domain/id/id.ts';
import { makeAnchors } from '@chaperone/protocol/est/anchors.ts';
import type { AnchorsTerms } from '@chaperone/protocol/est/anchors.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import type { SignatureProfile } from '@chaperone/protocol/x509/algorithm.ts';
import { issueCertificate, readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import type { CertificateTerms, Issuer } from '@chaperone/protocol/x509/certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface Certified {
  readonly der: Uint8Array;
  readonly pem: string;
  readonly key: KeyObject;
  readonly keyPem: string;
  readonly publicKey: KeyObject;
}

type Terms = Pick<CertificateTerms, 'subject' | 'purpose'> &
  Partial<Pick<CertificateTerms, 'hostNames' | 'notBeforeMs' | 'notAfterMs'>>;

export class TestAuthority {
  readonly der: Uint8Array;
  readonly pem: string;
  readonly #issuer: Issuer & { readonly certificate: Uint8Array };

  private constructor(issuer: Issuer & { readonly certificate: Uint8Array }) {
    this.#issuer = issuer;
    this.der = issuer.certificate;
    this.pem = encodePEM('CERTIFICATE', issuer.certificate);
  }

  static async make(profile: SignatureProfile, commonName: string): Promise<TestAuthority> {
    const { privateKey, publicKey } = await newKeyPair(profile);
    const certificate = issueCertificate(
      { profile, privateKey },
      {
        subject: { kind: 'other', commonName },
        purpose: 'authority',
        publicKey,
        notBeforeMs: Date.now() - 30 * DAY_MS,
        notAfterMs: Date.now() + 365 * DAY_MS,
      },
    );
    return new TestAuthority({ profile, privateKey, certificate });
  }

  async certify(terms: Terms): Promise<Certified> {
    const { privateKey, publicKey } = await newKeyPair('p256-sha256');
    const der = issueCertificate(this.#issuer, {
      notBeforeMs: Date.now() - DAY_MS,
      notAfterMs: Date.now() + 30 * DAY_MS,
      ...terms,
      publicKey,
    });
    const keyPem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    return { der, pem: encodePEM('CERTIFICATE', der), key: privateKey, keyPem, publicKey };
  }

  /** Certifies the key of another authority of the same name, as PEM. */
  certifyRoot(other: TestAuthority): string {
    const { subject, publicKey, notBeforeMs, notAfterMs } = readCertificate(other.der);
    const terms = { subject, purpose: 'authority', publicKey, notBeforeMs, notAfterMs } as const;
    return encodePEM('CERTIFICATE', issueCertificate(this.#issuer, terms));
  }

  /** SHA-256 of the root, hexadecimal. */
  get fingerprint(): string {
    return readCertificate(this.der).fingerprint;
  }

  /** Signs what a cart pins beside this root: the root of workstations. */
  async anchors(workstations: TestAuthority, change: Partial<AnchorsTerms> = {}) {
    const anchors = {
      workstationCA: workstations.pem,
      licenceCA: null,
      ledgerKey: 'gateway.test/ledger+00000000+AA',
      issuedAtMs: Math.floor(Date.now() / 1000) * 1000,
      ...change,
    };
    const anchorsJWS = await makeAnchors(this.#issuer, anchors);
    return { anchors, anchorsJWS, licenceJWS: null };
  }

  async server(hostName: string, terms: Partial<Terms> = {}): Promise<Certified> {
    return this.certify({
      subject: { kind: 'other', commonName: hostName },
      purpose: 'server',
      hostNames: [hostName],
      ...terms,
    });
  }

  async cart(serial: CartSerial, terms: Partial<Terms> = {}): Promise<Certified> {
    return this.certify({ subject: { kind: 'cart', serial }, purpose: 'peer', ...terms });
  }

  async workstation(id: WorkstationId, terms: Partial<Terms> = {}): Promise<Certified> {
    const subject = { kind: 'workstation', id, label: 'Bench' } as const;
    return this.certify({ subject, purpose: 'signer', ...terms });
  }
}
