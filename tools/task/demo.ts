/**
 * `npm start`: a service centre and a demo cart on this machine, until Ctrl-C. Everything is kept in
 * `.chaperone/demo` (or `--folder DIR`), so that a second start goes on where the first stopped. With `--second-factor`
 * the console asks for one, as it always does outside a demo.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { DEMO_SIGN_INS } from '@chaperone/gateway/composition.ts';
import { layDemoFiles } from '../demo/demo-files.ts';
import { ProgramFailed } from '../demo/program.ts';
import { startSystem } from '../demo/system.ts';
import { buildPages } from '../pages/pages.ts';
import { ROOT } from '../workspace/workspace.ts';

const PORTS = { edge: 7443, console: 7080, panel: 7081 };
const PORTAL_PORT = 7445;
const ENGINEER_PIN = '271828';
/** Where a cart looks for the program that encodes what moves. */
const FFMPEG = '/usr/bin/ffmpeg';
const say = (line: string): void => console.log(line);

try {
  await buildPages(say);
  const { values } = parseArgs({
    options: { folder: { type: 'string' }, 'second-factor': { type: 'boolean' } },
  });
  const secondFactor = values['second-factor'] === true ? 'required' : 'off-demo';
  const folder = path.resolve(values.folder ?? path.join(ROOT, '.chaperone', 'demo'));
  const files = await layDemoFiles(folder, Date.now());
  const hasFFmpeg = existsSync(FFMPEG);
  const system = await startSystem({
    ...files,
    folder,
    screen: { kind: 'demo', encoder: { mode: hasFFmpeg ? 're-encoder' : 'relay' } },
    serial: 'US-DEMO-0001',
    model: 'Demo Ultrasound 900',
    ports: PORTS,
    portalPort: PORTAL_PORT,
    secondFactor,
    engineerPin: ENGINEER_PIN,
    say,
  });
  if (!hasFFmpeg) {
    say('No ffmpeg here (apt install ffmpeg): the cart sends its screen as it is, without video.');
  }
  const code = await system.issueWorkstationLicence('Demo workstation');
  const [person] = DEMO_SIGN_INS;
  if (!person) throw new Error('the demo has nobody to sign in');
  const { directory, gateway } = person;
  const others = DEMO_SIGN_INS.slice(1).map(
    (each) =>
      `${each.roles.join(' and ').padEnd(24)} ${each.directory.login} ${each.directory.password}, ` +
      `then ${each.gateway.userId} ${each.gateway.password}`,
  );
  say(`
Chaperone is running. DEMO MODE: this machine only, a built-in directory, no virus scanner.

  Operator panel    ${system.panelUrl}/#credential=${system.panelCredential}
  Console           ${system.consoleUrl}/#workstation-licence=${code}
  Sign-in, step 1   ${directory.login}   ${directory.password}      (company directory)
          step 2    ${gateway.userId}   ${gateway.password}      (this gateway)${
            secondFactor === 'required'
              ? '\n          step 3    set up at the first sign-in: an app or a passkey'
              : ''
          }
  Others            ${others.join('\n                    ')}
  Engineer page     on the panel: Service, at the bottom; PIN ${ENGINEER_PIN}
  Facility portal   ${system.portalUrl ?? ''}      (needs an officer's certificate: README, "What a facility sees")

What to click
  1. Console: license this workstation (the code is filled in), then sign in with the steps above.
  2. Console: New case, pick the cart US-DEMO-0001, say who called and why; you are its technician.
  3. Panel: press Remote Maintenance and accept the notice. Console: Request access.
  4. Panel: compare the number, touch the technician's button. Console: the ultrasound moves; fetch a file.
  5. Panel: End. Console: Resolve the case, and read its certificate of destruction.

Ctrl-C stops everything; what it keeps is in ${path.relative(process.cwd(), folder)}.`);
  let isStopping = false;
  await new Promise<void>((resolve) => {
    // Kept to the end: Ctrl-C comes from the terminal and once more through the bootstrap, and a second signal must
    // not end us while the programs are still being stopped.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        isStopping = true;
        resolve();
      });
    }
    void Promise.race([
      system.gateway.ended.then(() => 'gateway'),
      system.cart.ended.then(() => 'cart'),
    ]).then((name) => {
      if (isStopping) return;
      console.error(`The ${name} has stopped; its log is ${path.join(folder, `${name}.log`)}`);
      process.exitCode = 1;
      resolve();
    });
  });
  say('Stopping …');
  await system.stop();
} catch (fault) {
  if (!(fault instanceof ProgramFailed)) throw fault;
  console.error(fault.message);
  process.exitCode = 1;
}
