/**
 * What is different now from the newest report by which a cart was accepted. A renewed certificate is no drift: it is meant to
 * happen. What nobody knows today is not compared.
 */
import { lastDayOf } from '@chaperone/domain/licence/licence-terms.ts';
import type { CartDrift } from '@chaperone/protocol/console-api/carts.ts';
import type { ReportSummary } from './summary.ts';

export interface CartToday {
  /** As the cart said when it connected last. */
  readonly software: string | null;
  readonly model: string | null;
  /** Of its licence; null when it has none. */
  readonly licence: {
    readonly id: string;
    readonly facility: string | null;
    readonly features: readonly string[];
    readonly validUntilUtcMs: number | null;
  } | null;
  /** Of the gateway: the names in its certificate, and the root under which carts are now. */
  readonly gatewayNames: readonly string[];
  readonly rootFingerprint: string;
}

/** @param newest of the cart's reports: what a later one, by which it was not accepted, saw otherwise */
export function driftOf(
  accepted: ReportSummary,
  newest: ReportSummary,
  today: CartToday,
): CartDrift[] {
  const { licence } = today;
  const drift: CartDrift[] = [];
  const compare = (what: CartDrift['what'], was: string | null, now: string | null): void => {
    if (now !== null && was !== now) drift.push({ what, was: was ?? 'none', now });
  };
  compare('software', accepted.software, today.software);
  compare('model', accepted.model, today.model);
  if (licence !== null && licence.facility !== null)
    compare('facility', accepted.facility, licence.facility);
  compare(
    'licence',
    licenceText(accepted.features, accepted.validUntilUtcMs),
    licence === null ? 'none' : licenceText(licence.features, licence.validUntilUtcMs),
  );
  if (!today.gatewayNames.includes(accepted.serverName))
    compare('gateway', accepted.serverName, today.gatewayNames.join(', '));
  compare('root', accepted.rootFingerprint.slice(0, 16), today.rootFingerprint.slice(0, 16));
  compare('network', networkText(accepted), networkText(newest));
  compare('road', roadText(accepted), roadText(newest));
  return drift;
}

function licenceText(features: readonly string[], validUntilUtcMs: number | null): string {
  const until = validUntilUtcMs === null ? 'no end' : `until ${lastDayOf(validUntilUtcMs)}`;
  return `${features.join(', ') || 'no features'}; ${until}`;
}

function networkText({ method, address }: ReportSummary): string {
  return method === 'static' ? `${address}, fixed` : 'by DHCP';
}

function roadText({ gateway, proxy }: ReportSummary): string {
  return proxy === null ? gateway : `${gateway} through ${proxy}`;
}
