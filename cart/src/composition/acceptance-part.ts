/** Ties the acceptance report to the identity with which it is signed and to the road on which it is sent. */
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import { reportPage } from '@chaperone/protocol/commissioning/report-page.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { Acceptance, claimsOf, receivedUtcMs } from '../acceptance/acceptance.ts';
import type { AcceptanceOptions, AcceptingIdentity } from '../acceptance/acceptance.ts';
import type { AcceptancePart, SiteInForce } from '../commissioning/commissioning.ts';
import type { CartConfiguration } from '../configuration/configuration.ts';
import type { CartIdentity } from '../licence/licence.ts';
import type { RoadSettings } from '../road/road.ts';
import { readSiteSettings, roadSettings } from '../site/site.ts';

export interface AcceptanceSurroundings extends Pick<
  AcceptanceOptions,
  'clock' | 'log' | 'randomBytes' | 'software'
> {
  /** Null while the cart is not enrolled. */
  readonly identity: () => Promise<CartIdentity | null>;
  readonly record: (facts: readonly JournalFact[]) => Promise<void>;
}

/** Opens the reports of a cart. */
export function openAcceptance(
  configuration: CartConfiguration,
  { identity, ...surroundings }: AcceptanceSurroundings,
): Acceptance {
  const { dataDirectory, demo, cart, gateway } = configuration;
  return new Acceptance({
    ...surroundings,
    ...{ dataDirectory, demo, cart },
    rootFingerprint: gateway.rootFingerprint?.replaceAll(/[^0-9a-f]/gi, '').toLowerCase() ?? null,
    identity: async () => acceptingIdentity(await identity()),
    road: async () => roadSettings(configuration, await readSiteSettings(dataDirectory)),
  });
}

/** What commissioning asks for. */
export function acceptancePart(
  acceptance: Acceptance,
  identity: () => Promise<CartIdentity | null>,
): AcceptancePart {
  return {
    accept: async ({ site, ...order }) => {
      const licence = (await identity())?.licence ?? null;
      return await acceptance.accept({
        ...order,
        road: roadOf(site),
        licence: licence === null ? null : reportedLicence(licence),
      });
    },
    newest: async () => await acceptance.newest(),
    summary: async ({ site, ...present }) =>
      await acceptance.summary({ ...present, road: roadOf(site) }),
    page: async (file) =>
      reportPage({
        claims: claimsOf(file),
        jws: file.report,
        receivedUtcMs: receivedUtcMs(file),
      }),
    firewall: async ({ site, ...present }, language) =>
      await acceptance.firewall({ ...present, road: roadOf(site) }, language),
  };
}

function roadOf({ gateway, proxy }: SiteInForce): RoadSettings {
  return { gateway, proxy };
}

function reportedLicence(held: NonNullable<CartIdentity['licence']>) {
  const { id, features, validUntilUtcMs } = held;
  return { id: String(id), features: [...features], validUntilUtcMs };
}

/** Lets a report be signed; the key itself goes no further than this. */
function acceptingIdentity(identity: CartIdentity | null): AcceptingIdentity | null {
  if (identity === null) return null;
  const { key } = identity;
  const algorithm = key.asymmetricKeyType === 'rsa' ? 'PS256' : 'ES256';
  return {
    ...identity,
    sign: async (typ, claims, x5c) => await signStatement(typ, claims, key, algorithm, x5c),
  };
}
