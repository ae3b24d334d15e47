/** What the disk under the records says, in the vault's own words. */
import { readDiskFault } from '../../platform/durable-file/durable-file.ts';
import { VaultUnavailable } from '../contract.ts';

/** Performs an act on the disk. @throws DiskFull when there is no room, VaultUnavailable when the disk fails */
export async function onDisk<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (fault) {
    if (!(fault instanceof Error) || !('syscall' in fault)) throw fault;
    const read = readDiskFault(fault);
    if (read !== fault) throw read;
    throw new VaultUnavailable('The vault cannot use its disk.', { cause: fault });
  }
}
