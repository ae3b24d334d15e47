/**
 * Test support: a real authority in a temporary directory, on a database that the test hands in, with a ledger that
 * can be made to fail.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { EST_ALPN } from '@chaperone/protocol/est/est.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import { openAuthority } from '../authority.ts';
import type { Authority } from '../contract.ts';
import { FILE_KEYS, establishAuthority } from '../establishment/establishment.ts';
import type { WorkstationTerms } from '../issuance/issuance.ts';
import type { CartKeyKind, RootKeys } from '../establishment/establishment.ts';

export class TestLedger {
  readonly facts: LedgerFact[] = [];
  isFull = false;

  async append(fact: LedgerFact): Promise<void> {
    if (this.isFull) throw new Error('the ledger is full');
    this.facts.push(fact);
  }

  kinds(): readonly string[] {
    return this.facts.map(({ kind }) => kind);
  }
}

export interface TestAuthority extends AsyncDisposable {
  readonly authority: Authority;
  readonly directory: string;
  readonly ledger: TestLedger;
  readonly faults: unknown[];
  /** Opens the same authority again, as a restart does. */
  reopen(clock?: Clock): Promise<Authority>;
}

export const LEDGER_KEY = 'gateway.test/chaperone-ledger+7d3e2c1b+Acdef';

/** Establishes and opens an authority. */
export async function newTestAuthority(
  database: Database,
  options: {
    readonly cartKey?: CartKeyKind;
    readonly clock?: Clock;
    /** Makes what a process opens the root keys with; they are in files otherwise. */
    readonly newKeys?: () => RootKeys;
    readonly workstations?: Partial<WorkstationTerms>;
  } = {},
): Promise<TestAuthority> {
  const parent = mkdtempSync(join(tmpdir(), 'chaperone-authority-'));
  const directory = join(parent, 'authority');
  const ledger = new TestLedger();
  const faults: unknown[] = [];
  const opened: RootKeys[] = [];
  const newKeys = (): RootKeys => {
    const keys = options.newKeys?.() ?? FILE_KEYS;
    opened.push(keys);
    return keys;
  };
  await establishAuthority({
    directory,
    keys: newKeys(),
    serviceCentre: 'Test Centre',
    by: 'test',
    nowMs: options.clock?.utcMs() ?? Date.now(),
    ...(options.cartKey === undefined ? {} : { cartKey: options.cartKey }),
  });
  const reopen = async (clock?: Clock): Promise<Authority> =>
    await openAuthority({
      directory,
      keys: newKeys(),
      database,
      ledger,
      ledgerKey: LEDGER_KEY,
      gatewayNames: ['gateway.test', 'localhost', '127.0.0.1'],
      consoleNames: ['console.test'],
      workstations: { seatsMax: 3, lifeMs: 90 * 86_400_000, ...options.workstations },
      report: (fault) => faults.push(fault),
      ...(clock === undefined ? {} : { clock }),
    });
  const authority = await reopen(options.clock);
  return {
    authority,
    directory,
    ledger,
    faults,
    reopen,
    [Symbol.asyncDispose]: async () => {
      for (const keys of opened) await keys.close();
      rmSync(parent, { recursive: true });
    },
  };
}

export interface TestEST extends AsyncDisposable {
  readonly port: number;
}

/** Serves EST as the desk does. */
export async function serveEST(authority: Authority): Promise<TestEST> {
  const server = createServer(authority.tunnelServerOptions([EST_ALPN]), (request, response) => {
    void authority.estRoutes(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
