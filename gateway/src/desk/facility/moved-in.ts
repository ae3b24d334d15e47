/** What passed in a session, as the cart counted and signed it; the receipt was checked when it came. */
import { sessionReceiptClaims } from '@chaperone/protocol/signed/claims.ts';
import { decodeJwt } from 'jose';
import type { FilesMoved } from '../../portal/contract.ts';

export function movedIn(receiptJWS: string): FilesMoved {
  const { filesFetched, bytesFetched, filesPlaced, bytesPlaced } = sessionReceiptClaims.parse(
    decodeJwt(receiptJWS),
  );
  return { filesFetched, bytesFetched, filesPlaced, bytesPlaced };
}
