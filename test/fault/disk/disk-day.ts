/** A running system whose gateway, cart and inbox each have a small disk of their own, with a session from the start. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { DEMO_SIGN_INS } from '@chaperone/gateway/composition/demo-accounts.ts';
import { layDemoFiles } from '../../../tools/demo/demo-files.ts';
import { startSystem } from '../../../tools/demo/system.ts';
import type { RunningSystem } from '../../../tools/demo/system.ts';
import { scanningGateway } from '../../harness/clamd-file.ts';
import { startOneWayProxy } from '../../harness/cut-proxy.ts';
import type { OneWayProxy } from '../../harness/cut-proxy.ts';
import { Operator } from '../../harness/operator.ts';
import { Technician } from '../../harness/technician.ts';
import type { Case, TechnicianOptions } from '../../harness/technician.ts';
import { newSmallDisk } from './small-disk.ts';
import type { SmallDisk } from './small-disk.ts';

export const SERIAL = 'US-DISK-1';
const GATEWAY_KIB = 160 * 1024;
const CART_KIB = 4 * 1024;
const INBOX_KIB = 8 * 1024;
/** Bytes of the file that is interrupted by a full disk: long enough that something can happen while it arrives. */
export const LARGE_BYTES = 24 * 1024 * 1024;

export interface DiskDay extends AsyncDisposable {
  readonly folder: string;
  readonly system: RunningSystem;
  readonly gatewayDisk: SmallDisk;
  readonly cartDisk: SmallDisk;
  readonly inboxDisk: SmallDisk;
  readonly road: OneWayProxy;
  readonly operator: Operator;
  readonly technician: Technician;
  readonly opened: Case;
  /** A file of the cart, `large.bin` in `logs`. */
  readonly large: Buffer;
  /** Of somebody else, at a workstation of their own. */
  readonly otherSignIn: TechnicianOptions;
  openSession(activities: readonly Activity[]): Promise<void>;
  /** Fills the gateway's disk, so that each write to the database needs a block that is not there. */
  fillGateway(freeBytes?: number): void;
}

export async function startDiskDay(
  gatewayLimits: Readonly<Record<string, number>>,
  /** The socket of a clamd; nothing scans unless given. */
  clamd?: string,
): Promise<DiskDay> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-disk-day-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(async () => await rm(folder, { recursive: true, force: true }));
  const files = await layDemoFiles(folder, Date.now());
  const large = randomBytes(LARGE_BYTES);
  await writeFile(path.join(files.directories[0]?.path ?? '', 'large.bin'), large);
  const gatewayDisk = stack.use(newSmallDisk(GATEWAY_KIB, path.join(folder, 'gateway')));
  const cartDisk = stack.use(newSmallDisk(CART_KIB, path.join(folder, 'cart')));
  const inboxDisk = stack.use(newSmallDisk(INBOX_KIB, files.inbox));
  let road: OneWayProxy | undefined;
  // Also when the programs do not come up: an open road would keep the test's own process.
  stack.defer(async () => await road?.close());
  const system = await startSystem({
    ...files,
    folder,
    serial: SERIAL,
    model: 'Small Disk Ultrasound',
    ports: { edge: 0, console: 0, panel: 0 },
    road: async (edge) => {
      road = await startOneWayProxy(edge);
      return { host: '127.0.0.1', port: road.port };
    },
    gatewayLimits,
    ...(clamd === undefined ? {} : { gatewayProgram: await scanningGateway(folder, clamd) }),
    say: () => undefined,
  });
  stack.defer(async () => await system.stop());
  const signIn = async (which: number): Promise<TechnicianOptions> => {
    const person = DEMO_SIGN_INS[which];
    if (person === undefined) throw new Error('the demo has two technicians');
    return {
      consoleUrl: system.consoleUrl,
      licenceCode: await system.issueWorkstationLicence(`Desk ${which}`),
      login: person.directory.login,
      directoryPassword: person.directory.password,
      userId: person.gateway.userId,
      gatewayPassword: person.gateway.password,
    };
  };
  const technician = await Technician.signIn(await signIn(0));
  const otherSignIn = await signIn(1);
  const opened = await technician.openCase(SERIAL);
  await technician.designate(opened.id, technician.person?.id ?? '');
  const operator = new Operator(system.panelUrl, system.panelCredential);
  if (road === undefined) throw new Error('the system did not come up');
  const held = stack.move();
  return {
    folder,
    system,
    gatewayDisk,
    cartDisk,
    inboxDisk,
    road,
    operator,
    technician,
    opened,
    large,
    otherSignIn,
    async openSession(activities) {
      await operator.press();
      await operator.accept();
      await technician.sessionWhen(opened.id, (session) => session.state === 'waiting');
      await technician.request(opened);
      const { requests } = await operator.viewWhen('a request', (view) => view.requests.length > 0);
      await operator.consent(requests[0]?.id ?? '', activities);
      await technician.sessionWhen(opened.id, (session) => session.grant !== null);
    },
    fillGateway(freeBytes = 0) {
      const database = new DatabaseSync(path.join(gatewayDisk.directory, 'gateway.db'));
      database.exec('pragma busy_timeout = 2000');
      database.exec('pragma wal_checkpoint(truncate)');
      database.close();
      gatewayDisk.fill(freeBytes);
    },
    [Symbol.asyncDispose]: async () => await held.disposeAsync(),
  };
}
