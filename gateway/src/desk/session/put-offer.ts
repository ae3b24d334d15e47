/** Shows a cart its open case and who asks to come in, and notes what it answers. */
import type { DeidentificationRule } from '@chaperone/domain/deidentification/deidentification.ts';
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import { OFFERED_REQUESTS_MAX } from '@chaperone/protocol/cart-api/schema.ts';
import type { OfferAnswer } from '@chaperone/protocol/cart-api/schema.ts';
import { requestIdOf } from '@chaperone/protocol/signed/request-id.ts';
import type { StoredCase } from '../service-case/service-case.ts';
import type { CartLink } from '../tunnel/tunnel.ts';
import { codeOf } from './live-cart.ts';
import type { HeldRequest, LiveCart } from './live-cart.ts';

/**
 * @param found the cart's open case, if any
 * @param recordsScreen whether the operator has to be told, before the consent, that the screen is recorded
 * @throws CartUnreachable, CartRefusal, CartMisbehaved
 */
export async function putOffer(
  live: LiveCart,
  link: CartLink,
  found: (StoredCase & { readonly deidentification: DeidentificationRule }) | null,
  nowMonotonicMs: number,
  recordsScreen: boolean,
): Promise<void> {
  for (const [technician, request] of live.requests) {
    const stands = request.expiresMonotonicMs > nowMonotonicMs && request.claims.case === found?.id;
    if (!stands) live.requests.delete(technician);
  }
  // The latest ones: whoever renews moves to the end.
  const held = [...live.requests.values()].slice(-OFFERED_REQUESTS_MAX);
  const shown =
    found === null
      ? null
      : {
          id: found.id,
          number: found.number,
          facility: found.facility,
          deidentification: found.deidentification,
          // A cart of an earlier version refuses what it does not know.
          ...(recordsScreen && link.showsRecording ? { recordsScreen: true as const } : {}),
        };
  const answer = await link.offer({ case: shown, requests: held.map(({ jws }) => jws) });
  for (const [index, request] of held.entries()) {
    const technician = request.claims.sub as TechnicianId;
    // Taken back while the cart was asked: it stays so, and the next offer is without it.
    if (live.requests.get(technician) !== request) continue;
    const refusal = refusalOf(answer, index, request, link.identity.keyThumbprint);
    live.requests.set(technician, { ...request, refusal });
  }
}

function refusalOf(
  answer: OfferAnswer,
  index: number,
  request: HeldRequest,
  cartKey: string,
): string | null {
  const refused = answer.refused.find((each) => each.index === index);
  if (refused !== undefined) return refused.code.slice(0, 64);
  const shown = answer.shown.find((each) => each.request === requestIdOf(request.jws));
  if (shown === undefined) return 'REQUEST_NOT_SHOWN';
  // Somebody shows the operator another key, case or person than this technician's.
  return shown.comparisonCode === codeOf(cartKey, request) ? null : 'COMPARISON_CODE_DIFFERS';
}
