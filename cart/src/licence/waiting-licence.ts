/**
 * A licence that lies on the cart and waits for the network: put there at the depot, or typed on site before the road was open.
 *
 * | file | holds |
 * |---|---|
 * | `waiting-licence.json` | `{ version: 1, code, rootFingerprint, gateway \| null, licence \| null, anchors \| null, before \| null }`, for root alone: the code is a secret until it is used |
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { gatewayAddress } from '@chaperone/protocol/panel-api/engineer.ts';
import type { AnchorsFloor, GatewayAddress } from '@chaperone/protocol/est/licence-file.ts';
import { z } from 'zod';
import { writeWholeFile } from '../platform/whole-file.ts';

export interface WaitingLicence {
  /** As typed, or as in the file. */
  readonly code: string;
  readonly rootFingerprint: string;
  /** Null: as the site says. */
  readonly gateway: GatewayAddress | null;
  /** The licence's id, as in the file; null where it was typed. */
  readonly licence: string | null;
  /** What the root said when the file was made; null where it was typed. */
  readonly anchors?: AnchorsFloor | null;
  /** What waited before this one was entered over it; it waits again if this one is worth nothing. */
  readonly before?: WaitingLicence | null;
}

export class WaitingLicenceDamaged extends DomainError {
  readonly code = 'WAITING_LICENCE_DAMAGED';
  constructor(options: { readonly cause: unknown }) {
    super('The licence that waited on this cart is damaged. Enter it again.', options);
  }
}

const FILE = 'waiting-licence.json';
/** As a cart keeps it, and as a terminal says it. */
export const anchorsFloor = z.strictObject({
  issuedUtcMs: z.int().nonnegative(),
  licenceCA: z.string().max(8192),
});
const one = z.strictObject({
  code: z.string().max(200),
  rootFingerprint: z.string().max(200),
  gateway: gatewayAddress.nullable(),
  // Absent where a cart was prepared by an earlier version.
  licence: z.string().max(64).nullable().default(null),
  anchors: anchorsFloor.nullable().default(null),
});
const schema = one.extend({ version: z.literal(1), before: one.nullable().default(null) });

/** Reads what waits; null when nothing does. @throws WaitingLicenceDamaged */
export async function readWaitingLicence(directory: string): Promise<WaitingLicence | null> {
  try {
    const text = await readFile(join(directory, FILE), 'utf8');
    const { version: _version, ...licence } = schema.parse(JSON.parse(text));
    return licence;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new WaitingLicenceDamaged({ cause });
  }
}

/** Keeps a licence until it is redeemed, in the place of one that waited before. */
export async function keepWaitingLicence(
  directory: string,
  licence: WaitingLicence,
): Promise<void> {
  const { code, rootFingerprint, gateway, licence: id } = licence;
  const kept: z.input<typeof schema> = {
    ...{ version: 1, code, rootFingerprint, gateway },
    licence: id,
    anchors: licence.anchors ?? null,
    before: licence.before ?? null,
  };
  await writeWholeFile(join(directory, FILE), `${JSON.stringify(kept, null, 2)}\n`);
}

/** Forgets it: it was used, or is of no use. */
export async function dropWaitingLicence(directory: string): Promise<void> {
  await rm(join(directory, FILE), { force: true });
}
