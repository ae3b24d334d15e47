/** How a cart's certificate stands, for whoever stands in front of a terminal. */
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';

/** Says until when it is good and when it is renewed, what went wrong with that, and what to do. */
export function certificateWords(
  certificate: NonNullable<PanelView['certificate']>,
): readonly string[] {
  const { renewalDueUtcMs, expiresUtcMs, failure, advice } = certificate;
  return [
    `Certificate: until ${dayOf(expiresUtcMs)}, renewed from ${dayOf(renewalDueUtcMs)} on`,
    ...(failure === null ? [] : [`The newest attempt to renew it failed: ${failure}`]),
    ...(advice === null ? [] : [advice]),
  ];
}

function dayOf(utcMs: number): string {
  return new Date(utcMs).toISOString().slice(0, 10);
}
