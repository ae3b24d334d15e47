/** Begins to forward a gateway's ledger to its SIEM, where it has one. */
import type { Siem } from '../siem/contract.ts';
import { openSiem } from '../siem/siem.ts';
import { ledgerOrigin } from './zones.ts';
import type { Closers, Storage } from './zones.ts';
import { SOFTWARE } from './version.ts';

/** @throws ConfigurationInvalid, SecretFileUnusable */
export async function openGatewaySiem(storage: Storage, closers: Closers): Promise<Siem | null> {
  const { configuration, ledger, dataDirectory, clock, log } = storage;
  if (configuration.siem === undefined) return null;
  const siem = await openSiem(configuration.siem, {
    ledger,
    directory: await dataDirectory.folder('siem'),
    gatewayName: configuration.edge.gatewayNames[0] ?? 'gateway',
    ledgerOrigin: ledgerOrigin(configuration),
    software: SOFTWARE,
    clock,
    log: log.child({ zone: 'siem' }),
  });
  closers.defer(async () => await siem.close());
  return siem;
}
