/**
 * Puts the gateway together: the one place that knows all zones.
 *
 * Order matters at both ends. What was running when the gateway stopped is taken up before anything listens, and the doors
 * close before what is behind them: edge and console first, then sessions, vault, ledger, database, directory.
 */
import { isIP } from 'node:net';
import path from 'node:path';
import type { Authority } from './authority/contract.ts';
import { administer } from './composition/administration.ts';
import { ADMIN_SOCKET_FILE, listenForAdministrator } from './composition/admin-socket.ts';
import { makeDesk } from './composition/desk.ts';
import { openDirectory } from './composition/directory.ts';
import { recordEstablishment } from './composition/establish.ts';
import { openGatewayVault } from './composition/vault.ts';
import { openGatewaySiem } from './composition/siem.ts';
import { VERSION } from './composition/version.ts';
import { Closers, openGatewayAuthority, openOfficers, openStorage } from './composition/zones.ts';
import type { GatewayOverrides } from './composition/zones.ts';
import { startConsole } from './desk/console/console.ts';
import { countCasesOf } from './desk/facility/facility.ts';
import { DEFAULT_EDGE_LIMITS, startEdge } from './edge/edge.ts';
import type { Ledger } from './ledger/contract.ts';
import { loadPHIPolicy } from './composition/phi-policy.ts';
import { openCartJournals } from './ledger/reconciliation/reconciliation.ts';
import type { Configuration } from './platform/configuration/configuration.ts';
import { demoParts } from './platform/configuration/demo-rule.ts';
import { startPortal } from './portal/portal.ts';

export { DEMO_SIGN_INS } from './composition/demo-accounts.ts';
export type { DemoSignIn } from './composition/demo-accounts.ts';
export { establishGateway } from './composition/establish.ts';
export type { Establishment } from './composition/establish.ts';
export type { GatewayOverrides } from './composition/zones.ts';

export interface RunningGateway {
  /** Where carts dial. */
  readonly edgeAddress: { readonly host: string; readonly port: number };
  /** Such as `https://localhost:8443`; the `Origin` of its pages. */
  readonly consoleUrl: string;
  /** Where facilities' security officers read; null where there is no portal. */
  readonly portalUrl: string | null;
  readonly authority: Authority;
  readonly ledger: Ledger;
  /** Performs an act of the administration; see `composition/administration.ts`. */
  administer(act: unknown): Promise<object>;
  close(): Promise<void>;
}

/** Built from `verify/`. */
const VERIFIER_PAGE = path.resolve(import.meta.dirname, '../../verify/dist/index.html');

/**
 * Starts an established gateway.
 * @throws AuthorityNotEstablished, DataDirectoryInUse, LedgerBroken, and what opening database and listeners throws
 */
export async function startGateway(
  configuration: Configuration,
  overrides: GatewayOverrides = {},
): Promise<RunningGateway> {
  const closers = new Closers();
  try {
    return await assemble(configuration, overrides, closers);
  } catch (fault) {
    await closers.close();
    throw fault;
  }
}

async function assemble(
  configuration: Configuration,
  overrides: GatewayOverrides,
  closers: Closers,
): Promise<RunningGateway> {
  const storage = await openStorage(configuration, overrides, closers);
  const { ledger, clock, dataDirectory, log } = storage;
  const authority = await openGatewayAuthority(storage, closers);
  await recordEstablishment(ledger, authority.facts);
  const vault = await openGatewayVault(storage, closers);
  const journals = openCartJournals({ database: storage.database, ledger });
  const directory = await openDirectory(configuration, { log, clock });
  const phi = await loadPHIPolicy(configuration);
  const officers = openOfficers(storage, authority);
  const facilitiesOfOfficers = async (): Promise<readonly string[]> => await officers.facilities();
  const zones = { authority, directory, vault, journals, phi, facilitiesOfOfficers };
  const desk = makeDesk(storage, zones);
  closers.defer(async () => await desk.close());
  await ledger.append({
    kind: 'gateway-started',
    version: VERSION,
    demo: configuration.demo,
    demoParts: demoParts(configuration),
  });
  await desk.restore();
  const siem = await openGatewaySiem(storage, closers);
  desk.siemRuns(siem);

  const { limits, console: own } = configuration;
  const running = await startConsole(desk.features, {
    ...own.listen,
    names: own.names,
    tls: own.tls === 'off' ? null : authority.consoleServerOptions(),
    requestBytesMax: limits.consoleRequestBytesMax,
    uploadBytesMax: limits.uploadBytesMax,
    pages: overrides.pagesDirectory ?? path.resolve(import.meta.dirname, '../../console/dist'),
    verifierPage: VERIFIER_PAGE,
  });
  closers.defer(async () => await running.close());
  const portal =
    configuration.portal === undefined
      ? null
      : await startPortal(
          { ...storage, authority, officers, accountsOf: (officer) => desk.accountsOf(officer) },
          {
            ...configuration.portal.listen,
            names: configuration.portal.names,
            verifierPage: VERIFIER_PAGE,
            serviceCentre: configuration.serviceCentre.name,
            demo: configuration.demo,
            phi,
          },
        );
  if (portal !== null) closers.defer(async () => await portal.close());
  const { gatewayNames } = configuration.edge;
  const edge = await startEdge(
    {
      ...configuration.edge.listen,
      serverNames: gatewayNames,
      // There is no server name for an address (RFC 6066 §3).
      admitsWithoutName: gatewayNames.every((name) => isIP(name) !== 0),
      limits: {
        ...DEFAULT_EDGE_LIMITS,
        connectionsMax: limits.edgeConnectionsMax,
        connectionsPerAddressMax: limits.edgeConnectionsPerAddressMax,
      },
    },
    desk.intake,
  );
  closers.defer(async () => await edge.close());
  desk.edgeListens(edge.address.port);
  const parts = {
    authority,
    accounts: desk.features.signIn.accounts,
    secondFactors: desk.features.secondFactors,
    officers,
    countCasesOf: async (facility: string) => await countCasesOf(storage.database, facility),
    endSignIns: desk.endSignIns,
    clock,
    serverName: gatewayNames[0] ?? 'localhost',
    serviceCentre: configuration.serviceCentre.name,
    edgePort: edge.address.port,
    consoleUrl: own.tls === 'off' ? null : running.url,
    accountActs: desk.features.accountActs,
    equipmentActs: desk.features.equipmentActs,
    siemStatus: () => siem?.status() ?? null,
  };
  const perform = async (act: unknown): Promise<object> => await administer(parts, act);
  const admin = await listenForAdministrator(
    dataDirectory.file(ADMIN_SOCKET_FILE),
    perform,
    (fault) => log.error({ err: fault }, 'an act of the administration failed'),
  );
  closers.defer(async () => await admin.close());
  log.info(
    {
      edge: edge.address,
      console: running.url,
      portal: portal?.url ?? null,
      demo: configuration.demo,
    },
    'the gateway is running',
  );
  return {
    edgeAddress: edge.address,
    consoleUrl: running.url,
    portalUrl: portal?.url ?? null,
    authority,
    ledger,
    administer: perform,
    close: async () => await closers.close(),
  };
}
