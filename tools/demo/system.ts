/**
 * A service centre and one cart on this machine: laid out in one folder, each a process of its own, enrolled by the
 * same road as in life. The demo and the walkthrough both stand on it.
 */
import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { call, start } from './program.ts';
import type { OwnProgram, RunningProgram } from './program.ts';
import { ROOT } from '../workspace/workspace.ts';

export interface SystemPlan {
  /** Everything is kept below it. */
  readonly folder: string;
  readonly serial: string;
  readonly model: string;
  /** Wanted ports; a taken one, or 0, becomes a free one. */
  readonly ports: { readonly edge: number; readonly console: number; readonly panel: number };
  /** Likewise, of a facility portal; there is none unless given. */
  readonly portalPort?: number;
  readonly directories: readonly {
    readonly id: string;
    readonly label: string;
    readonly path: string;
    readonly namesArePlain?: boolean;
  }[];
  readonly inbox: string;
  /** Where the cart dials instead of the edge itself, for a road that can be cut. */
  readonly road?: (edge: { host: string; port: number }) => Promise<{ host: string; port: number }>;
  /** The gateway's database setting; SQLite unless given. */
  readonly database?: object;
  /** See the gateway's configuration; its defaults unless given. */
  readonly gatewayLimits?: Readonly<Record<string, number>>;
  /** Milliseconds; see the cart's configuration. */
  readonly limits?: Readonly<Record<string, number>>;
  /** The cart's `screen`; the built-in cine unless given. */
  readonly screen?: object;
  /** A file of other people than the demo's own; see the gateway's `directory.peopleFile`. */
  readonly peopleFile?: string;
  /** The gateway's `signIn.secondFactor`; a demo asks for none unless this says so. */
  readonly secondFactor?: 'required' | 'off-demo';
  /** The gateway's `console.tls`; a demo has none unless this says so. */
  readonly consoleTls?: 'browser-chain';
  /** The gateway's `workstations.seatsMax`; its default unless given. */
  readonly seatsMax?: number;
  /** The gateway's `recording.screens`; its default unless given. */
  readonly recordedScreens?: 'on' | 'off';
  /** A program in the place of the gateway's own, called likewise: for parts that a demo refuses. The gateway itself unless given. */
  readonly gatewayProgram?: OwnProgram;
  /** `new` starts a cart without a certificate; enrolled unless given. */
  readonly cart?: 'enrolled' | 'new';
  /** Of the cart's engineer page; none is set unless given. */
  readonly engineerPin?: string;
  readonly say: (line: string) => void;
}

/** What a field engineer types. */
export interface CartLicence {
  readonly code: string;
  readonly rootFingerprint: string;
}

/** As the gateway prints it. */
export interface WorkstationLicence {
  readonly code: string;
  readonly gateway: string;
  readonly rootFingerprint: string;
}

export interface RunningSystem {
  readonly consoleUrl: string;
  readonly portalUrl: string | null;
  readonly panelUrl: string;
  readonly panelCredential: string;
  readonly gateway: RunningProgram;
  readonly cart: RunningProgram;
  readonly gatewayData: string;
  /** The gateway's configuration file, for its command line. */
  readonly gatewayConfiguration: string;
  readonly cartData: string;
  /** The cart's configuration file, for its command line. */
  readonly cartConfiguration: string;
  issueCartLicence(): Promise<CartLicence>;
  issueWorkstationLicence(label: string): Promise<string>;
  /** What `chaperone workstation enrol` is called with, where the console has TLS. */
  licenceWorkstation(label: string): Promise<WorkstationLicence>;
  /** Starts the gateway anew on the same data and ports, after it was stopped or killed. */
  restartGateway(): Promise<RunningProgram>;
  /** Starts the cart anew likewise; its panel has the same address and a new credential. */
  restartCart(): Promise<RunningProgram>;
  stop(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
export const SERVICE_CENTRE = {
  name: 'Example Remote Service Center',
  phone: '+1 800 555 0100',
  phiPolicyUrl: 'https://example.com/phi-removal-policy/',
} as const;

/** Establishes and enrols what is not yet there, then starts both. @throws ProgramFailed */
export async function startSystem(plan: SystemPlan): Promise<RunningSystem> {
  const { folder, say } = plan;
  const gatewayData = path.join(folder, 'gateway');
  const cartData = path.join(folder, 'cart');
  const gatewayFile = path.join(folder, 'gateway.json');
  const cartFile = path.join(folder, 'cart.json');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const ports = {
    edge: await freePort(plan.ports.edge),
    console: await freePort(plan.ports.console),
    panel: await freePort(plan.ports.panel),
    ...(plan.portalPort === undefined ? {} : { portal: await freePort(plan.portalPort) }),
  };
  await writeJSON(gatewayFile, gatewayConfiguration(plan, gatewayData, ports));

  if (!existsSync(path.join(gatewayData, 'authority'))) {
    say('Establishing the service centre: certificate authorities, ledger, vault, demo accounts …');
    await call('gateway', ['establish', '--config', gatewayFile]);
  }
  const runGateway = () =>
    start(
      plan.gatewayProgram ?? 'gateway',
      ['run', '--config', gatewayFile],
      path.join(folder, 'gateway.log'),
      (output) => {
        try {
          return JSON.parse(output) as { readonly console: string; readonly portal?: string };
        } catch {
          return null;
        }
      },
    );
  say('Starting the gateway …');
  const first = await runGateway();
  let gateway = first.program;
  try {
    const edge = { host: LOOPBACK, port: ports.edge };
    const dialled = (await plan.road?.(edge)) ?? edge;
    await writeJSON(cartFile, cartConfiguration(plan, cartData, dialled, ports.panel));
    if (plan.cart !== 'new' && !existsSync(path.join(cartData, 'identity'))) {
      say(
        `Enrolling the cart ${plan.serial}: its key is made on it, its certificate comes by EST …`,
      );
      await enrol(plan, gatewayFile, cartFile, dialled);
    }
    if (plan.engineerPin !== undefined) await setPin(folder, cartFile, plan.engineerPin);
    say('Starting the cart …');
    const runCart = () =>
      start('cart', ['run', '--config', cartFile], path.join(folder, 'cart.log'), (output) =>
        /(http:\S+)\/#credential=(\S+)\n/.exec(output),
      );
    let cart = await runCart();
    const licenceWorkstation = async (label: string): Promise<WorkstationLicence> => {
      const args = ['licence', 'issue', 'workstation', '--label', label, '--config', gatewayFile];
      return JSON.parse((await call('gateway', args)).output) as WorkstationLicence;
    };
    return {
      consoleUrl: first.ready.console,
      portalUrl: first.ready.portal ?? null,
      get panelUrl() {
        return cart.ready[1] ?? '';
      },
      get panelCredential() {
        return cart.ready[2] ?? '';
      },
      get gateway() {
        return gateway;
      },
      get cart() {
        return cart.program;
      },
      gatewayData,
      gatewayConfiguration: gatewayFile,
      cartData,
      cartConfiguration: cartFile,
      issueCartLicence: () => issueCartLicence(plan, gatewayFile, dialled),
      licenceWorkstation,
      issueWorkstationLicence: async (label) => (await licenceWorkstation(label)).code,
      async restartGateway() {
        gateway = (await runGateway()).program;
        return gateway;
      },
      async restartCart() {
        cart = await runCart();
        return cart.program;
      },
      async stop() {
        await cart.program.stop();
        await gateway.stop();
      },
    };
  } catch (fault) {
    await gateway.stop();
    throw fault;
  }
}

async function enrol(
  plan: SystemPlan,
  gatewayFile: string,
  cartFile: string,
  dialled: { host: string; port: number },
): Promise<void> {
  const licenceFile = await issueLicenceFile(plan, gatewayFile, dialled);
  await call('cart', ['enrol', '--licence', licenceFile, '--config', cartFile]);
  await rm(licenceFile);
}

/** As a person reads it from the terminal, to be typed at the cart. */
async function issueCartLicence(
  plan: SystemPlan,
  gatewayFile: string,
  dialled: { host: string; port: number },
): Promise<CartLicence> {
  const { output } = await call('gateway', [
    ...['licence', 'issue', 'cart', '--serial', plan.serial, '--config', gatewayFile],
    ...['--host', dialled.host, '--port', String(dialled.port)],
  ]);
  const { code, rootFingerprint } = JSON.parse(output) as CartLicence;
  return { code, rootFingerprint };
}

async function issueLicenceFile(
  plan: SystemPlan,
  gatewayFile: string,
  dialled: { host: string; port: number },
): Promise<string> {
  const licenceFile = path.join(plan.folder, 'cart-licence.json');
  await rm(licenceFile, { force: true });
  await call('gateway', [
    ...['licence', 'issue', 'cart', '--serial', plan.serial, '--config', gatewayFile],
    ...['--host', dialled.host, '--port', String(dialled.port), '--output', licenceFile],
  ]);
  return licenceFile;
}

async function setPin(folder: string, cartFile: string, pin: string): Promise<void> {
  const pinFile = path.join(folder, 'engineer-pin');
  await writeFile(pinFile, pin, { mode: 0o600 });
  await call('cart', ['engineer-pin', '--pin-file', pinFile, '--config', cartFile]);
  await rm(pinFile);
}

/** Where the demo's echo machine burns text into its images. */
const REGION_TEMPLATES = path.join(ROOT, 'deidentification', 'templates', 'demo.json');

function demoTemplates(): object {
  const templatesSha256 = createHash('sha256').update(readFileSync(REGION_TEMPLATES)).digest('hex');
  return { templatesFile: REGION_TEMPLATES, templatesSha256 };
}

function gatewayConfiguration(
  plan: SystemPlan,
  dataDirectory: string,
  ports: SystemPlan['ports'] & { readonly portal?: number },
): object {
  return {
    dataDirectory,
    demo: true,
    serviceCentre: SERVICE_CENTRE,
    edge: { listen: { host: LOOPBACK, port: ports.edge }, gatewayNames: ['localhost'] },
    console: {
      listen: { host: LOOPBACK, port: ports.console },
      // The first one is printed; passkeys need a name.
      names:
        plan.secondFactor === 'required' || plan.consoleTls !== undefined
          ? ['localhost', LOOPBACK]
          : [LOOPBACK, 'localhost'],
      tls: plan.consoleTls ?? 'off',
    },
    ...(ports.portal === undefined
      ? {}
      : { portal: { listen: { host: LOOPBACK, port: ports.portal }, names: ['localhost'] } }),
    database: plan.database ?? { url: 'sqlite' },
    directory: {
      kind: 'demo',
      ...(plan.peopleFile === undefined ? {} : { peopleFile: plan.peopleFile }),
    },
    antivirus: { kind: 'none-demo' },
    deidentification: demoTemplates(),
    limits: plan.gatewayLimits ?? {},
    recording: plan.recordedScreens === undefined ? {} : { screens: plan.recordedScreens },
    workstations: plan.seatsMax === undefined ? {} : { seatsMax: plan.seatsMax },
    signIn: plan.secondFactor === undefined ? {} : { secondFactor: plan.secondFactor },
  };
}

function cartConfiguration(
  plan: SystemPlan,
  dataDirectory: string,
  dialled: { host: string; port: number },
  panelPort: number,
): object {
  return {
    dataDirectory,
    demo: true,
    cart: { serial: plan.serial, model: plan.model },
    gateway: { ...dialled, serverName: 'localhost' },
    serviceCentre: SERVICE_CENTRE,
    panel: { port: panelPort },
    screen: plan.screen ?? { kind: 'demo' },
    directories: plan.directories,
    deidentification: demoTemplates(),
    inbox: { path: plan.inbox, label: 'From the service centre', bytesMax: 2 ** 31 },
    limits: plan.limits ?? {},
  };
}

/** Gives the wanted port if it can be listened on, otherwise any that can. */
async function freePort(wanted: number): Promise<number> {
  const server = net.createServer();
  try {
    server.listen(wanted, LOOPBACK);
    await once(server, 'listening');
  } catch {
    return await freePort(0);
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : wanted;
}

async function writeJSON(file: string, value: object): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
}
