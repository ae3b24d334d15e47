/**
 * Which gateway a cart looks for, and by what it would know it. An enrolled cart has both in its identity and its site. One that is not has
 * a licence that waits, perhaps: where that will be redeemed, and by whose fingerprint, goes before what the configuration says.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { parseFingerprint } from '@chaperone/protocol/est/licence-file.ts';
import type { GatewayAddress } from '@chaperone/protocol/est/licence-file.ts';
import type { CartConfiguration } from '../configuration/configuration.ts';
import { readWaitingLicence } from '../licence/licence.ts';
import type { CartIdentity } from '../licence/licence.ts';
import { heldIdentity } from './service.ts';

export interface GatewaySought {
  readonly gateway: GatewayAddress;
  readonly identity: CartIdentity | null;
  /** Null: nothing on this cart says whom to believe. */
  readonly rootFingerprint: string | null;
}

/** @param gateway as the site or the configuration says @throws IdentityDamaged, ConfigurationInvalid */
export async function gatewaySought(
  configuration: CartConfiguration,
  gateway: GatewayAddress,
): Promise<GatewaySought> {
  const identity = await heldIdentity(configuration);
  const configured = configuration.gateway.rootFingerprint;
  const known = configured === undefined ? null : parseFingerprint(configured);
  const waiting = identity === null ? await readable(configuration.dataDirectory) : null;
  return {
    gateway: waiting?.gateway ?? gateway,
    identity,
    rootFingerprint: waiting?.rootFingerprint ?? known,
  };
}

/** One that is damaged says nothing; that it is damaged is said where it is to be redeemed. */
async function readable(dataDirectory: string) {
  try {
    const waiting = await readWaitingLicence(dataDirectory);
    if (waiting === null) return null;
    return { ...waiting, rootFingerprint: parseFingerprint(waiting.rootFingerprint) };
  } catch (fault) {
    if (!(fault instanceof DomainError)) throw fault;
    return null;
  }
}
