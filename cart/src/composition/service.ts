/**
 * What an enrolled cart has beside its panel: journal, session, files, screen and tunnel. It is made when the agent starts, and made
 * anew when the cart is enrolled while the agent runs.
 */
import path from 'node:path';
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import type { PanelTransfer, PanelWaiting } from '@chaperone/protocol/panel-api/schema.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { decodePEM } from '@chaperone/protocol/x509/pem.ts';
import {
  ConfigurationInvalid,
  indicatorSettings,
  sessionLimits,
} from '../configuration/configuration.ts';
import type { CartConfiguration } from '../configuration/configuration.ts';
import { CartEvidence } from '../evidence/evidence.ts';
import { Deidentification } from '../deidentification/deidentification.ts';
import { Files } from '../files/files.ts';
import { screenMasksOf } from '@chaperone/domain/facility-policy/facility-policy.ts';
import type { FacilityPolicyInForce } from '../facility-policy/facility-policy.ts';
import { IndicatorKeeper, makeIndicator } from '../indicator/indicator.ts';
import type { Indicator } from '../indicator/indicator.ts';
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
import { instantOf } from '../platform/clock.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { ScreenSource } from '../screen/screen.ts';
import {
  IndicatorWatch,
  InterlockMark,
  LOOKS_IN_DEMO_MAX,
  LOOKS_MAX,
  Session,
} from '../session/session.ts';
import type { PanelPresence } from '../session/session.ts';
import type { RoadSettings } from '../road/road.ts';
import { readSiteSettings, roadSettings } from '../site/site.ts';
import { Tunnel } from '../tunnel/tunnel.ts';
import { Unmasking } from '../unmask/unmask.ts';
import { Watching } from '../watching/watching.ts';
import { IdentityInUse } from './identity-in-use.ts';
import { openMasking, shownSource } from './masking-part.ts';
import type { CartMasks } from './masking-part.ts';

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
  readonly indicator?: Indicator;
  readonly policy: FacilityPolicyInForce;
  /** Written before anything else. */
  readonly firstFact: JournalFact;
}

export interface Service {
  /** The newest; a session that runs keeps the one that it began with. */
  readonly identity: CartIdentity;
  /** How its certificate stands. */
  renewal(): RenewalStanding;
  /** Whether the cart may dial its gateway beside what an operator does, now. */
  mayDial(): boolean;
  /** What its licence allows now; it learns of later terms by itself. */
  readonly licence: LicenceInForce;
  readonly session: Session;
  readonly indicator: IndicatorKeeper;
  readonly masks: CartMasks;
  readonly unmasking: Unmasking;
  readonly watching: Watching;
  readonly evidence: CartEvidence;
  transfers(): readonly PanelTransfer[];
  waiting(): PanelWaiting;
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
  const indicator = new IndicatorKeeper({
    indicator:
      options.indicator ??
      makeIndicator(indicatorSettings(configuration), {
        monotonicMs: () => clock.monotonicMs(),
        log,
      }),
    now: () => instantOf(clock),
    language: () => presence.language,
  });
  closers.push(() => indicator.close());
  const session = new Session({
    indicator,
    interlockMark: new InterlockMark(dataDirectory, log),
    operatorPauseMs: screen.input.operatorPauseMs,
    serial: identity.serial,
    journal,
    sign: async (typ, claims) => await signer(inUse.current)(typ, claims),
    clock,
    limits: sessionLimits(configuration),
    licence,
    policy: options.policy,
    randomBytes: options.randomBytes,
    log,
  });
  // First of all who are told: what it says, and whether it is there, is settled before anything is opened.
  indicator.follow(session);
  await session.recover();
  const evidence = await CartEvidence.open({
    dataDirectory,
    identity: () => inUse.current,
    appendLater: (facts) => journal.appendLater(facts),
    utcMs: () => clock.utcMs(),
    log,
  });
  closers.push(() => evidence.close());
  evidence.follow(session);
  journal.appendLater([options.firstFact]);
  const renewal = new Renewal({
    ...{ directory: dataDirectory, identity, mode: configuration.renewal, road, journal },
    ...{ clock, randomBytes: options.randomBytes, log },
    session: () => sessionStanding(session),
  });
  inUse.follow(session, renewal);
  session.onChange(() => void renewal.look());
  const looksMax = configuration.demo ? LOOKS_IN_DEMO_MAX : LOOKS_MAX;
  const watch = new IndicatorWatch(session, presence, looksMax);
  closers.push(() => watch.stop());
  const demand = () => screenMasksOf(options.policy.standing);
  const masks = await openMasking(configuration, demand, log);
  const { masking } = masks;
  // Before the tunnel: what narrows the session has covered everything when its streams hear of it.
  const unmasking = new Unmasking(masking, session, () => demand().mayUnmask);
  closers.push(() => unmasking.close());
  // Before its screen is opened, and when a policy comes meanwhile.
  session.onChange(() => masks.look());
  const bindMasks = (): void => {
    masks.look();
    unmasking.look();
  };
  closers.push(options.policy.onChange(bindMasks));
  const watching = new Watching({
    ...{ session, indicator, serial: identity.serial, randomBytes: options.randomBytes },
    sign: async (typ, claims) => await signer(inUse.current)(typ, claims),
  });
  closers.push(() => watching.close());
  const screenSource = shownSource(screen, masking, log, options.screenSource);
  closers.push(() => screenSource.close());
  const deidentification = await Deidentification.open({
    dataDirectory,
    templates: configuration.deidentification,
    patientListFile: configuration.deidentification.patientListFile,
    mayUseTemplates: (sha256) => options.policy.mayUseTemplates(sha256),
  });
  const files = await Files.open({
    ...configuration,
    deidentification,
    onTransfers: () => session.observed(),
  });
  const tunnel = new Tunnel({
    ...{ session, files, evidence, presence, indicator, screenSource, unmasking, watching },
    blockedKeys: screen.input.blockedKeys,
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
    if (state.phase !== 'waiting' || previous.phase !== 'dialling') return;
    licence.look();
    options.policy.look(true);
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
    mayDial: () => mayDialForLicence(configuration.renewal, sessionStanding(session)),
    licence,
    session,
    indicator,
    masks,
    unmasking,
    watching,
    evidence,
    transfers: () => files.transfers(),
    waiting: () => files.waiting(),
    record: (facts) => journal.append(facts),
    async end() {
      await renewal.close();
      await licence.close();
      await session.close();
      await tunnel.close();
      // Last: until the tunnel is closed a gateway shows checkpoints and countersigns, and each is written.
      await evidence.settled();
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
