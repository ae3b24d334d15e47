/**
 * What a workstation and the desk say to each other: how it is licensed, and how it gets and renews its certificates.
 *
 * With `console.tls: browser-chain` whoever connects without a workstation's certificate in force gets one refusal
 * (`WORKSTATION_REFUSED`) whatever it asks for; the one exception is enrolment. See docs/protocol.md, section 10.
 *
 *   POST /api/workstation/enrol         without a certificate: ProgramEnrolment → ProgramLicence;
 *                                       in a demo without TLS: ConsoleEnrolment → SigningLicence
 *   POST /api/workstation/certificate   with the program's certificate: ConnectingKey → ConnectingCertificate
 *   POST /api/workstation/signing-key   with any of its TLS certificates: SigningKey → SigningLicence
 *   GET  /api/workstation               with any of its TLS certificates: OwnWorkstation
 *   POST /api/workstation/posture       with the program's certificate; see workstation-posture.ts
 */
import { z } from 'zod';
import { base64url32, compactJWS } from '../cart-api/schema.ts';
import { plain } from './plain-text.ts';

const id = plain(z.string().max(64));
const line = plain(z.string().trim().min(1).max(200));

/** An enrolment, a request or a proof has under 5,000 bytes. */
export const WORKSTATION_REQUEST_BYTES_MAX = 8 * 1024;
/** A certificate is renewed once this part of its life has passed. */
export const RENEWAL_FROM = 2 / 3;

/** PKCS#10, DER, base64. A request with a P-256 key has 200 to 600 bytes. */
const certificationRequest = z
  .string()
  .min(1)
  .max(4096)
  .regex(/^[A-Za-z0-9+/]+={0,2}$/, 'expected base64');
/** DER, base64, leaf first. */
const chain = z.array(z.string());
const signingJWK = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: base64url32,
  y: base64url32,
});

/** `csr` is signed by the key of the workstation's program, P-256. */
export const programEnrolment = z.strictObject({
  licenceCode: plain(z.string().max(64)),
  csr: certificationRequest,
});
/** `proof` is a JWS by the console's key over {licence, thumbprint, iat}. */
export const consoleEnrolment = z.strictObject({
  licenceCode: plain(z.string().max(64)),
  label: line,
  jwk: signingJWK,
  proof: compactJWS,
});
export const workstationEnrolment = z.union([programEnrolment, consoleEnrolment]);

/** What is certified for a workstation, whatever the key is for. */
export const workstationCertificate = z.object({
  workstation: id,
  chain,
  expiresUtcMs: z.number(),
});
/** `chain` goes into `x5c` of each session request. */
export const signingLicence = workstationCertificate;
export const programLicence = workstationCertificate.extend({
  /** What an administrator called it. */
  label: z.string(),
  /** PEM of the root that browsers and programs check the console against; compare its fingerprint. */
  browserRoot: z.string(),
});
/** What an enrolment answers: the program's has all members, the console's of a demo the first three. */
export const workstationLicence = programLicence.partial({ label: true, browserRoot: true });

export const connectingKey = z.strictObject({
  use: z.enum(['program', 'browser']),
  csr: certificationRequest,
});
export const connectingCertificate = workstationCertificate;

/** `proof` is a JWS by the console's new key over {workstation, thumbprint, iat}. */
export const signingKey = z.strictObject({ jwk: signingJWK, proof: compactJWS });

export const ownWorkstation = z.object({
  workstation: id,
  label: z.string(),
  /** Of the certificate that was shown: what it is for, and its life. */
  use: z.enum(['program', 'browser']),
  beganUtcMs: z.number(),
  expiresUtcMs: z.number(),
  /** From when on to ask for the next one. */
  renewFromUtcMs: z.number(),
  seats: z.object({ used: z.number(), max: z.number() }),
  /** Sentences that say what to update or to report; none when it is current, null when nothing is asked. */
  posture: z.array(z.string()).nullable(),
  /** SHA-256 of the SPKI, base64url, of each of its console's keys that is certified now. */
  signingKeys: z.array(z.string()),
});
export type OwnWorkstation = z.infer<typeof ownWorkstation>;
