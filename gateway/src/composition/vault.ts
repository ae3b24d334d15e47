/** Opens the vault of a gateway. */
import type { Vault } from '../vault/contract.ts';
import { openVault } from '../vault/vault.ts';
import type { Closers, Storage } from './zones.ts';

/** @throws RecordDamaged when the keyring has lost its wrapping key */
export async function openGatewayVault(storage: Storage, closers: Closers): Promise<Vault> {
  const { database, dataDirectory, clock, randomBytes: random } = storage;
  const directory = await dataDirectory.folder('vault');
  const vault = await openVault({ database, directory, clock, random });
  closers.defer(async () => await vault.close());
  return vault;
}
