/** Test support: an enrolled cart as it stands on a disk, and its agent started by the composition root. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { startCart } from '../../composition.ts';
import type { CartOverrides, RunningCart } from '../../composition.ts';
import { parseConfiguration } from '../../configuration/configuration.ts';
import type { CartConfiguration } from '../../configuration/configuration.ts';
import { storeIdentity } from '../../licence/identity.ts';
import { openLog } from '../../platform/log.ts';
import { TEST_SERIAL } from '../../platform/testing/cart-bench.ts';
import type { TestCertificates } from '../../platform/testing/cart-bench.ts';
import { TEST_SERVER_NAME } from '../../platform/testing/scripted-desk.ts';

export interface EnrolledCart {
  readonly directory: string;
  readonly dataDirectory: string;
  readonly configuration: CartConfiguration;
  /** Ends what still writes there. When the test is over these are called, last first, before the directory goes. */
  readonly closers: (() => unknown)[];
}

/** Makes the directories of a cart that has been enrolled. @param port where its gateway is */
export async function enrolledCart(
  t: TestContext,
  { root, workstations, cart }: TestCertificates,
  port: number,
  change: object = {},
): Promise<EnrolledCart> {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-agent-'));
  const closers: (() => unknown)[] = [];
  // In one: the runner calls what was registered first at first, and an agent writes until it is closed.
  t.after(async () => {
    for (const close of closers.toReversed()) await close();
    await rm(directory, { recursive: true, force: true });
  });
  const dataDirectory = path.join(directory, 'data');
  await mkdir(dataDirectory, { mode: 0o755 });
  for (const name of ['exposed', 'inbox']) await mkdir(path.join(directory, name));
  await storeIdentity(dataDirectory, {
    keyPem: cart.keyPem,
    certificatePem: cart.pem,
    cartRootPem: root.pem,
    ...(await root.anchors(workstations)),
  });
  const configuration = parseConfiguration({
    dataDirectory,
    cart: { serial: TEST_SERIAL, model: 'Bench' },
    gateway: { host: '127.0.0.1', port, serverName: TEST_SERVER_NAME },
    serviceCentre: { name: 'Centre', phone: '1', phiPolicyUrl: 'https://example.org/phi' },
    screen: { kind: 'demo' },
    directories: [{ id: 'images', label: 'Images', path: path.join(directory, 'exposed') }],
    inbox: { path: path.join(directory, 'inbox'), label: 'Inbox', bytesMax: 10_000_000 },
    ...change,
  });
  return { directory, dataDirectory, configuration, closers };
}

/** Starts the agent; it is closed when the test is over. */
export async function startAgent(
  { configuration, closers }: EnrolledCart,
  overrides: CartOverrides = {},
): Promise<RunningCart> {
  const cart = await startCart(configuration, { log: openLog('silent'), ...overrides });
  closers.push(() => cart.close());
  return cart;
}
