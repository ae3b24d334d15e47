/**
 * Prepares a cart at the depot, without a network: everything that can be wrong with its licence is found there, its key is made, and
 * on site only the network is left. Decision 0016.
 *
 * The file is checked by the root that it brings. What that proves hangs on the fingerprint: compared with what the service centre
 * says by another way, the file is its word; not compared, the file is only whole. So the command says it, and refuses one that differs
 * from what the configuration or the caller names.
 */
import { mkdir } from 'node:fs/promises';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { LicenceExpired } from '@chaperone/domain/licence/licence.ts';
import { parseFingerprint, readLicenceFile } from '@chaperone/protocol/est/licence-file.ts';
import type { ReadLicenceFile } from '@chaperone/protocol/est/licence-file.ts';
import { AlreadyEnrolled, RootFingerprintMismatch } from './enrolment-error.ts';
import { hasIdentity } from './identity.ts';
import { keepWaitingLicence } from './waiting-licence.ts';
import { holdWaitingKey } from './waiting-key.ts';

export interface PrestageOptions {
  /** The agent's data directory. */
  readonly directory: string;
  /** The text of the licence file, not trusted. */
  readonly file: string;
  /** As the configuration says. */
  readonly cart: { readonly serial: string; readonly model: string };
  /** What was compared, or stands in the configuration; null when neither is there. */
  readonly rootFingerprint: string | null;
  /** Allows it on a cart that is enrolled: its identity is exchanged on site. */
  readonly replace: boolean;
  /** UTC. */
  readonly nowMs: number;
}

export class LicenceForAnotherCart extends DomainError {
  readonly code = 'LICENCE_FOR_ANOTHER_CART';
}

/** Reads a licence file for this cart. @throws as {@link prestage}, but AlreadyEnrolled */
export async function readLicenceFor(
  options: Omit<PrestageOptions, 'directory' | 'replace'>,
): Promise<ReadLicenceFile> {
  const { cart, rootFingerprint, nowMs } = options;
  const licence = await readLicenceFile(options.file);
  if (licence.serial !== cart.serial)
    throw new LicenceForAnotherCart(
      `The licence is for ${licence.serial}, but "cart.serial" is ${cart.serial}. Compare both with the plate.`,
    );
  if (licence.model !== null && licence.model !== cart.model)
    throw new LicenceForAnotherCart(
      `The licence is for the model ${licence.model}, but "cart.model" is ${cart.model}. Compare both with the plate.`,
    );
  if (
    rootFingerprint !== null &&
    !licence.rootFingerprint.startsWith(parseFingerprint(rootFingerprint))
  )
    throw new RootFingerprintMismatch();
  // The gateway has the last word; a code that cannot be good any more is better found before the journey.
  if (nowMs >= licence.codeExpiresUtcMs) throw new LicenceExpired();
  return licence;
}

/**
 * Checks a licence file, makes this cart's key and keeps both until the gateway can be reached.
 * @throws MalformedLicenceFile, MalformedId, MistypedLicenceCode, LicenceForAnotherCart, RootFingerprintMismatch, LicenceExpired,
 *   AlreadyEnrolled
 */
export async function prestage(options: PrestageOptions): Promise<ReadLicenceFile> {
  const { directory, replace } = options;
  const licence = await readLicenceFor(options);
  if (!replace && (await hasIdentity(directory))) throw new AlreadyEnrolled();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await holdWaitingKey(directory, 'enrolment');
  const { code, rootFingerprint, gateway, anchors } = licence;
  const id = String(licence.licence);
  await keepWaitingLicence(directory, { code, rootFingerprint, gateway, licence: id, anchors });
  return licence;
}
