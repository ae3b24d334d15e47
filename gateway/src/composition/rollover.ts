/**
 * `chaperone gateway rollover …`: the steps of changing the cart root (decision 0017). They are taken on a stopped gateway, which
 * certifies by the new state from its next start on; sessions that run are resumed after a restart within their lease.
 */
import { activateRoot, announceRoot, finishRollover } from '../authority/rollover/rollover.ts';
import type { RolloverOptions, RolloverStanding } from '../authority/rollover/rollover.ts';
import type { Configuration } from '../platform/configuration/configuration.ts';
import { recordEstablishment } from './establish.ts';
import { Closers, openGatewayAuthority, openStorage, rootKeys } from './zones.ts';
import type { GatewayOverrides } from './zones.ts';

export type RolloverStep =
  | { readonly step: 'announce' | 'activate' }
  | { readonly step: 'finish'; readonly leave: readonly string[] };

/**
 * Takes one step.
 * @param by who does it, for the ledger
 * @throws DataDirectoryInUse, AuthorityNotEstablished, RolloverOutOfTurn, RolloverCartsWaiting, and what opening the keys throws
 */
export async function takeRolloverStep(
  configuration: Configuration,
  asked: RolloverStep,
  by: string,
  overrides: GatewayOverrides = {},
): Promise<RolloverStanding & { readonly next: string }> {
  const closers = new Closers();
  try {
    const storage = await openStorage(configuration, overrides, closers);
    const { ledger, database, dataDirectory, clock } = storage;
    // Opened once before anything is changed: an authority that is not whole changes no root.
    const { facts } = await openGatewayAuthority(storage, closers);
    await recordEstablishment(ledger, facts);
    const options: RolloverOptions = {
      directory: dataDirectory.file('authority'),
      keys: rootKeys(configuration, closers),
      database,
      ledger,
      by,
      nowMs: clock.utcMs(),
    };
    const standing = await perform(options, asked);
    return { ...standing, next: ADVICE[standing.phase] };
  } finally {
    await closers.close();
  }
}

async function perform(options: RolloverOptions, asked: RolloverStep): Promise<RolloverStanding> {
  if (asked.step === 'finish') return await finishRollover(options, asked.leave);
  return asked.step === 'announce' ? await announceRoot(options) : await activateRoot(options);
}

/** What somebody does next, in words. */
export const ADVICE: Readonly<Record<RolloverStanding['phase'], string>> = {
  settled: 'There is one cart root. Start the gateway.',
  announced:
    'Start the gateway. Carts hear of the new root in their sessions and when they renew. When it is to certify: chaperone gateway rollover activate',
  replacing:
    'Start the gateway. Carts get certificates of the new root in or after their next session, or when they renew. When `waiting` is empty: chaperone gateway rollover finish',
};
