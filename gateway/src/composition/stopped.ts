/** Acts of the administration on a gateway that is not running: opens just enough of it, and closes it again. */
import { AccountActs, ActRecord, EquipmentActs } from '../desk/administration/administration.ts';
import { Accounts, endSignInsOf } from '../desk/sign-in/sign-in.ts';
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { Configuration } from '../platform/configuration/configuration.ts';
import { countCasesOf } from '../desk/facility/facility.ts';
import { administer } from './administration.ts';
import type { AdministrationAct } from './administration.ts';
import { recordEstablishment } from './establish.ts';
import {
  Closers,
  openGatewayAuthority,
  openOfficers,
  openSecondFactors,
  openStorage,
} from './zones.ts';
import type { GatewayOverrides, Storage } from './zones.ts';

/** Acts on accounts while nobody is in: there is nothing to end, and no directory is asked. */
function stoppedAccountActs(storage: Storage, record: ActRecord): AccountActs {
  const endEverythingOf = async (technician: TechnicianId): Promise<void> =>
    await endSignInsOf(storage.database, technician);
  return new AccountActs({
    accounts: new Accounts(storage),
    directory: { lookUp: async () => null },
    record,
    endEverythingOf,
    endSessionOf: async () => undefined,
    accountsChanged: async () => undefined,
    randomBytes: storage.randomBytes,
  });
}

/** @throws DataDirectoryInUse, AuthorityNotEstablished, and what the act throws */
export async function administerStopped(
  configuration: Configuration,
  act: AdministrationAct,
  overrides: GatewayOverrides = {},
): Promise<Readonly<Record<string, unknown>>> {
  const closers = new Closers();
  try {
    const storage = await openStorage(configuration, overrides, closers);
    const authority = await openGatewayAuthority(storage, closers);
    await recordEstablishment(storage.ledger, authority.facts);
    const record = new ActRecord(storage, (fault) =>
      storage.log.error({ err: fault }, 'the reason of an act could not be kept'),
    );
    const parts = {
      authority,
      accounts: new Accounts(storage),
      secondFactors: openSecondFactors(storage),
      officers: openOfficers(storage, authority),
      countCasesOf: async (facility: string) => await countCasesOf(storage.database, facility),
      endSignIns: async (technician: TechnicianId) =>
        await endSignInsOf(storage.database, technician),
      clock: storage.clock,
      serverName: configuration.edge.gatewayNames[0] ?? 'localhost',
      serviceCentre: configuration.serviceCentre.name,
      edgePort: configuration.edge.listen.port,
      consoleUrl: consoleUrlOf(configuration),
      accountActs: stoppedAccountActs(storage, record),
      equipmentActs: new EquipmentActs(authority, record),
      siemStatus: () => null,
    };
    return { ...(await administer(parts, act)) };
  } finally {
    await closers.close();
  }
}

/** Where the console will be when the gateway runs; its port is not known while any free one is wanted. */
function consoleUrlOf({ console: { tls, names, listen } }: Configuration): string | null {
  const [name] = names;
  return tls === 'off' || name === undefined || listen.port === 0
    ? null
    : new URL(`https://${name.includes(':') ? `[${name}]` : name}:${listen.port}`).origin;
}
