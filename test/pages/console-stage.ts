/**
 * The built console in a real Chromium, in front of a real gateway with a real cart, each a process of its own.
 *
 * The pages run under the desk's own policy; what it refuses counts as a complaint.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { DEMO_SIGN_INS } from '@chaperone/gateway/composition/demo-accounts.ts';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { layDemoFiles } from '../../tools/demo/demo-files.ts';
import { startSystem } from '../../tools/demo/system.ts';
import type { RunningSystem } from '../../tools/demo/system.ts';
import { buildPage } from '../../tools/pages/pages.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';
import { startCutProxy } from '../harness/cut-proxy.ts';
import type { CutProxy } from '../harness/cut-proxy.ts';
import { Operator } from '../harness/operator.ts';
import { violationsOn } from './accessibility.ts';

export const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
export const SERIAL = 'US-CONSOLE-1';
/** No measure of speed: beside other tests a page may take long. Milliseconds. */
const PATIENCE_MS = 90_000;
export const MODEL = 'Vantage 7 Cardiac';

export interface ConsoleStage extends AsyncDisposable {
  readonly browser: Browser;
  readonly system: RunningSystem;
  readonly operator: Operator;
  /** The cart's road to the gateway, which can be cut. */
  readonly road: CutProxy;
  /** A cart's exposed directory of logs, and its inbox. */
  readonly logs: string;
  readonly inbox: string;
  /** @param origin the console's address, if it is not the one that the gateway says */
  openWindow(width?: number, height?: number, origin?: string): Promise<ConsoleWindow>;
}

export interface ConsoleWindow {
  readonly page: Page;
  /** Everything that went wrong in the browser: errors, policy violations, requests that left the origin. */
  readonly complaints: string[];
  /** Examines the page as it stands, and photographs it when CONSOLE_SCREENSHOTS names a folder. */
  examine(name: string): Promise<readonly string[]>;
}

/** Builds the console, starts gateway, cart and browser. */
export async function openConsoleStage(
  plan: {
    readonly secondFactor?: 'required' | 'off-demo';
    /** People whom the directory knows besides the demo's own; they have no account yet. */
    readonly newcomers?: readonly Newcomer[];
    /** The cart's `screen`; the demo's own unless given. */
    readonly screen?: object;
  } = {},
): Promise<ConsoleStage> {
  await buildPage(ROOT, 'console', () => undefined);
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-console-'));
  const files = await layDemoFiles(folder, Date.now());
  const { newcomers, ...settings } = plan;
  const peopleFile = path.join(folder, 'people.json');
  if (newcomers !== undefined) {
    const own = DEMO_SIGN_INS.map(({ displayName, roles, directory }) => ({
      displayName,
      roles,
      ...directory,
    }));
    await writeFile(peopleFile, JSON.stringify({ people: [...own, ...newcomers] }));
  }
  let road: CutProxy | undefined;
  const system = await startSystem({
    ...files,
    ...settings,
    ...(newcomers === undefined ? {} : { peopleFile }),
    folder,
    serial: SERIAL,
    model: MODEL,
    ports: { edge: 0, console: 0, panel: 0 },
    road: async (edge) => {
      road = await startCutProxy(edge);
      return { host: '127.0.0.1', port: road.port };
    },
    say: () => undefined,
  });
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: CHROMIUM_FLAGS,
  });
  const proxy = road;
  if (proxy === undefined) throw new Error('The cart dialled by no road.');
  return {
    browser,
    system,
    road: proxy,
    operator: new Operator(system.panelUrl, system.panelCredential),
    logs: files.directories[0]?.path ?? '',
    inbox: files.inbox,
    openWindow: async (width = 1280, height = 800, origin = system.consoleUrl) =>
      await openWindow(browser, origin, width, height),
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await system.stop();
      await proxy.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function openWindow(
  browser: Browser,
  origin: string,
  width: number,
  height: number,
): Promise<ConsoleWindow> {
  const context = await browser.newContext({
    viewport: { width, height },
    locale: 'en-GB',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Chromium itself reports each refusal that the console asks for and explains.
    if (message.text().startsWith('Failed to load resource')) return;
    // Said of the tests' own looking at the picture.
    if (message.text().startsWith('Canvas2D: Multiple readback')) return;
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('request', (request) => {
    const url = request.url();
    const isOwn = url.startsWith(origin) || url.startsWith('data:') || url.startsWith('blob:');
    if (!isOwn) complaints.push(`asked for ${url}`);
  });
  return {
    page,
    complaints,
    examine: async (name) => {
      const folder = process.env['CONSOLE_SCREENSHOTS'];
      if (folder !== undefined) await page.screenshot({ path: path.join(folder, `${name}.png`) });
      const violations = await violationsOn(page);
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${name}: ${id}: ${nodes.map((node) => node.html).join(' ')}`);
    },
  };
}

export interface Person {
  readonly login: string;
  readonly directoryPassword: string;
  readonly account: string;
  readonly gatewayPassword: string;
  readonly name: string;
}

/** Somebody whom the directory knows and this gateway does not. */
export interface Newcomer {
  readonly login: string;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly password: string;
}

/** One of the demo's people. */
export function demoPerson(account = 'tara'): Person {
  const person = DEMO_SIGN_INS.find(({ gateway }) => gateway.userId === account);
  if (person === undefined) throw new Error(`The demo has nobody called ${account}.`);
  const { displayName: name, directory, gateway } = person;
  return {
    name,
    login: directory.login,
    directoryPassword: directory.password,
    account: gateway.userId,
    gatewayPassword: gateway.password,
  };
}

/** Licenses the window's browser and passes both gates, as a technician does. */
export async function enter(
  stage: ConsoleStage,
  page: Page,
  person: Person = demoPerson(),
): Promise<void> {
  await license(stage, page);
  await signIn(page, person);
}

/** Makes the window's browser a licensed workstation. @param origin the console's address in its address line */
export async function license(
  stage: { readonly system: Pick<RunningSystem, 'consoleUrl' | 'issueWorkstationLicence'> },
  page: Page,
  label = 'Service desk 4, left',
  origin: string = stage.system.consoleUrl,
): Promise<void> {
  const code = await stage.system.issueWorkstationLicence(label);
  await page.goto(`${origin}/#workstation-licence=${code}`);
  await page.getByLabel('Name of this workstation').fill(label);
  await page.getByRole('button', { name: 'License' }).click();
}

export async function signIn(page: Page, person: Person = demoPerson()): Promise<void> {
  await page.getByLabel('Login name').fill(person.login);
  await page.getByLabel('Password').fill(person.directoryPassword);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Gateway user ID').fill(person.account);
  await page.getByLabel('Password').fill(person.gatewayPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Opens a case and goes to it. */
export async function openCase(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New case' }).click();
  await page.getByLabel('Cart', { exact: true }).selectOption(SERIAL);
  await page.getByLabel('Facility').fill('St. Example Hospital, Echo Lab 2');
  await page.getByLabel('Caller').fill('Dr. Miriam Okafor');
  await page.getByLabel('Complaint').fill('Noise in the Doppler picture since this morning.');
  await page.getByRole('button', { name: 'Open case' }).click();
  await page.getByRole('heading', { name: 'St. Example Hospital, Echo Lab 2' }).waitFor();
}
