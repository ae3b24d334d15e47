/** A running system with a signed-in technician and an open case, for scenarios that begin in the middle of a day. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DeidentificationRule } from '@chaperone/domain/deidentification/deidentification.ts';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { DEMO_SIGN_INS } from '@chaperone/gateway/composition/demo-accounts.ts';
import { layDemoFiles } from '../../tools/demo/demo-files.ts';
import { startSystem } from '../../tools/demo/system.ts';
import type { RunningSystem, SystemPlan } from '../../tools/demo/system.ts';
import { startCutProxy } from '../harness/cut-proxy.ts';
import type { CutProxy } from '../harness/cut-proxy.ts';
import { Operator } from '../harness/operator.ts';
import { Technician } from '../harness/technician.ts';
import type { Case } from '../harness/technician.ts';

export const SERIAL = 'US-SCENARIO-1';

export interface Day extends AsyncDisposable {
  readonly folder: string;
  readonly logs: string;
  readonly system: RunningSystem;
  readonly road: CutProxy;
  readonly operator: Operator;
  readonly technician: Technician;
  readonly opened: Case;
  /** From the button to a grant of these activities. */
  openSession(activities: readonly Activity[]): Promise<void>;
}

/**
 * @param screen the cart's `screen`; the built-in cine unless given
 * @param build makes the road to the edge
 * @param gateway what of its configuration differs; with TLS the technician's workstation is licensed for it
 */
export async function startDay(
  limits: Readonly<Record<string, number>> = {},
  screen?: object,
  build: typeof startCutProxy = startCutProxy,
  gateway: Pick<SystemPlan, 'consoleTls' | 'seatsMax' | 'recordedScreens'> = {},
  deidentification?: DeidentificationRule,
): Promise<Day> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-scenario-'));
  const files = await layDemoFiles(folder, Date.now());
  let road: CutProxy | undefined;
  const system = await startSystem({
    ...files,
    folder,
    serial: SERIAL,
    model: 'Scenario Ultrasound',
    ports: { edge: 0, console: 0, panel: 0 },
    road: async (edge) => {
      road = await build(edge);
      return { host: road.host ?? '127.0.0.1', port: road.port };
    },
    limits,
    ...(screen === undefined ? {} : { screen }),
    ...gateway,
    say: () => undefined,
  }).catch(async (fault: unknown) => {
    // An open road would keep the test's own process.
    await road?.close();
    throw fault;
  });
  const [person] = DEMO_SIGN_INS;
  if (!person || !road) throw new Error('the system did not come up');
  const proxy = road;
  const technician = await Technician.signIn({
    consoleUrl: system.consoleUrl,
    licenceCode: await system.issueWorkstationLicence('Scenario'),
    login: person.directory.login,
    directoryPassword: person.directory.password,
    userId: person.gateway.userId,
    gatewayPassword: person.gateway.password,
    ...(gateway.consoleTls === undefined ? {} : { browserRoot: await browserRootOf(system) }),
  });
  const opened = await technician.openCase(SERIAL, deidentification);
  await technician.designate(opened.id, technician.person?.id ?? '');
  const operator = new Operator(system.panelUrl, system.panelCredential);
  return {
    folder,
    logs: files.directories[0]?.path ?? '',
    system,
    road: proxy,
    operator,
    technician,
    opened,
    async openSession(activities) {
      await operator.press();
      await operator.accept();
      await technician.sessionWhen(opened.id, (session) => session.state === 'waiting');
      await technician.request(opened);
      const { requests } = await operator.viewWhen('a request', (view) => view.requests.length > 0);
      await operator.consent(requests[0]?.id ?? '', activities);
      await technician.sessionWhen(opened.id, (session) => session.grant !== null);
    },
    async [Symbol.asyncDispose]() {
      await system.stop();
      await proxy.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What an administrator hands over beside the code. */
async function browserRootOf({ gatewayData }: RunningSystem): Promise<string> {
  return await readFile(path.join(gatewayData, 'authority', 'browser.cert.pem'), 'utf8');
}
