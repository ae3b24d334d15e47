/**
 * Asks the gateway whether it refuses this cart's certificate, where the answer cannot be anybody else's.
 *
 * On the tunnel a refusal is a connection that ends after the handshake, which a network can do as well. On the enrolment road the
 * gateway says it in words, inside TLS under the pinned root (docs/protocol.md section 3, "Commissioning service").
 */
import { COMMISSIONING_PATHS } from '@chaperone/protocol/commissioning/service.ts';
import { EnrolmentRefused } from './enrolment-error.ts';
import { exchange } from './est-exchange.ts';
import type { ESTRequest } from './est-exchange.ts';
import type { CartIdentity } from './identity.ts';

/** A session waits for the answer, and is dialled again meanwhile by nobody. */
const ANSWER_TIMEOUT_MS = 5000;

/** Asks. No answer, and any other answer, is no refusal. Never throws. */
export async function isRefused(
  identity: Pick<CartIdentity, 'keyPem' | 'certificatePem' | 'cartRootPem'>,
  road: Pick<ESTRequest, 'gateway' | 'proxy'>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await exchange({
      ...road,
      path: COMMISSIONING_PATHS.status,
      cartRoot: identity.cartRootPem,
      shown: { key: identity.keyPem, certificate: identity.certificatePem },
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
    });
    return false;
  } catch (fault) {
    return fault instanceof EnrolmentRefused && fault.gatewayCode === 'CART_REFUSED';
  }
}
