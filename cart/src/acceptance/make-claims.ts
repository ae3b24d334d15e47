/**
 * Makes the claims of an acceptance report from what the validation saw and what is set. Nothing is asked anew: what is signed is
 * what was validated.
 */
import { isAccepted } from '@chaperone/domain/validation/acceptance.ts';
import type { ValidationStep } from '@chaperone/domain/validation/finding.ts';
import { isIPv4 } from '@chaperone/protocol/commissioning/ipv4.ts';
import { firewallRules, isLoopback } from '@chaperone/protocol/commissioning/firewall.ts';
import { REPORT_VERSION } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { readableText } from '@chaperone/protocol/commissioning/plain-value.ts';
import type { AcceptanceReportClaims } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import type { Validation } from '@chaperone/protocol/commissioning/validation.ts';
import type { NetworkInterface } from '@chaperone/protocol/panel-api/engineer.ts';
import { z } from 'zod';
import type { RoadSettings } from '../road/road.ts';

export interface ClaimsParts {
  readonly id: string;
  readonly utcMs: number;
  readonly demo: boolean;
  readonly cart: { readonly serial: string; readonly model: string };
  readonly software: string;
  readonly facility: string;
  readonly acceptedBy: string;
  readonly road: RoadSettings;
  readonly rootFingerprint: string;
  readonly certificate: AcceptanceReportClaims['certificate'];
  /** Null: as the validation saw it. */
  readonly licence: AcceptanceReportClaims['licence'] | null;
  readonly validation: Validation;
  readonly interfaces: readonly NetworkInterface[];
}

/** What nobody saw. */
const UNKNOWN = 'not known';
const ADDRESSES_MAX = 16;
const NAME_SERVERS_MAX = 8;
const FEATURES_MAX = 16;

/** As much of a profile as a report tells. */
const profileSchema = z.object({
  ipv4: z.object({ method: z.enum(['dhcp', 'static']) }),
  enterprise: z.unknown().optional(),
  security: z.object({ kind: z.enum(['wpa2-personal', 'wpa2-enterprise']) }).optional(),
});

/** What is known of a cart's road: as a validation saw it, and without one from what is set and what the adapters say. */
export function roadFacts(parts: {
  readonly road: RoadSettings;
  readonly validation: Pick<Validation, 'steps'> | null;
  readonly interfaces: readonly NetworkInterface[];
}) {
  const { road, interfaces } = parts;
  const seen = new Seen(parts.validation ?? { steps: [] });
  const proxy = proxyOf(seen, road);
  return {
    gateway: {
      host: readableText(road.gateway.host),
      port: road.gateway.port,
      serverName: readableText(road.gateway.serverName),
      addresses: proxy.host === null ? addressesOf(seen, road.gateway.host) : [],
    },
    network: networkOf(seen, interfaces),
    proxy,
  };
}

export function makeClaims(parts: ClaimsParts): AcceptanceReportClaims {
  const { validation, cart } = parts;
  const seen = new Seen(validation);
  const { gateway, ...others } = roadFacts(parts);
  const facts = {
    ...others,
    gateway: { ...gateway, rootFingerprint: parts.rootFingerprint },
  };
  return {
    version: REPORT_VERSION,
    iss: cart.serial,
    jti: parts.id,
    iat: Math.floor(parts.utcMs / 1000),
    demo: parts.demo,
    accepted: isAccepted(validation.steps),
    model: readableText(cart.model),
    software: readableText(parts.software),
    facility: readableText(parts.facility),
    acceptedBy: readableText(parts.acceptedBy),
    ...facts,
    licence: parts.licence ?? licenceOf(seen),
    certificate: parts.certificate,
    validation,
    firewall: firewallRules(facts),
  };
}

/** The facts of a validation, by step and name. */
class Seen {
  readonly #steps: Validation['steps'];

  constructor({ steps }: Pick<Validation, 'steps'>) {
    this.#steps = steps;
  }

  text(step: ValidationStep, name: string): string | null {
    const fact = this.#fact(step, name);
    return typeof fact === 'string' && fact !== '' ? readableText(fact) : null;
  }

  whole(step: ValidationStep, name: string): number | null {
    const fact = this.#fact(step, name);
    return typeof fact === 'number' && Number.isSafeInteger(fact) ? fact : null;
  }

  /** What was written with commas between. */
  list(step: ValidationStep, name: string): string[] {
    return (this.text(step, name) ?? '')
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '');
  }

  #fact(step: ValidationStep, name: string): unknown {
    const seen = this.#steps.find((each) => each.step === step)?.seen ?? {};
    return Object.hasOwn(seen, name) ? seen[name] : null;
  }
}

function networkOf(
  seen: Seen,
  interfaces: readonly NetworkInterface[],
): AcceptanceReportClaims['network'] {
  const name = seen.text('link', 'interface');
  // Before a validation the one that leads out is known only when it has an address and a router.
  const known = interfaces.find((each) =>
    name === null ? each.address !== null && each.router !== null : each.name === name,
  );
  const kind = known?.kind ?? (seen.text('link', 'kind') === 'wifi' ? 'wifi' : 'wired');
  const read = profileSchema.safeParse(known?.profile);
  const profile = read.success ? read.data : null;
  const method = seen.text('address', 'method') ?? profile?.ipv4.method;
  const prefixLength = seen.whole('address', 'prefixLength') ?? known?.prefixLength ?? 32;
  return {
    interface: name ?? known?.name ?? UNKNOWN,
    kind,
    hardwareAddress: seen.text('link', 'hardwareAddress') ?? known?.hardwareAddress ?? UNKNOWN,
    method: method === 'static' || method === 'dhcp' ? method : 'unknown',
    // Where no adapter was looked at, the connection's own end says it.
    address:
      seen.text('address', 'address') ?? seen.text('port', 'source') ?? known?.address ?? UNKNOWN,
    prefixLength: Math.min(32, Math.max(0, prefixLength)),
    router: seen.text('route', 'router') ?? known?.router ?? null,
    nameServers: nameServersOf(seen, known).slice(0, NAME_SERVERS_MAX),
    namesBy: namesByOf(seen),
    speed: seen.whole('link', 'speed'),
    ssid: seen.text('link', 'ssid'),
    security: securityOf(kind, profile),
  };
}

/** Those that were asked; behind a service on the cart itself (127.0.0.53) those that the network gave to the interface. */
function nameServersOf(seen: Seen, known: NetworkInterface | undefined): readonly string[] {
  const asked = seen.list('names', 'servers');
  const given = known?.nameServers ?? [];
  return given.length > 0 && asked.every((each) => isLoopback(each)) ? given : asked;
}

function namesByOf(seen: Seen): AcceptanceReportClaims['network']['namesBy'] {
  const by = seen.text('names', 'by');
  return by === 'given' || by === 'local' || by === 'tcp' ? by : 'udp';
}

function securityOf(
  kind: 'wired' | 'wifi',
  profile: z.infer<typeof profileSchema> | null,
): AcceptanceReportClaims['network']['security'] {
  if (kind === 'wifi') return profile?.security?.kind ?? 'none';
  return profile?.enterprise === null || profile?.enterprise === undefined ? 'none' : '802.1X';
}

function addressesOf(seen: Seen, host: string): string[] {
  if (isIPv4(host)) return [host];
  const found = seen.list('names', 'addresses');
  const one = seen.text('port', 'address');
  if (found.length > 0) return found.slice(0, ADDRESSES_MAX);
  return one !== null && isIPv4(one) ? [one] : [];
}

function proxyOf(seen: Seen, { proxy }: RoadSettings): AcceptanceReportClaims['proxy'] {
  const authentication = seen.text('proxy', 'authentication');
  const known = (['basic', 'digest', 'negotiate'] as const).find((each) => each === authentication);
  const port = seen.whole('proxy', 'port');
  const used = {
    host: seen.text('proxy', 'host'),
    port: port !== null && port >= 1 && port <= 65_535 ? port : null,
    authentication: known ?? ('none' as const),
  };
  if (proxy.kind === 'none')
    return { kind: 'none', url: null, host: null, port: null, authentication: 'none' };
  if (proxy.kind === 'pac') return { kind: 'pac', url: seen.text('proxy', 'pacUrl'), ...used };
  return { kind: 'manual', url: null, ...used, host: readableText(proxy.host), port: proxy.port };
}

function licenceOf(seen: Seen): AcceptanceReportClaims['licence'] {
  const features = seen.list('licence', 'features');
  const until = Date.parse(seen.text('licence', 'validUntil') ?? '');
  return {
    id: seen.text('licence', 'id') ?? UNKNOWN,
    features: features.slice(0, FEATURES_MAX),
    validUntilUtcMs: Number.isFinite(until) ? Math.max(0, until) : null,
  };
}
