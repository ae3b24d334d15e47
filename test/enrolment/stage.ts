/** A real authority behind real TLS, a directory for a cart, and a road that can lose an answer. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnrolOptions } from '@chaperone/cart/licence/licence.ts';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { newTestAuthority } from '@chaperone/gateway/authority/testing/authority-harness.ts';
import type { TestAuthority } from '@chaperone/gateway/authority/testing/authority-harness.ts';
import { AUTHORITY_MIGRATIONS } from '@chaperone/gateway/authority/registry/registry.ts';
import type { ManualClock } from '@chaperone/cart/platform/testing/manual-clock.ts';
import { openDatabase } from '@chaperone/gateway/platform/database/database.ts';
import { EST_ALPN } from '@chaperone/protocol/est/est.ts';

export const SERIAL = parseCartSerial('US-1001');

export interface Stage extends AsyncDisposable {
  readonly held: TestAuthority;
  readonly cartDirectory: string;
  /** How often each path was asked. */
  readonly asked: Map<string, number>;
  /** Cuts the connection instead of sending the answer, once, for this path. */
  loseAnswerOf(path: string): void;
  /** Does something once, after this path was asked and answered, and before the answer goes out. */
  before(path: string, act: () => Promise<void>): void;
  options(licenceCode: string): EnrolOptions;
}

/**
 * @param clock the authority's; the machine's own unless given
 * @param agoMs how long ago it is by that clock
 */
export async function setStage(
  cartKey: 'p256' | 'rsa3072' = 'p256',
  clock?: ManualClock,
  agoMs = 0,
): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'chaperone-enrolment-'));
  const database = await openDatabase({
    location: { kind: 'sqlite', file: join(directory, 'gateway.db') },
  });
  await database.migrate(AUTHORITY_MIGRATIONS);
  const nowMs = Date.now();
  clock?.setUtc(nowMs - agoMs);
  const made = await newTestAuthority(database, {
    cartKey,
    ...(clock === undefined ? {} : { clock }),
  });
  // TLS looks at this machine's clock: the gateway's own certificate has to hold now, whatever the authority's clock says.
  clock?.setUtc(nowMs);
  const held = { ...made, authority: await made.reopen(clock) };
  clock?.setUtc(nowMs - agoMs);
  const asked = new Map<string, number>();
  let lost: string | undefined;
  const acts = new Map<string, () => Promise<void>>();
  const { authority } = held;
  const server = createServer(authority.tunnelServerOptions([EST_ALPN]), (request, response) => {
    const [path = ''] = (request.url ?? '').split('?', 1);
    asked.set(path, (asked.get(path) ?? 0) + 1);
    if (path === lost) {
      lost = undefined;
      const cut = (): typeof response => {
        response.destroy();
        return response;
      };
      response.end = cut as typeof response.end;
    }
    const act = acts.get(path);
    if (act !== undefined) {
      acts.delete(path);
      const end = response.end.bind(response);
      const held = (body?: unknown): typeof response => {
        void act().then(() => end(body));
        return response;
      };
      response.end = held as typeof response.end;
    }
    void authority.estRoutes(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cartDirectory = join(directory, 'cart');
  return {
    held,
    cartDirectory,
    asked,
    loseAnswerOf: (path) => {
      lost = path;
    },
    before: (path, act) => {
      acts.set(path, act);
    },
    options: (licenceCode) => ({
      directory: cartDirectory,
      gateway: { host: '127.0.0.1', port, serverName: 'gateway.test' },
      proxy: { kind: 'none' },
      serial: SERIAL,
      licenceCode,
      rootFingerprint: authority.facts.fingerprints.cart,
      signal: new AbortController().signal,
    }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await held[Symbol.asyncDispose]();
      await database.close();
      rmSync(directory, { recursive: true });
    },
  };
}

export const newCode = async ({ held }: Stage): Promise<string> =>
  (await held.authority.issueCartLicence(SERIAL, { by: 'admin' })).code;
