/** Opens the forwarding to a SIEM by its configuration; the zone's `contract.ts` is what others see of it. */
import type { Ledger } from '../ledger/contract.ts';
import type { Clock } from '../platform/clock/clock.ts';
import type { Log } from '../platform/log/log.ts';
import { readAuthoritiesFile } from '../platform/configuration/configuration.ts';
import { readSecretFile } from '../platform/secret/secret.ts';
import type { Siem } from './contract.ts';
import type { CollectorTerms } from './forwarding/collector.ts';
import { Forwarder } from './forwarding/forwarder.ts';
import { PositionFile } from './forwarding/position-file.ts';

/** The section `siem` of the configuration. */
export interface SiemSettings {
  readonly host: string;
  readonly port: number;
  readonly serverName?: string | undefined;
  readonly authoritiesFile: string;
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly facility: number;
  readonly appName: string;
  readonly messageId: string;
  readonly enterpriseNumber: number;
  readonly site?: string | undefined;
}

export interface SiemOptions {
  readonly ledger: Pick<Ledger, 'page' | 'status' | 'verifierKey'>;
  /** The zone's own directory: its position. */
  readonly directory: string;
  readonly gatewayName: string;
  /** `<gateway name>/chaperone-ledger`. */
  readonly ledgerOrigin: string;
  readonly software: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Begins to forward. A collector that is away holds up nothing, this neither.
 * @throws ConfigurationInvalid, SecretFileUnusable
 */
export async function openSiem(settings: SiemSettings, options: SiemOptions): Promise<Siem> {
  const { ledger, directory, gatewayName, ledgerOrigin, software, clock, log } = options;
  const { host, port, serverName = host, facility, appName, messageId, site } = settings;
  const { enterpriseNumber } = settings;
  return await Forwarder.start({
    ledger,
    collector: { host, port, serverName, ...(await readFiles(settings)) },
    message: {
      ledger: ledgerOrigin,
      gatewayName,
      site,
      facility,
      appName,
      messageId,
      enterpriseNumber,
      software,
    },
    positions: new PositionFile(directory, ledger.verifierKey()),
    clock,
    log,
  });
}

async function readFiles({
  authoritiesFile,
  certificateFile,
  keyFile,
}: SiemSettings): Promise<Pick<CollectorTerms, 'authorities' | 'own'>> {
  const authorities = await readAuthoritiesFile(authoritiesFile, 'siem.authoritiesFile');
  if (certificateFile === undefined || keyFile === undefined) return { authorities, own: null };
  const certificate = await readAuthoritiesFile(certificateFile, 'siem.certificateFile');
  const key = (await readSecretFile(keyFile)).reveal();
  return { authorities, own: { certificate, key } };
}
