/**
 * Puts the cart agent together: the one place that knows all features.
 *
 * A cart that is not enrolled has an agent, too: its panel says so, and its engineer page is how it gets its identity. Then the service of
 * `composition/service.ts` begins beside it, without a start of the process.
 *
 * Order matters at both ends. Nothing listens before the journal is open and an unfinished session has been ended
 * in it; at the stop the session ends first, so that every stream is cut before anything else is taken apart.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import manifest from '../package.json' with { type: 'json' };
import { CartNotSetUp, listenForCommands } from './commissioning/commissioning.ts';
import { openCommissioning } from './composition/commissioning-parts.ts';
import { screenMasksOf } from '@chaperone/domain/facility-policy/facility-policy.ts';
import { openMaskEditor } from './composition/masking-part.ts';
import { recordFacts } from './composition/record-facts.ts';
import { openFacilityPolicy } from './composition/facility-policy-part.ts';
import { heldIdentity, startService } from './composition/service.ts';
import type { Unmasking } from './unmask/unmask.ts';
import type { Watching } from './watching/watching.ts';
import type { Service } from './composition/service.ts';
import type { CartConfiguration } from './configuration/configuration.ts';
import {
  listenForPress,
  PanelCredential,
  panelViewOf,
  publishPanel,
  shownCertificate,
  shownFacility,
  NO_MASKS,
  shownIndicator,
  NOBODY_WATCHING,
  shownMasks,
  shownWatching,
  shownLicence,
  servePanel,
  viewBeforeSetUp,
} from './panel-api/panel-api.ts';
import { instantOf, systemClock } from './platform/clock.ts';
import type { Clock } from './platform/clock.ts';
import { lockDataDirectory } from './platform/database/data-directory-lock.ts';
import { openLog } from './platform/log.ts';
import type { Log } from './platform/log.ts';
import { loadPHIPolicy } from './phi-policy/phi-policy.ts';
import type { Indicator } from './indicator/indicator.ts';
import { listenForSignals } from './interlock/interlock.ts';
import type { ScreenSource } from './screen/screen.ts';
import { PanelPresence } from './session/session.ts';
import type { Session } from './session/session.ts';

export { openCommissioning } from './composition/commissioning-parts.ts';
export type { OpenCommissioning } from './composition/commissioning-parts.ts';

export const SOFTWARE = `chaperone-cart ${manifest.version}`;

/** What tests and the demo replace. */
export interface CartOverrides {
  readonly clock?: Clock;
  readonly randomBytes?: RandomBytes;
  readonly screenSource?: ScreenSource;
  readonly indicator?: Indicator;
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
 * Starts the agent of a cart.
 * @throws DataDirectoryInUse, IdentityDamaged, ConfigurationInvalid, SiteSettingsDamaged, InvalidScreenSource, and what
 *   opening the journal, the inbox or the listeners throws
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
  const { dataDirectory, screen, demo, cart, serviceCentre } = configuration;
  const { name, phone, phiPolicyUrl } = serviceCentre;
  const clock = overrides.clock ?? systemClock();
  const random = overrides.randomBytes ?? randomBytes;
  const log = overrides.log ?? openLog('info');

  const lock = await holdDataDirectory(dataDirectory);
  closers.push(() => lock.release());
  const presence = new PanelPresence(screen.kind !== 'demo' && screen.panelOnSourceDisplay, () =>
    clock.monotonicMs(),
  );
  const changed = new Set<() => void>();
  const tell = (): void => changed.forEach((listener) => listener());
  let service: Service | null = null;
  const policy = await openFacilityPolicy(configuration, { clock, log, service: () => service });
  closers.push(() => policy.close());
  policy.onChange(() => {
    service?.session.policyChanged();
    tell();
  });
  const begin = async (isFirst: boolean): Promise<void> => {
    const identity = await heldIdentity(configuration);
    if (identity === null) return;
    const { certificateSerialHex: certificateSerial } = identity;
    const firstFact = isFirst
      ? ({ kind: 'agent-started', version: SOFTWARE } as const)
      : ({ kind: 'enrolled', certificateSerial } as const);
    const started = await startService(identity, {
      ...{
        configuration,
        software: SOFTWARE,
        presence,
        clock,
        randomBytes: random,
        log,
        firstFact,
        policy,
      },
      ...(overrides.screenSource && { screenSource: overrides.screenSource }),
      ...(overrides.indicator && { indicator: overrides.indicator }),
    });
    started.session.onChange(({ phase }, previous) => {
      if (phase !== 'idle' && phase !== 'ended') sessionBegan();
      // The gateway is there: what waits for it is sent beside the session.
      if (phase === 'waiting' && previous.phase === 'dialling') gatewayReached();
      tell();
    });
    service = started;
    tell();
  };
  let sessionBegan = (): void => undefined;
  let gatewayReached = (): void => undefined;
  await begin(true);
  closers.push(() => service?.close());

  const opened = await openCommissioning(configuration, {
    ...{ software: SOFTWARE, clock, randomBytes: random, log },
    service: () => service,
    policy,
    onEnrolled: async () => {
      const before = service;
      service = null;
      tell();
      await before?.end();
      await before?.close();
      await begin(false);
    },
  });
  const { commissioning, engineer, acceptance, asked } = opened;
  closers.push(() => opened.close());
  const masks = openMaskEditor(configuration, {
    change: (does) => commissioning.change(does),
    admitWork: () => commissioning.admitWork(),
    record: (facts) => recordFacts(configuration, { service: () => service, clock }, facts),
    enforce: (templates) => service?.masks.setTemplates(templates),
    demand: () => screenMasksOf(policy.standing).atLeast,
  });
  engineer.onClose(() => masks.forget());
  gatewayReached = () => void acceptance.sendWaiting();
  sessionBegan = () => {
    engineer.close();
    commissioning.sessionBegan();
  };

  const session = (): Session => {
    if (service === null) throw new CartNotSetUp();
    return service.session;
  };
  const unmasking = (): Unmasking => {
    if (service === null) throw new CartNotSetUp();
    return service.unmasking;
  };
  const watching = (): Watching => {
    if (service === null) throw new CartNotSetUp();
    return service.watching;
  };
  const press = (): void => {
    // A cart that is not enrolled has no session that anything should be broken off for.
    const pressed = session();
    commissioning.admitSession();
    pressed.press();
  };
  // Before there is a session there is no journal either: the log has it.
  const refused = (operation: string, code: string): void => {
    if (service === null) log.warn({ operation, code }, 'a request was refused');
    else service.session.refused(operation, code);
  };
  const credential = new PanelCredential(random);
  const frame = {
    demo,
    cart: { ...cart },
    serviceCentre: { name, phone, phiPolicyUrl },
    licence: null,
    certificate: null,
    facility: null,
    indicator: { kind: 'panel', reason: null, isSeen: true } as const,
    masks: NO_MASKS,
    watching: NOBODY_WATCHING,
  };
  const view = (): PanelView =>
    service === null
      ? viewBeforeSetUp(frame)
      : panelViewOf(service.session, service.transfers(), service.waiting(), {
          ...frame,
          indicator: shownIndicator(service.indicator),
          masks: shownMasks(service.unmasking, clock.monotonicMs()),
          watching: shownWatching(service.watching, clock.monotonicMs()),
          licence: shownLicence(service.licence),
          certificate: shownCertificate(service.renewal()),
          facility: shownFacility(policy, instantOf(clock)),
        });
  const phi = await loadPHIPolicy(configuration);
  const panel = await servePanel({
    phi: () => phi,
    unmasking,
    watching,
    ...{ session, press, refused, presence, view, credential, log, engineer, commissioning, masks },
    onPresence: () => service?.session.observed(),
    onChange: (listener) => {
      changed.add(listener);
      return () => changed.delete(listener);
    },
    port: configuration.panel.port,
    pagesDirectory:
      overrides.pagesDirectory ?? path.resolve(import.meta.dirname, '../../panel/dist'),
  });
  closers.push(() => panel.close());
  const pressing = await listenForPress(dataDirectory, { press, refused });
  closers.push(() => pressing.close());
  const signals = await listenForSignals(dataDirectory, {
    raise: (source) => {
      session().raiseInterlock(source);
      return session().state.interlock?.source ?? source;
    },
    refused,
  });
  closers.push(() => signals.close());
  const commands = await listenForCommands(dataDirectory, asked, log);
  closers.push(() => commands.close());
  closers.push(() => service?.end());
  await publishPanel(dataDirectory, credential, panel.url);
  return { panelUrl: panel.url, credential: credential.text, view, close: () => closeAll(closers) };
}

async function closeAll(closers: Closers): Promise<void> {
  for (const close of closers.splice(0).toReversed()) await close();
}
