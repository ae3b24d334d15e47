/** Opens the vault of a gateway. */
import { readAuthoritiesFile } from '../platform/configuration/configuration.ts';
import type { Configuration } from '../platform/configuration/configuration.ts';
import { readSecretFile } from '../platform/secret/secret.ts';
import { openVault } from '../vault/vault.ts';
import type { OpenedVault, VaultOptions } from '../vault/vault.ts';
import type { Closers, Storage } from './zones.ts';

/** @throws as `openVault`, and SecretFileUnusable, ConfigurationInvalid for what the store of records is reached with */
export async function openGatewayVault(storage: Storage, closers: Closers): Promise<OpenedVault> {
  const { configuration, fence, database, dataDirectory, clock, randomBytes: random } = storage;
  const directory = await dataDirectory.folder('vault');
  const { keyring } = configuration.vault;
  const vault = await openVault({
    database,
    directory,
    ...(keyring.directory === undefined ? {} : { keyringDirectory: keyring.directory }),
    wrapping: keyring.kind === 'file' ? keyring : { ...keyring, section: 'vault.keyring' },
    isTokenHardware: keyring.kind === 'pkcs11' && keyring.hardware === true,
    ...(fence === null ? {} : { fence }),
    recordStore: await recordStoreOf(configuration),
    clock,
    random,
  });
  closers.defer(async () => await vault.close());
  return vault;
}

async function recordStoreOf({
  vault,
}: Configuration): Promise<NonNullable<VaultOptions['recordStore']>> {
  const { records } = vault;
  if (records.kind === 'directory') return records;
  const { secretKeyFile, authoritiesFile, ...rest } = records;
  const secretKey = (await readSecretFile(secretKeyFile)).reveal();
  if (authoritiesFile === undefined) return { ...rest, secretKey };
  const authorities = await readAuthoritiesFile(authoritiesFile, 'vault.records.authoritiesFile');
  return { ...rest, secretKey, authorities };
}
