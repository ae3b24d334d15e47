/**
 * Opens what every act on a gateway needs: its data directory, database, ledger and authority. One process at a time.
 *
 * `gateway run` goes on from here to the desk; `licence …` and `account …` on a stopped gateway end here.
 */
import { openAuthority } from '../authority/authority.ts';
import type { RegionTemplate } from '@chaperone/deidentification/dicom/template.ts';
import { readPinnedTemplates } from '@chaperone/deidentification/dicom/template.ts';
import type { Authority } from '../authority/contract.ts';
import {
  AuthorityOfAnotherKind,
  FILE_KEYS,
  tokenKeys,
} from '../authority/establishment/establishment.ts';
import type { RootKeys } from '../authority/establishment/establishment.ts';
import { AUTHORITY_MIGRATIONS } from '../authority/registry/tables.ts';
import {
  ADMINISTRATION_MIGRATIONS,
  CASE_REASON_ERASURE_MIGRATIONS,
} from '../desk/administration/administration.ts';
import { CART_MIGRATIONS } from '../desk/cart/cart.ts';
import { COMMISSIONING_MIGRATIONS } from '../desk/commissioning/commissioning.ts';
import { POSTURE_MIGRATIONS } from '../desk/posture/posture.ts';
import { DEIDENTIFICATION_MIGRATIONS } from '../desk/deidentification/deidentification.ts';
import { EXPORT_MIGRATIONS } from '../desk/export/export.ts';
import { RECEIPT_MIGRATIONS } from '../desk/receipt/receipt.ts';
import { FACILITY_MIGRATIONS } from '../desk/facility/facility.ts';
import { FACILITY_POLICY_MIGRATIONS } from '../desk/facility-policy/facility-policy.ts';
import {
  CASE_AGE_MIGRATIONS,
  CASE_MIGRATIONS,
  CASE_REASON_MIGRATIONS,
} from '../desk/service-case/service-case.ts';
import { SESSION_MIGRATIONS } from '../desk/session/session.ts';
import { TRAFFIC_MIGRATIONS } from '../desk/traffic/traffic.ts';
import { SECOND_FACTOR_MIGRATIONS, SecondFactors } from '../desk/second-factor/second-factor.ts';
import {
  ROLE_MIGRATIONS,
  SIGN_IN_MIGRATIONS,
  THIRD_GATE_MIGRATIONS,
} from '../desk/sign-in/sign-in.ts';
import { PROPOSAL_MIGRATIONS } from '../desk/two-person/two-person.ts';
import { TRANSFER_MIGRATIONS } from '../desk/transfer/transfer.ts';
import { RECORDING_MIGRATIONS } from '../desk/recording/recording.ts';
import { UPLOAD_MIGRATIONS } from '../desk/upload/upload.ts';
import type { Ledger } from '../ledger/contract.ts';
import { openLedger } from '../ledger/ledger.ts';
import { LEDGER_MIGRATIONS } from '../ledger/ledger-schema.ts';
import type { Clock } from '../platform/clock/clock.ts';
import { systemClock } from '../platform/clock/clock.ts';
import { readDatabaseLocation } from '../platform/configuration/configuration.ts';
import type { Configuration } from '../platform/configuration/configuration.ts';
import { openDataDirectory } from '../platform/data-directory/data-directory.ts';
import type { DataDirectory } from '../platform/data-directory/data-directory.ts';
import { OFFICER_MIGRATIONS, Officers } from '../portal/officer/officer.ts';
import { VAULT_MIGRATIONS } from '../vault/vault-schema.ts';
import { openDatabase } from '../platform/database/database.ts';
import { fenceTables } from '../platform/fence/fence.ts';
import type { Fence } from '../platform/fence/fence.ts';
import { fencedLocation, takeGatewayFence } from './standby.ts';
import type { StandbyTold } from './standby.ts';
import type { Database } from '../platform/database/database.ts';
import { createLog } from '../platform/log/log.ts';
import type { Log } from '../platform/log/log.ts';
import { systemRandom } from '../platform/random/random.ts';
import type { RandomBytes } from '@chaperone/domain/id/id.ts';

export interface GatewayOverrides extends StandbyTold {
  readonly clock?: Clock;
  readonly randomBytes?: RandomBytes;
  readonly log?: Log;
  /** The folder in the place of `/` when the gateway looks at its own machine. */
  readonly hostRoot?: string;
  /** Folder of the console's built pages. */
  readonly pagesDirectory?: string;
}

export interface Storage {
  readonly configuration: Configuration;
  readonly dataDirectory: DataDirectory;
  readonly database: Database;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: Log;
  readonly hostRoot: string;
  /** Of a gateway with a standby; null where one process is all there is. */
  readonly fence: Fence | null;
  readonly regionTemplates: readonly RegionTemplate[];
}

/** What is taken apart at the end, last first. */
export class Closers {
  readonly #steps: (() => unknown)[] = [];

  defer(step: () => unknown): void {
    this.#steps.push(step);
  }

  async close(): Promise<void> {
    for (const step of this.#steps.splice(0).toReversed()) await step();
  }
}

const MIGRATIONS = [
  ...LEDGER_MIGRATIONS,
  ...AUTHORITY_MIGRATIONS,
  ...VAULT_MIGRATIONS,
  ...CASE_MIGRATIONS,
  ...SIGN_IN_MIGRATIONS,
  ...SESSION_MIGRATIONS,
  ...TRANSFER_MIGRATIONS,
  ...CART_MIGRATIONS,
  ...SECOND_FACTOR_MIGRATIONS,
  ...THIRD_GATE_MIGRATIONS,
  ...POSTURE_MIGRATIONS,
  ...ROLE_MIGRATIONS,
  ...ADMINISTRATION_MIGRATIONS,
  ...PROPOSAL_MIGRATIONS,
  ...FACILITY_MIGRATIONS,
  ...CASE_REASON_MIGRATIONS,
  ...OFFICER_MIGRATIONS,
  ...COMMISSIONING_MIGRATIONS,
  ...EXPORT_MIGRATIONS,
  ...RECEIPT_MIGRATIONS,
  ...DEIDENTIFICATION_MIGRATIONS,
  ...CASE_AGE_MIGRATIONS,
  ...FACILITY_POLICY_MIGRATIONS,
  ...UPLOAD_MIGRATIONS,
  ...CASE_REASON_ERASURE_MIGRATIONS,
  ...RECORDING_MIGRATIONS,
  ...TRAFFIC_MIGRATIONS,
];

const DAY_MS = 24 * 60 * 60_000;

/** The ledger's name: the first name under which carts know the gateway. */
export function ledgerOrigin(configuration: Configuration): string {
  return `${configuration.edge.gatewayNames[0] ?? 'gateway'}/chaperone-ledger`;
}

/** Opens data directory, database and ledger. @throws DataDirectoryInUse and what opening them throws */
export async function openStorage(
  configuration: Configuration,
  overrides: GatewayOverrides,
  closers: Closers,
): Promise<Storage> {
  const clock = overrides.clock ?? systemClock;
  const randomBytes = overrides.randomBytes ?? systemRandom;
  const log = overrides.log ?? createLog({ level: configuration.log.level });
  const location = await readDatabaseLocation(configuration);
  const fence = await takeGatewayFence(configuration, location, overrides, log);
  // Last of all: until then something of this gateway may act.
  if (fence !== null) closers.defer(async () => await fence.release());
  const dataDirectory = await openDataDirectory(configuration.dataDirectory, {
    ownedBy: fence === null ? 'lock' : 'fence',
  });
  closers.defer(async () => await dataDirectory.release());
  const { templates: regionTemplates } = await readPinnedTemplates(configuration.deidentification);
  const database = await openDatabase({ location: fencedLocation(location, fence) });
  closers.defer(async () => await database.close());
  await database.migrate(MIGRATIONS);
  if (fence !== null) await fenceTables(database);
  const ledger = await openLedger({
    database,
    directory: await dataDirectory.folder('ledger'),
    origin: ledgerOrigin(configuration),
    clock,
  });
  closers.defer(async () => await ledger.close());
  const hostRoot = overrides.hostRoot ?? '/';
  const kept = { configuration, dataDirectory, database, ledger, fence };
  return { ...kept, clock, randomBytes, log, hostRoot, regionTemplates };
}

/** The second factors of the accounts; for a stopped gateway, too. */
export function openSecondFactors(storage: Omit<Storage, 'log'>): SecondFactors {
  const { configuration, dataDirectory } = storage;
  return new SecondFactors(storage, {
    keyFile: dataDirectory.file('second-factor.key'),
    issuer: configuration.serviceCentre.name,
  });
}

/** Where the root keys are, by the configuration. */
export function rootKeys({ authority }: Configuration, closers: Closers): RootKeys {
  if (authority.keys.kind === 'files') return FILE_KEYS;
  const keys = tokenKeys({ ...authority.keys, section: 'authority.keys' });
  closers.defer(async () => await keys.close());
  return keys;
}

/** The officers of facilities; for a stopped gateway, too. */
export function openOfficers(storage: Omit<Storage, 'log'>, authority: Authority): Officers {
  const { configuration, dataDirectory } = storage;
  return new Officers(storage, {
    authority,
    keyFile: dataDirectory.file('portal-officer.key'),
    issuer: configuration.serviceCentre.name,
  });
}

/** Opens the authority of an established gateway. @throws what `openAuthority` throws */
export async function openGatewayAuthority(storage: Storage, closers: Closers): Promise<Authority> {
  const { configuration, dataDirectory, database, ledger, clock, randomBytes, log } = storage;
  const authority = await openAuthority({
    directory: dataDirectory.file('authority'),
    keys: rootKeys(configuration, closers),
    database,
    ledger,
    ledgerKey: ledger.verifierKey(),
    gatewayNames: configuration.edge.gatewayNames,
    consoleNames: configuration.console.names,
    workstations: {
      seatsMax: configuration.workstations.seatsMax,
      lifeMs: configuration.workstations.certificateDays * DAY_MS,
    },
    report: (fault) => log.error({ err: fault, zone: 'authority' }, 'the authority met a fault'),
    clock,
    randomBytes,
  });
  if (authority.facts.demo !== configuration.demo)
    throw new AuthorityOfAnotherKind(authority.facts.demo);
  return authority;
}
