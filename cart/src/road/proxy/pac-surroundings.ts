/** What fetching and running a PAC file need from the road that they are part of. */
import type { FoundAddresses } from '../name/find-addresses.ts';

export interface PACSurroundings {
  /** Looks up a name as the cart looks up all names. */
  readonly find: (host: string) => Promise<FoundAddresses>;
  readonly signal: AbortSignal;
}
