/**
 * What an enrolled cart has beside its panel: journal, session, files, screen and tunnel. It is made when the agent starts, and made
 * anew when the cart is enrolled while the agent runs.
 */
import path from 'node:path';
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import type { PanelTransfer } from '@chaperone/protocol/panel-api/schema.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { decodePEM } from '@chaperone/protocol/x509/pem.ts';
import { ConfigurationInvalid, sessionLimits } from '../configuration/configuration.ts';
import type { CartConfiguration } from '../configuration/configuration.ts';
import { Files } from '../files/files.ts';
import { openJournal } from '../journal/journal.ts';
import {
  LicenceInForce,
  Renewal,
  hasIdentity,
  isRefused,
  loadIdentity,
  mayDialForLicence,
  refreshLicence,
} from '../licence/licence.ts';
import type { CartIdentity, RenewalStanding, SessionStanding } from '../licence/licence.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { connectSource } from '../screen/screen.ts';
import type { ScreenSource } from '../screen/screen.ts';
import { IndicatorWatch, LOOKS_IN_DEMO_MAX, LOOKS_MAX, Session } from '../session/session.ts';
import type { PanelPresence } from '../session/session.ts';
import type { RoadSettings } from '../road/road.ts';
import { readSiteSettings, roadSettings } from '../site/site.ts';
import { Tunnel } from '../tunnel/tunnel.ts';
import { IdentityInUse } from './identity-in-use.ts';

/** In the data directory. */
export const JOURNAL_DIRECTORY = 'journal';

export interface ServiceOptions {
  readonly configuration: CartConfiguration;
  readonly software: string;
  readonly presence: PanelPresence;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: Log;
  readonly screenSource?: ScreenSource;
  /** Written before anything else. */
  readonly firstFact: JournalFact;
}

export interface Service {
  /** The newest; a session that runs keeps the one that it began with. */
  readonly identity: CartIdentity;
  /** How its certificate stands. */
  renewal(): RenewalStanding;
  /** What its licence allows now; it learns of later terms by itself. */
  readonly licence: LicenceInForce;
  readonly session: Session;
  transfers(): readonly PanelTransfer[];
  /** Settles when the facts are on the disk. @throws JournalUnwritable */
  record(facts: readonly JournalFact[]): Promise<void>;
  /** Ends the session as `agent-stopped` and cuts every stream. */
  end(): Promise<void>;
  /** Takes the rest apart, after `end`. */
  close(): Promise<void>;
}

/** Loads the identity; null while the cart is not enrolled. @throws IdentityDamaged, ConfigurationInvalid */
export async function heldIdentity(configuration: CartConfiguration): Promise<CartIdentity | null> {
  const { dataDirectory, cart } = configuration;
  if (!(await hasIdentity(dataDirectory))) return null;
  const identity = await loadIdentity(dataDirectory);
  if (identity.serial !== cart.serial) {
    throw new ConfigurationInvalid(
      `"cart.serial" is ${cart.serial}, but this cart was enrolled as ${identity.serial}.`,
    );
  }
  return identity;
}

/** Starts it. An unfinished session has been ended in the journal before anything can begin. */
export async function startService(
  identity: CartIdentity,
  options: ServiceOptions,
): Promise<Service> {
  const closers: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const each of closers.splice(0).toReversed()) await each();
  };
  try {
    return await assemble(identity, options, closers, close);
  } catch (fault) {
    await close();
    throw fault;
  }
}

async function assemble(
  identity: CartIdentity,
  options: ServiceOptions,
  closers: (() => unknown)[],
  close: () => Promise<void>,
): Promise<Service> {
  const { configuration, presence, clock, log } = options;
  const { dataDirectory, screen } = configuration;
  const inUse = new IdentityInUse(identity);
  const journal = await openJournal({
    directory: path.join(dataDirectory, JOURNAL_DIRECTORY),
    get key() {
      return inUse.current.key;
    },
    serial: identity.serial,
    clock,
  });
  closers.push(() => journal.close());
  const road = async (): Promise<RoadSettings> =>
    roadSettings(configuration, await readSiteSettings(dataDirectory));
  const licence = new LicenceInForce({
    held: identity.licence,
    utcMs: () => clock.utcMs(),
    monotonicMs: () => clock.monotonicMs(),
    mayDial: () => mayDialForLicence(configuration.renewal, sessionStanding(session)),
    refresh: async (signal) => {
      await journal.append([{ kind: 'licence-asked' }]);
      return await refreshLicence({ directory: dataDirectory, ...(await road()), signal });
    },
    onFailure: (fault) => log.info({ fault }, 'no later terms of the licence could be asked for'),
  });
  closers.push(() => licence.close());
  const session = new Session({
    serial: identity.serial,
    journal,
    sign: async (typ, claims) => await signer(inUse.current)(typ, claims),
    clock,
    limits: sessionLimits(configuration),
    licence,
    randomBytes: options.randomBytes,
    log,
  });
  await session.recover();
  journal.appendLater([options.firstFact]);
  const renewal = new Renewal({
    ...{ directory: dataDirectory, identity, mode: configuration.renewal, road, journal },
    ...{ clock, randomBytes: options.randomBytes, log },
    session: () => sessionStanding(session),
  });
  inUse.follow(session, renewal);
  session.onChange(() => void renewal.look());
  const looksMax = configuration.demo ? LOOKS_IN_DEMO_MAX : LOOKS_MAX;
  const indicator = new IndicatorWatch(session, presence, looksMax);
  closers.push(() => indicator.stop());
  const screenSource = options.screenSource ?? connectSource(screen);
  closers.push(() => screenSource.close());
  const files = await Files.open({ ...configuration, onTransfers: () => session.observed() });
  const tunnel = new Tunnel({
    session,
    files,
    presence,
    screenSource,
    journalPage: (from) => journal.page(from),
    get identity() {
      return tunnelIdentity(options, inUse.current);
    },
    roadSettings: road,
    get dialling() {
      return inUse.current;
    },
    isRefused: async (signal) => await isRefused(inUse.current, await road(), signal),
    randomBytes: options.randomBytes,
    monotonicMs: () => clock.monotonicMs(),
    utcMs: () => clock.utcMs(),
    log,
  });
  // The gateway is there: what the licence allows the next time is asked for beside the session.
  session.onChange((state, previous) => {
    if (state.phase === 'waiting' && previous.phase === 'dialling') licence.look();
  });
  closers.push(renewal.onRenewed(({ licence: held }) => licence.take(held)));
  closers.push(licence.onChange(() => session.observed()));
  licence.start();
  // Names of files stay on the panel as long as the session's last page does.
  session.onChange((state) => {
    if (state.phase === 'idle' || state.phase === 'notice') files.forget();
  });
  renewal.start();
  return {
    get identity() {
      return renewal.identity;
    },
    renewal: () => renewal.due(),
    licence,
    session,
    transfers: () => files.transfers(),
    record: (facts) => journal.append(facts),
    async end() {
      await renewal.close();
      await licence.close();
      await session.close();
      await tunnel.close();
    },
    close,
  };
}

function tunnelIdentity(options: ServiceOptions, identity: CartIdentity) {
  const [workstationAuthority] = decodePEM('CERTIFICATE', identity.workstationCAPem);
  if (workstationAuthority === undefined) throw new Error('loaded identities have one');
  return {
    serial: identity.serial,
    model: options.configuration.cart.model,
    software: options.software,
    keyThumbprint: identity.keyThumbprint,
    workstationAuthority,
  };
}

/** Signs with the cart's key; the key itself goes no further than this. */
export function signer({ key }: CartIdentity): (typ: string, claims: object) => Promise<string> {
  const algorithm = key.asymmetricKeyType === 'rsa' ? 'PS256' : 'ES256';
  return (typ, claims) => signStatement(typ, claims, key, algorithm);
}

/** What renewal needs to know of the session. */
function sessionStanding({ state }: Session): SessionStanding {
  if (state.phase === 'idle') return 'none';
  const isConnected = ['waiting', 'granted', 'open'].includes(state.phase);
  return isConnected ? 'connected' : 'beginning';
}
