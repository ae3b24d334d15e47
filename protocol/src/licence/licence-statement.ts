/**
 * The terms of a cart's licence as the licence authority signs them: features and dates, bound to a serial number. Decision 0016.
 *
 * A compact JWS of type `chaperone-licence+jws` by the key of the licence root, which the cart root vouches for in its anchors
 * (`est/anchors.ts`). Its payload is `{ version, licence, number, serial, features, validFrom, validUntil, iat }`; times are whole
 * seconds (UTC), `validUntil` null when it does not end. `number` counts the terms of one licence from 1: a cart never goes back to
 * a lower one. The statement is made when terms are given, and kept: nobody signs on demand. Node only.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import { LICENCE_FEATURES, parseFeatures } from '@chaperone/domain/licence/licence-terms.ts';
import type { LicenceTerms } from '@chaperone/domain/licence/licence-terms.ts';
import { parseLicenceId } from '@chaperone/domain/licence/licence.ts';
import type { LicenceId } from '@chaperone/domain/licence/licence.ts';
import { z } from 'zod';
import { signStatementWith } from '../signed/sign-with.ts';
import { readStatement } from '../signed/statement.ts';
import { readCertificate } from '../x509/certificate.ts';
import type { Signer } from '../x509/signer.ts';

/** One licence's terms, as they are in force until later ones replace them. */
export interface LicenceStatement extends LicenceTerms {
  readonly id: LicenceId;
  /** From 1. */
  readonly number: number;
  readonly serial: CartSerial;
  readonly issuedUtcMs: number;
}

export class MalformedLicenceStatement extends DomainError {
  readonly code = 'MALFORMED_LICENCE_STATEMENT';
}

export const LICENCE_STATEMENT_TYPE = 'chaperone-licence+jws';
export const LICENCE_STATEMENT_CHARACTERS_MAX = 4096;
/** A licence whose terms changed a thousand times was changed by a program that went wrong. */
export const LICENCE_NUMBER_MAX = 1000;

const seconds = z.int().nonnegative().max(32_503_680_000);
const claims = z.strictObject({
  version: z.literal(1),
  licence: z.string(),
  number: z.int().min(1).max(LICENCE_NUMBER_MAX),
  serial: z.string(),
  features: z.array(z.enum(LICENCE_FEATURES)).max(LICENCE_FEATURES.length),
  validFrom: seconds,
  validUntil: seconds.nullable(),
  iat: seconds,
});

/** Signs terms with the licence root's key. Instants lose what is less than a second. @throws what the signer throws */
export async function makeLicenceStatement(
  signer: Signer,
  { id, number, serial, features, ...times }: LicenceStatement,
): Promise<string> {
  const said: z.infer<typeof claims> = {
    version: 1,
    licence: String(id),
    number,
    serial,
    features: [...features],
    validFrom: toSeconds(times.validFromUtcMs),
    validUntil: times.validUntilUtcMs === null ? null : toSeconds(times.validUntilUtcMs),
    iat: toSeconds(times.issuedUtcMs),
  };
  return await signStatementWith(signer, LICENCE_STATEMENT_TYPE, claims.parse(said));
}

/**
 * Reads terms and checks that the licence root signed them.
 * @param jws not trusted
 * @param licenceCA DER of the licence root, which the cart root vouches for
 * @throws MalformedLicenceStatement
 */
export async function readLicenceStatement(
  jws: string,
  licenceCA: Uint8Array,
): Promise<LicenceStatement> {
  if (jws.length > LICENCE_STATEMENT_CHARACTERS_MAX)
    throw new MalformedLicenceStatement("The licence's terms are too long.");
  try {
    const { publicKey } = readCertificate(licenceCA);
    const said = await readStatement(
      jws.trim(),
      LICENCE_STATEMENT_TYPE,
      claims,
      publicKey,
      'ES256',
    );
    const validUntilUtcMs = said.validUntil === null ? null : said.validUntil * 1000;
    const features = parseFeatures(said.features);
    if (
      said.features.join() !== features.join() ||
      (validUntilUtcMs ?? Infinity) <= said.validFrom * 1000
    )
      throw new MalformedLicenceStatement("The licence's terms contradict themselves.");
    return {
      id: parseLicenceId(said.licence),
      number: said.number,
      serial: parseCartSerial(said.serial),
      features,
      validFromUtcMs: said.validFrom * 1000,
      validUntilUtcMs,
      issuedUtcMs: said.iat * 1000,
    };
  } catch (cause) {
    if (cause instanceof MalformedLicenceStatement) throw cause;
    throw new MalformedLicenceStatement("The licence's terms are not signed by the licence root.", {
      cause,
    });
  }
}

function toSeconds(utcMs: number): number {
  return Math.floor(utcMs / 1000);
}
