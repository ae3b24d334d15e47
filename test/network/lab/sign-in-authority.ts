/** Authorities and servers' certificates of a hospital's sign-in, good and bad, as PEM. */
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { issueCertificate } from '@chaperone/protocol/x509/certificate.ts';
import type { Issuer } from '@chaperone/protocol/x509/certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';

/** What a supplicant of any age can read. */
const PROFILE = 'p256-sha256';
const DAY_MS = 86_400_000;

export interface ServerCertificate {
  readonly certificate: string;
  readonly privateKey: string;
}

/** An authority of a hospital, or of somebody who poses as it. */
export class SignInAuthority {
  readonly #issuer: Issuer;
  /** PEM. */
  readonly certificate: string;

  private constructor(issuer: Issuer, der: Uint8Array) {
    this.#issuer = issuer;
    this.certificate = encodePEM('CERTIFICATE', der);
  }

  static async make(name: string): Promise<SignInAuthority> {
    const { privateKey, publicKey } = await newKeyPair(PROFILE);
    const der = issueCertificate(
      { profile: PROFILE, privateKey },
      {
        subject: { kind: 'other', commonName: name },
        purpose: 'authority',
        publicKey,
        notBeforeMs: Date.now() - 100 * DAY_MS,
        notAfterMs: Date.now() + 1000 * DAY_MS,
      },
    );
    return new SignInAuthority({ profile: PROFILE, privateKey, certificate: der }, der);
  }

  /** Issues a server's certificate. @param endsInDays negative: it has expired */
  async server(name: string, endsInDays = 100): Promise<ServerCertificate> {
    const { privateKey, publicKey } = await newKeyPair(PROFILE);
    const der = issueCertificate(this.#issuer, {
      subject: { kind: 'other', commonName: name },
      purpose: 'server',
      publicKey,
      notBeforeMs: Date.now() - 50 * DAY_MS,
      notAfterMs: Date.now() + endsInDays * DAY_MS,
      hostNames: [name],
    });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    return { certificate: encodePEM('CERTIFICATE', der), privateKey: key };
  }
}
