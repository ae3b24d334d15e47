/**
 * Puts the portal together from its parts. Only a composition root imports this.
 *
 * A facility's security officer reads here what the service centre keeps about that facility. The portal changes nothing but
 * its own sign-ins; it holds its officers, the secrets of their codes, and nothing else. Decision 0013.
 */
import { readFile } from 'node:fs/promises';
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import type { AdmittedOfficer, Authority } from '../authority/contract.ts';
import type { Ledger } from '../ledger/contract.ts';
import type { Clock } from '../platform/clock/clock.ts';
import type { Log } from '../platform/log/log.ts';
import { RateLimit } from '../platform/rate-limit/rate-limit.ts';
import { contradictionsOf } from './contradictions.ts';
import type { FacilityAccounts } from './contract.ts';
import type { Officers } from './officer/officer.ts';
import { SignIns } from './sign-in/sign-in.ts';
import type { ShownPHI } from './pages/pages.ts';
import { startPortalWeb } from './web/web.ts';

/** Lines about strangers that the log takes at once, and then each minute: the Internet knocks all day. */
const STRANGERS_TOLD = { burst: 20, perSecond: 1 / 60, keysMax: 16 } as const;

export interface PortalOptions {
  readonly host: string;
  readonly port: number;
  /** Names in the browser's address line. */
  readonly names: readonly string[];
  /** The built page of the verifier. */
  readonly verifierPage: string;
  readonly serviceCentre: string;
  readonly demo: boolean;
  readonly phi: ShownPHI;
}

export interface PortalParts {
  readonly authority: Pick<
    Authority,
    'admitOfficer' | 'onRevoked' | 'portalServerOptions' | 'publicRoots'
  >;
  readonly officers: Officers;
  readonly ledger: Pick<
    Ledger,
    | 'append'
    | 'appendLater'
    | 'checkpoint'
    | 'keepCosignature'
    | 'tile'
    | 'verifierKey'
    | 'witnesses'
    | 'witnessRequest'
    | 'search'
  >;
  /** All that the portal sees of the house, chosen by the certificate that the authority admitted. */
  readonly accountsOf: (officer: AdmittedOfficer) => FacilityAccounts;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: Log;
}

export interface RunningPortal {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens for officers. */
export async function startPortal(
  parts: PortalParts,
  options: PortalOptions,
): Promise<RunningPortal> {
  const { authority, ledger, clock, log } = parts;
  const signIns = new SignIns(parts);
  const told = new RateLimit({ ...STRANGERS_TOLD, now: () => clock.monotonicMs() });
  const { host, port, names, serviceCentre, demo, phi } = options;
  const web = await startPortalWeb(
    {
      authority,
      signIns,
      ledger,
      clock,
      accountsOf: parts.accountsOf,
      face: {
        checkpoint: () => ledger.checkpoint(),
        verifierKey: () => ledger.verifierKey(),
        cartRootPEM: authority.publicRoots.cartRootPEM,
        witnessesOf: async (facility) => await ledger.witnesses(facility),
        contradictions: async () => await contradictionsOf(ledger),
        verifierPage: async () => await readFile(options.verifierPage, 'utf8'),
      },
      phi,
      onStranger: (reason) => {
        if (told.take(reason)) log.warn({ reason }, 'a stranger was turned away at the portal');
      },
    },
    {
      host,
      port,
      names,
      tls: await authority.portalServerOptions(names),
      setting: { serviceCentre, demo },
      onFault: (fault, route) => log.error({ err: fault, route }, 'a request of the portal failed'),
    },
  );
  const stop = authority.onRevoked(({ holder }) => {
    if (holder.kind !== 'officer') return;
    const id = holder.id as AdmittedOfficer['id'];
    signIns.endOf(id, 'retired');
    web.drop(id);
  });
  return {
    url: web.url,
    close: async () => {
      stop();
      await web.close();
    },
  };
}
