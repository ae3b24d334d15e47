/**
 * What a field engineer carries to a cart, as a file: all that enrolment needs, with the secret code in it.
 */
import { z } from 'zod';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import { parseLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import type { LicenceCode } from '@chaperone/domain/licence/licence-code.ts';

export interface LicenceFile {
  readonly version: 1;
  readonly serial: CartSerial;
  readonly code: LicenceCode;
  readonly gateway: GatewayAddress;
  /** SHA-256 of the cart root's certificate, or at least its first 20 hexadecimal digits. */
  readonly rootFingerprint: string;
}

export interface GatewayAddress {
  readonly host: string;
  readonly port: number;
  /** The name that the gateway's certificate must have; usually the host. */
  readonly serverName: string;
}

export class MalformedLicenceFile extends DomainError {
  readonly code = 'MALFORMED_LICENCE_FILE';
}

/** Eighty bits: a second certificate with the same beginning cannot be made. */
export const FINGERPRINT_DIGITS_MIN = 20;
const FILE_CHARACTERS_MAX = 4096;

const host = z.string().min(1).max(253);
const schema = z.strictObject({
  version: z.literal(1),
  serial: z.string().transform((text) => parseCartSerial(text)),
  code: z.string().transform((text) => parseLicenceCode(text)),
  gateway: z.strictObject({ host, port: z.int().min(1).max(65_535), serverName: host }),
  rootFingerprint: z.string().transform((text) => parseFingerprint(text)),
});

/** Writes a licence file. */
export function writeLicenceFile(licence: Omit<LicenceFile, 'version'>): string {
  return `${JSON.stringify({ version: 1, ...licence }, null, 2)}\n`;
}

/**
 * Reads a licence file.
 * @throws MalformedLicenceFile, MalformedId, MistypedLicenceCode
 */
export function readLicenceFile(text: string): LicenceFile {
  if (text.length > FILE_CHARACTERS_MAX)
    throw new MalformedLicenceFile('The licence file is too long.');
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw new MalformedLicenceFile('This is not a licence file, or a member of it is wrong.', {
      cause,
    });
  }
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
