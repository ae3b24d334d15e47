/**
 * Establishes a gateway: the explicit act, done once, that makes its roots, its ledger's key, its vault and its first
 * accounts, and writes that into the new ledger.
 */
import { establishAuthority, refuseEstablished } from '../authority/establishment/establishment.ts';
import type { AuthorityFacts } from '../authority/contract.ts';
import { AccountExists, Accounts } from '../desk/sign-in/sign-in.ts';
import type { NewAccount } from '../desk/sign-in/sign-in.ts';
import type { Ledger } from '../ledger/contract.ts';
import type { Configuration } from '../platform/configuration/configuration.ts';
import { DEMO_SIGN_INS } from './demo-accounts.ts';
import { openGatewayVault } from './vault.ts';
import { Closers, openStorage, rootKeys } from './zones.ts';
import type { GatewayOverrides } from './zones.ts';

/** It is the very first entry, or comes right after what the same act wrote. */
const FIRST_ENTRIES = 100;

export interface Establishment {
  readonly facts: AuthorityFacts;
  /** The line by which anybody checks this gateway's ledger. */
  readonly ledgerKey: string;
}

/**
 * Makes a new gateway in an empty data directory.
 * @param by who asked for it, for the ledger
 * @throws AuthorityAlreadyEstablished, DataDirectoryInUse, PasswordUnfit, MalformedAccount, and for keys in a token
 *   TokenUnusable, TokenUnavailable, SecretFileUnusable
 */
export async function establishGateway(
  configuration: Configuration,
  terms: { readonly by: string; readonly accounts?: readonly NewAccount[] },
  overrides: GatewayOverrides = {},
): Promise<Establishment> {
  const closers = new Closers();
  try {
    const storage = await openStorage(configuration, overrides, closers);
    const { ledger, dataDirectory, clock } = storage;
    await refuseEstablished(dataDirectory.file('authority'));
    await openGatewayVault(storage, closers);
    const accounts = new Accounts(storage);
    const demo = configuration.demo ? demoAccounts() : [];
    for (const account of [...demo, ...(terms.accounts ?? [])]) await addOnce(accounts, account);
    // Last: an authority says that the gateway is established. What broke off before, on a full disk, is made again.
    const facts = await establishAuthority({
      directory: dataDirectory.file('authority'),
      keys: rootKeys(configuration, closers),
      serviceCentre: configuration.serviceCentre.name,
      by: terms.by,
      cartKey: configuration.authority.cartKey,
      demo: configuration.demo,
      nowMs: clock.utcMs(),
    });
    await recordEstablishment(ledger, facts);
    return { facts, ledgerKey: ledger.verifierKey() };
  } finally {
    await closers.close();
  }
}

/** An attempt that broke off may have made it. */
async function addOnce(accounts: Accounts, account: NewAccount): Promise<void> {
  try {
    await accounts.add(account);
  } catch (fault) {
    if (!(fault instanceof AccountExists)) throw fault;
  }
}

/** Writes what was established to the ledger, unless it is there: a crash may have come between. */
export async function recordEstablishment(ledger: Ledger, facts: AuthorityFacts): Promise<void> {
  const { size } = ledger.status();
  const first = size === 0 ? [] : await ledger.page(0, Math.min(size, FIRST_ENTRIES));
  if (first.some(({ fact }) => fact.kind === 'authority-established')) return;
  await ledger.append({
    kind: 'authority-established',
    cartRootFingerprint: facts.fingerprints.cart,
    browserRootFingerprint: facts.fingerprints.browser,
    workstationCAFingerprint: facts.fingerprints.workstation,
    ...(facts.fingerprints.facility === undefined
      ? {}
      : { facilityRootFingerprint: facts.fingerprints.facility }),
    ...(facts.fingerprints.licence === undefined
      ? {}
      : { licenceRootFingerprint: facts.fingerprints.licence }),
    algorithm: facts.cartChain,
  });
}

function demoAccounts(): readonly NewAccount[] {
  return DEMO_SIGN_INS.map(({ displayName, directory, gateway }) => ({
    accountName: gateway.userId,
    directoryLogin: directory.login,
    name: displayName,
    password: gateway.password,
  }));
}
