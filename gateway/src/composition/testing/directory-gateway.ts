/**
 * Test support: a whole gateway in front of a real directory.
 *
 * Everything but the directory is as in a demo, so that a test needs no scanner and no second factor: the configuration that
 * was checked as a demo gets the directory afterwards. All of production is in production.test.ts.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { establishGateway, startGateway } from '../../composition.ts';
import type { RunningGateway } from '../../composition.ts';
import type { ScriptedCart } from '../../desk/tunnel/testing/scripted-cart.ts';
import type { Configuration } from '../../platform/configuration/configuration.ts';
import { silentLog } from '../../platform/log/log.ts';
import { SERIAL, Technician, demoConfiguration, enrolCart } from './gateway-harness.ts';

const GATEWAY_PASSWORD = 'chestnut-velvet-19';

export interface DirectoryGateway extends AsyncDisposable {
  readonly running: RunningGateway;
  enrolCart(): Promise<ScriptedCart>;
  /** Gives somebody of the directory an account here. @returns what passes the second gate */
  addAccount(login: string): Promise<{ readonly userId: string; readonly password: string }>;
  /** A browser at a licensed workstation, before the gates. */
  atWorkstation(): Promise<Technician>;
  /** Stops and starts it again on the same data. */
  restart(): Promise<void>;
}

export interface DirectoryGatewayPlan {
  /** With TLS, everybody shows a certificate. */
  readonly tls?: 'off' | 'browser-chain';
  /** Of the console; a free one, if it is not given. */
  readonly port?: number;
}

/** @param place writes a file beside the configuration and gives its path */
export async function startDirectoryGateway(
  directoryWith: (place: (name: string, content: string) => string) => Configuration['directory'],
  { tls = 'off', port = 0 }: DirectoryGatewayPlan = {},
): Promise<DirectoryGateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-gateway-'));
  const place = (name: string, content: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  };
  const demo = demoConfiguration(folder, null, tls);
  const configuration = {
    ...demo,
    console: { ...demo.console, listen: { host: '127.0.0.1', port } },
    directory: directoryWith(place),
  };
  const overrides = { log: silentLog() };
  await establishGateway(configuration, { by: 'test' }, overrides);
  let running = await startGateway(configuration, overrides);
  const carts: ScriptedCart[] = [];
  return {
    get running() {
      return running;
    },
    enrolCart: async () => {
      const cart = await enrolCart(running, SERIAL);
      carts.push(cart);
      return cart;
    },
    addAccount: async (login) => {
      const userId = login.replaceAll(/[^a-z0-9]/g, '-');
      await running.administer({
        act: 'add-account',
        by: 'test',
        accountName: userId,
        directoryLogin: login,
        name: `Account of ${login}`,
        password: GATEWAY_PASSWORD,
      });
      return { userId, password: GATEWAY_PASSWORD };
    },
    atWorkstation: async () => {
      const technician = new Technician(running.consoleUrl);
      await technician.enrol(running);
      return technician;
    },
    restart: async () => {
      await running.close();
      running = await startGateway(configuration, overrides);
    },
    [Symbol.asyncDispose]: async () => {
      for (const cart of carts) cart.drop();
      await running.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
