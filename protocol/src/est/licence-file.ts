/**
 * What a field engineer carries to a cart, as a file: all that enrolment needs, with the secret code in it. Decision 0016.
 *
 * JSON, `{ version: 2, cartRoot, anchors, licence }`: the cart root (PEM), its anchors, and what the licence root signed, a compact JWS of
 * type `chaperone-licence-file+jws`. A cart checks all of it without a network: the anchors by the root, the licence root by the
 * anchors, the file by the licence root. So whoever compared the fingerprint of the cart root with what the service centre says
 * knows that the whole file is its word; whoever did not knows only that the file is whole. Files of version 1 were not
 * signed and are refused. Node only.
 */
import { z } from 'zod';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import { parseLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import type { LicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import { parseLicenceId } from '@chaperone/domain/licence/licence.ts';
import type { LicenceId } from '@chaperone/domain/licence/licence.ts';
import { signStatementWith } from '../signed/sign-with.ts';
import { readStatement } from '../signed/statement.ts';
import { readCertificate } from '../x509/certificate.ts';
import { decodePEM } from '../x509/pem.ts';
import type { Signer } from '../x509/signer.ts';
import { ANCHORS_CHARACTERS_MAX, readAnchors } from './anchors.ts';

/** What the file says. */
export interface LicenceFile {
  readonly licence: LicenceId;
  readonly serial: CartSerial;
  /** Secret until it is used. */
  readonly code: LicenceCode;
  /** From this instant on (UTC) the code is worth nothing. */
  readonly codeExpiresUtcMs: number;
  readonly gateway: GatewayAddress;
  /** SHA-256 of the cart root's certificate, 64 hexadecimal digits. */
  readonly rootFingerprint: string;
  readonly serviceCentre: string;
  readonly facility: string | null;
  readonly model: string | null;
}

/** A file as it was read. */
export interface ReadLicenceFile extends LicenceFile {
  /** The root's word when the file was made: a gateway that gives an older one, or another licence root, gives what was before. */
  readonly anchors: AnchorsFloor;
}

export interface AnchorsFloor {
  readonly issuedUtcMs: number;
  /** PEM. */
  readonly licenceCA: string;
}

export interface GatewayAddress {
  readonly host: string;
  readonly port: number;
  /** The name that the gateway's certificate must have; usually the host. */
  readonly serverName: string;
}

/** What makes a file believable. */
export interface LicenceFileSigner {
  /** PEM of the cart root, and its anchors. */
  readonly cartRoot: string;
  readonly anchors: string;
  /** The licence root that those anchors name. */
  readonly signer: Signer;
}

export class MalformedLicenceFile extends DomainError {
  readonly code = 'MALFORMED_LICENCE_FILE';
}

/** Eighty bits: a second certificate with the same beginning cannot be made. */
export const FINGERPRINT_DIGITS_MIN = 20;
export const LICENCE_FILE_TYPE = 'chaperone-licence-file+jws';
/** Two certificates, two statements. */
export const LICENCE_FILE_CHARACTERS_MAX = 32 * 1024;

const host = z.string().min(1).max(253);
const name = z.string().max(200);
const whole = z.strictObject({
  version: z.literal(2),
  cartRoot: z.string().max(8192),
  anchors: z.string().max(ANCHORS_CHARACTERS_MAX),
  licence: z.string().max(8192),
});
const said = z.strictObject({
  version: z.literal(2),
  licence: z.string().max(64),
  serial: z.string().max(64),
  code: z.string().max(64),
  codeExpires: z.int().nonnegative(),
  gateway: z.strictObject({ host, port: z.int().min(1).max(65_535), serverName: host }),
  rootFingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  serviceCentre: name,
  facility: name.nullable(),
  model: name.nullable(),
});

/** Writes a licence file. @throws what the signer throws */
export async function writeLicenceFile(
  { cartRoot, anchors, signer }: LicenceFileSigner,
  { codeExpiresUtcMs, ...file }: LicenceFile,
): Promise<string> {
  const codeExpires = Math.floor(codeExpiresUtcMs / 1000);
  const claims = said.parse({ version: 2, ...file, licence: String(file.licence), codeExpires });
  const licence = await signStatementWith(signer, LICENCE_FILE_TYPE, claims);
  const parts: z.infer<typeof whole> = { version: 2, cartRoot, anchors, licence };
  return `${JSON.stringify(parts, null, 2)}\n`;
}

/**
 * Reads a licence file and checks that it is whole: each part is signed by the one before.
 * @throws MalformedLicenceFile, MalformedId, MistypedLicenceCode
 */
export async function readLicenceFile(text: string): Promise<ReadLicenceFile> {
  const parts = readParts(text);
  const isWhole = new MalformedLicenceFile(
    'This licence file was damaged or edited: its signature does not fit. Fetch it from the service centre again; nothing has been used up.',
  );
  let claims: z.infer<typeof said>;
  let anchors: AnchorsFloor;
  try {
    const [root, second] = decodePEM('CERTIFICATE', parts.cartRoot);
    if (root === undefined || second !== undefined) throw isWhole;
    const { licenceCA, issuedAtMs } = await readAnchors(parts.anchors, root);
    const [licenceRoot] = decodePEM('CERTIFICATE', licenceCA ?? '');
    if (licenceCA === null || licenceRoot === undefined) throw isWhole;
    anchors = { issuedUtcMs: issuedAtMs, licenceCA };
    const { publicKey } = readCertificate(licenceRoot);
    claims = await readStatement(parts.licence, LICENCE_FILE_TYPE, said, publicKey, 'ES256');
    if (claims.rootFingerprint !== readCertificate(root).fingerprint) throw isWhole;
  } catch (cause) {
    throw cause === isWhole ? isWhole : new MalformedLicenceFile(isWhole.message, { cause });
  }
  const { version: _version, codeExpires, licence, serial, code, ...rest } = claims;
  return {
    ...rest,
    anchors,
    licence: readMember(() => parseLicenceId(licence)),
    serial: parseCartSerial(serial),
    code: parseLicenceCode(code),
    codeExpiresUtcMs: codeExpires * 1000,
  };
}

/**
 * Reads a fingerprint, or the beginning of one, as a person typed it: colons, spaces and case do not matter.
 * @returns lower-case hexadecimal digits
 * @throws MalformedLicenceFile
 */
export function parseFingerprint(text: string): string {
  const digits = text
    .slice(0, 256)
    .replace(/[\s:-]/g, '')
    .toLowerCase();
  if (!/^[0-9a-f]{20,64}$/.test(digits)) {
    throw new MalformedLicenceFile(
      `The root's fingerprint has 64 hexadecimal digits; give all, or at least the first ${FINGERPRINT_DIGITS_MIN}.`,
    );
  }
  return digits;
}

/** Tells whether two fingerprints, or beginnings of them, can be of one root. @throws MalformedLicenceFile */
export function isSameFingerprint(one: string, other: string): boolean {
  const [first, second] = [parseFingerprint(one), parseFingerprint(other)];
  return first.startsWith(second) || second.startsWith(first);
}

function readParts(text: string): z.infer<typeof whole> {
  if (text.length > LICENCE_FILE_CHARACTERS_MAX)
    throw new MalformedLicenceFile('The licence file is too long.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new MalformedLicenceFile('This is not a licence file.', { cause });
  }
  if (z.object({ version: z.literal(1), code: z.string() }).safeParse(value).success)
    throw new MalformedLicenceFile(
      'This licence file is of an earlier version and not signed. Have a licence issued anew, or enrol with its code alone.',
    );
  const parts = whole.safeParse(value);
  if (!parts.success)
    throw new MalformedLicenceFile('This is not a licence file, or a member of it is wrong.');
  return parts.data;
}

function readMember<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    throw new MalformedLicenceFile('This licence file names no licence.', { cause });
  }
}
