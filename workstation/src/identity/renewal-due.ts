/** When a certificate is to be replaced: with a third of its life left, so that weeks of holidays cost nobody a licence. */
import { RENEWAL_FROM } from '@chaperone/protocol/console-api/workstation.ts';

/** The life of a certificate, UTC milliseconds. */
export interface Life {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** Gives the instant (UTC) from which on a certificate is renewed. */
export function renewalFromMs({ notBeforeMs, notAfterMs }: Life): number {
  return notBeforeMs + Math.floor((notAfterMs - notBeforeMs) * RENEWAL_FROM);
}

export function isRenewalDue(life: Life, nowMs: number): boolean {
  return nowMs >= renewalFromMs(life);
}
