/**
 * What is different now from the newest report by which a cart was accepted. What is meant to happen is no drift: a renewed
 * certificate, another root after a change of it, a licence that lasts longer. What nobody knows today is not compared.
 */
import { lastDayOf } from '@chaperone/domain/licence/licence-terms.ts';
import type { CartDrift } from '@chaperone/protocol/console-api/carts.ts';
import type { ChangedSite } from './cart-changes.ts';
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
  /** The names in the gateway's certificate. */
  readonly gatewayNames: readonly string[];
  /** What its journal says was changed since that report; null: it says nothing of that report. */
  readonly changed: Pick<ChangedSite, 'road' | 'network'> | null;
}

/** @param newest of the cart's reports: what a later one, by which it was not accepted, saw otherwise */
export function driftOf(
  accepted: ReportSummary,
  newest: ReportSummary,
  today: CartToday,
): CartDrift[] {
  const { licence, changed } = today;
  const drift: CartDrift[] = [];
  const compare = (what: CartDrift['what'], was: string | null, now: string | null): void => {
    if (now !== null && was !== now) drift.push({ what, was: was ?? 'none', now });
  };
  compare('software', accepted.software, today.software);
  compare('model', accepted.model, today.model);
  const facility = licence?.facility ?? null;
  if (facility !== null && alike(facility) !== alike(accepted.facility))
    compare('facility', accepted.facility, facility);
  const now = licence === null ? null : { ...licence, ...laterEnd(accepted, licence) };
  compare('licence', licenceText(accepted), now === null ? 'none' : licenceText(now));
  if (!today.gatewayNames.includes(accepted.serverName))
    compare('gateway', accepted.serverName, today.gatewayNames.join(', '));
  const [was, is] = networkTexts(accepted, newest);
  compare('network', was, changedText(changed?.network) ?? is);
  compare('road', roadText(accepted), changedText(changed?.road) ?? roadText(newest));
  return drift;
}

/** A name as two people type it: spaces and capitals make no other place. */
function alike(name: string): string {
  return name.normalize('NFKC').trim().replaceAll(/\s+/gu, ' ').toLowerCase();
}

interface Term {
  readonly validUntilUtcMs: number | null;
}

/** A licence that was renewed is as it was accepted; one that ends earlier is not. */
function laterEnd(accepted: Term, now: Term): Term {
  const [before, after] = [accepted, now].map(({ validUntilUtcMs }) => validUntilUtcMs ?? Infinity);
  return (after ?? 0) > (before ?? 0) ? accepted : now;
}

function licenceText({
  features,
  validUntilUtcMs,
}: Term & { readonly features: readonly string[] }): string {
  const until = validUntilUtcMs === null ? 'no end' : `until ${lastDayOf(validUntilUtcMs)}`;
  return `${features.join(', ') || 'no features'}; ${until}`;
}

function changedText(utcMs: number | undefined): string | null {
  if (utcMs === undefined) return null;
  const at = new Date(utcMs).toISOString().slice(0, 16).replace('T', ' ');
  return `set anew on ${at} UTC by the cart's clock`;
}

/** What two reports say of the network, and of more only where it differs; one of an earlier version says less. */
function networkTexts(one: ReportSummary, other: ReportSummary): readonly [string, string] {
  const others = networkParts(other);
  const pairs = networkParts(one).map((part, at) => [part, others[at] ?? null] as const);
  const shown = pairs.filter(([mine, its], at) => {
    return at === 0 || (mine !== null && its !== null && mine !== its);
  });
  return [shown.map(([mine]) => mine).join('; '), shown.map(([, its]) => its).join('; ')];
}

function networkParts(summary: ReportSummary): readonly (string | null)[] {
  const { method, address, ssid, security, nameServers } = summary;
  return [
    method === 'static' ? `${address}, fixed` : 'by DHCP',
    ssid === undefined ? null : ssid === null ? 'by wire' : `Wi-Fi ${ssid}`,
    security === undefined ? null : `security ${security}`,
    nameServers === undefined ? null : `names from ${nameServers.join(', ') || 'nobody'}`,
  ];
}

function roadText({ gateway, proxy }: ReportSummary): string {
  return proxy === null ? gateway : `${gateway} through ${proxy}`;
}
