/**
 * Puts the cart agent together: the one place that knows all features.
 *
 * Order matters at both ends. Nothing listens before the journal is open and an unfinished session has been ended
 * in it; at the stop the session ends first, so that every stream is cut before anything else is taken apart.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import { decodePEM } from '@chaperone/protocol/x509/pem.ts';
import manifest from '../package.json' with { type: 'json' };
import { ConfigurationInvalid, sessionLimits } from './configuration/configuration.ts';
import type { CartConfiguration } from './configuration/configuration.ts';
import { Files } from './files/files.ts';
import { openJournal } from './journal/journal.ts';
import { loadIdentity } from './licence/licence.ts';
import type { CartIdentity } from './licence/licence.ts';
import {
  listenForPress,
  PanelCredential,
  panelViewOf,
  publishPanel,
  servePanel,
} from './panel-api/panel-api.ts';
import { systemClock } from './platform/clock.ts';
import type { Clock } from './platform/clock.ts';
import { lockDataDirectory } from './platform/database/data-directory-lock.ts';
import { openLog } from './platform/log.ts';
import type { Log } from './platform/log.ts';
import { connectSource } from './screen/screen.ts';
import type { ScreenSource } from './screen/screen.ts';
import {
  IndicatorWatch,
  LOOKS_IN_DEMO_MAX,
  LOOKS_MAX,
  PanelPresence,
  Session,
} from './session/session.ts';
import { readSiteSettings, roadSettings } from './site/site.ts';
import { Tunnel } from './tunnel/tunnel.ts';

export const SOFTWARE = `chaperone-cart ${manifest.version}`;

/** In the data directory. */
export const JOURNAL_DIRECTORY = 'journal';

/** What tests and the demo replace. */
export interface CartOverrides {
  readonly clock?: Clock;
  readonly randomBytes?: RandomBytes;
  readonly screenSource?: ScreenSource;
  /** Where the panel's built pages are. */
  readonly pagesDirectory?: string;
  readonly log?: Log;
}

export interface RunningCart {
  /** Such as `http://127.0.0.1:8700`. */
  readonly panelUrl: string;
  /** Secret: the panel's per-launch credential. */
  readonly credential: string;
  view(): PanelView;
  /** Ends the session as `agent-stopped`, and everything else. */
  close(): Promise<void>;
}

/** What is taken apart at the end, last first. */
type Closers = (() => unknown)[];

/**
 * Starts the agent of an enrolled cart.
 * @throws DataDirectoryInUse, NotEnrolled, IdentityDamaged, ConfigurationInvalid, InvalidScreenSource, and what opening
 *   the journal, the inbox or the listeners throws
 */
export async function startCart(
  configuration: CartConfiguration,
  overrides: CartOverrides = {},
): Promise<RunningCart> {
  const closers: Closers = [];
  try {
    return await assemble(configuration, overrides, closers);
  } catch (fault) {
    await closeAll(closers);
    throw fault;
  }
}

/** Makes the data directory ready and keeps other agents away from it. @throws DataDirectoryInUse */
export async function holdDataDirectory(directory: string): Promise<{ release(): void }> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  return lockDataDirectory(directory);
}

async function assemble(
  configuration: CartConfiguration,
  overrides: CartOverrides,
  closers: Closers,
): Promise<RunningCart> {
  const { dataDirectory, screen } = configuration;
  const clock = overrides.clock ?? systemClock();
  const random = overrides.randomBytes ?? randomBytes;
  const log = overrides.log ?? openLog('info');

  const lock = await holdDataDirectory(dataDirectory);
  closers.push(() => lock.release());
  const identity = await identityOf(configuration);
  const journal = await openJournal({
    directory: path.join(dataDirectory, JOURNAL_DIRECTORY),
    key: identity.key,
    serial: identity.serial,
    clock,
  });
  closers.push(() => journal.close());

  const session = new Session({
    serial: identity.serial,
    journal,
    sign: signer(identity),
    clock,
    limits: sessionLimits(configuration),
    randomBytes: random,
    log,
  });
  await session.recover();
  journal.appendLater([{ kind: 'agent-started', version: SOFTWARE }]);

  const presence = new PanelPresence(screen.kind !== 'demo' && screen.panelOnSourceDisplay, () =>
    clock.monotonicMs(),
  );
  const looksMax = configuration.demo ? LOOKS_IN_DEMO_MAX : LOOKS_MAX;
  const indicator = new IndicatorWatch(session, presence, looksMax);
  closers.push(() => indicator.stop());
  const screenSource = overrides.screenSource ?? connectSource(screen);
  closers.push(() => screenSource.close());
  const files = await Files.open({ ...configuration, onTransfers: () => session.observed() });
  const tunnel = new Tunnel({
    session,
    files,
    presence,
    screenSource,
    journalPage: (from) => journal.page(from),
    identity: tunnelIdentity(configuration, identity),
    roadSettings: async () => roadSettings(configuration, await readSiteSettings(dataDirectory)),
    dialling: identity,
    randomBytes: random,
    monotonicMs: () => clock.monotonicMs(),
    utcMs: () => clock.utcMs(),
    log,
  });
  // Names of files stay on the panel as long as the session's last page does.
  session.onChange((state) => {
    if (state.phase === 'idle' || state.phase === 'notice') files.forget();
  });

  const credential = new PanelCredential(random);
  const { demo, cart, serviceCentre } = configuration;
  const view = (): PanelView =>
    panelViewOf(session, files.transfers(), { demo, cart: { ...cart }, serviceCentre });
  const panel = await servePanel({
    session,
    presence,
    view,
    credential,
    port: configuration.panel.port,
    pagesDirectory:
      overrides.pagesDirectory ?? path.resolve(import.meta.dirname, '../../panel/dist'),
    log,
  });
  closers.push(() => panel.close());
  const press = await listenForPress(dataDirectory, session);
  closers.push(() => press.close());
  closers.push(() => tunnel.close());
  closers.push(() => session.close());
  await publishPanel(dataDirectory, credential, panel.url);
  return { panelUrl: panel.url, credential: credential.text, view, close: () => closeAll(closers) };
}

async function identityOf(configuration: CartConfiguration): Promise<CartIdentity> {
  const identity = await loadIdentity(configuration.dataDirectory);
  const { serial } = configuration.cart;
  if (identity.serial !== serial) {
    throw new ConfigurationInvalid(
      `"cart.serial" is ${serial}, but this cart was enrolled as ${identity.serial}.`,
    );
  }
  return identity;
}

function tunnelIdentity(configuration: CartConfiguration, identity: CartIdentity) {
  const [workstationAuthority] = decodePEM('CERTIFICATE', identity.workstationCAPem);
  if (workstationAuthority === undefined) throw new Error('loaded identities have one');
  return {
    serial: identity.serial,
    model: configuration.cart.model,
    software: SOFTWARE,
    keyThumbprint: identity.keyThumbprint,
    workstationAuthority,
  };
}

/** Signs with the cart's key; the key itself goes no further than this. */
function signer({ key }: CartIdentity): (typ: string, claims: object) => Promise<string> {
  const algorithm = key.asymmetricKeyType === 'rsa' ? 'PS256' : 'ES256';
  return (typ, claims) => signStatement(typ, claims, key, algorithm);
}

async function closeAll(closers: Closers): Promise<void> {
  for (const close of closers.splice(0).toReversed()) await close();
}
