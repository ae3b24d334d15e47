/**
 * `chaperone gateway …`, `chaperone licence …` and `chaperone portal …`: the service centre's program, and what is done to it from a terminal.
 *
 * What only talks to the running gateway loads nothing of it: the zones are loaded by what starts or opens them.
 *
 * Exit codes: 0 done; 1 refused or failed, with one sentence that says why; 2 called wrongly.
 */
import { userInfo } from 'node:os';
import path from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { writeFile } from 'node:fs/promises';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import {
  ADMIN_SOCKET_FILE,
  GatewayNotRunning,
  askRunningGateway,
} from './composition/admin-socket.ts';
import type { AdministrationAct } from './composition/administration.ts';
import type { RolloverStep } from './composition/rollover.ts';
import { enrolmentAdvice, readRequestFile } from './composition/officer-terminal.ts';
import { ROLES } from './directory/contract.ts';
import type { Role } from './directory/contract.ts';
import { loadConfiguration } from './platform/configuration/configuration.ts';
import type { Configuration } from './platform/configuration/configuration.ts';
import { readDiskFault } from './platform/durable-file/durable-file.ts';
import { readSecretFile } from './platform/secret/secret.ts';
import { createLog } from './platform/log/log.ts';
import { giveBackStartMemory } from './platform/memory/start-memory.ts';
import { Shutdown } from './platform/shutdown/shutdown.ts';

const USAGE = `chaperone gateway <command> --config FILE

  run          start the gateway
  establish    make its roots, its ledger and its vault, once, before the first start
  rollover status
               how far a change of the cart root is, and which carts it waits for
  rollover announce | activate | finish [--leave SERIAL,…]
               the three steps of changing the cart root, each while the gateway is stopped. \`finish\` refuses while a cart
               has no certificate of the new root; carts named by --leave are left behind and have to be enrolled again
  siem status  how far the ledger is forwarded to the SIEM, and what keeps it; null where nothing is forwarded, or the
               gateway does not run
  account add  --name ACCOUNT --person DIRECTORY-LOGIN --display-name NAME [--password-file FILE]
               [--roles ROLE,…]
               without the file, the password is read from standard input; without roles, the account allows
               whatever the directory says. Roles: technician, lead, administrator, field-engineer, auditor
  account disable | enable --name ACCOUNT --reason TEXT
               a disabled account is signed out at once
  account roles --name ACCOUNT --roles ROLE,… | directory --reason TEXT
               which roles it allows, of those that the directory gives; \`directory\` allows all of them
  account list
  account reset-factor --name ACCOUNT
               takes the account's second factor and recovery codes away and signs it out; the next sign-in enrols
               anew. Make sure who asks: until then two passwords are enough. The ledger says who did it.

chaperone licence <command> --config FILE

  issue cart --serial SERIAL [--features FEATURE,…] [--valid-from DAY] [--valid-until DAY]
             [--facility FACILITY] [--model MODEL] [--host HOST] [--port PORT] [--output FILE]
               features: view, control, fetch-files, send-files; all of them unless said. DAY is the last one on which it
               counts, such as 2027-03-31; without one it does not end. The output is signed, and holds the code
  issue workstation --label LABEL
  renew --serial SERIAL | --id LICENCE --valid-until DAY|never --reason TEXT
             [--features FEATURE,…] [--valid-from DAY] [--facility FACILITY] [--model MODEL]
               other terms for a cart's licence: the cart keeps its key, and learns them when it asks next
  list
  retire --id LICENCE --reason TEXT
  retire --serial SERIAL --reason TEXT
               a whole cart: its certificates are revoked, its connections end
  retire --workstation ID --reason TEXT
               a whole workstation, likewise; who is signed in there is out

chaperone portal <command> --config FILE

  officer add --facility FACILITY --name NAME --csr FILE [--output FILE]
               enrols a facility's security officer: gives a certificate for the key of the request (PKCS#10; the key
               stays at the facility) and, once, the secret for an authenticator app. FACILITY exactly as in its carts' licences.
  officer list
  officer retire --id OFFICER    the certificate is revoked, the officer's connections end`;

const STOP_TIMEOUT_MS = 15_000;

class CalledWrongly extends Error {}

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      name: { type: 'string' },
      roles: { type: 'string' },
      reason: { type: 'string' },
      person: { type: 'string' },
      'display-name': { type: 'string' },
      'password-file': { type: 'string' },
      serial: { type: 'string' },
      label: { type: 'string' },
      workstation: { type: 'string' },
      id: { type: 'string' },
      host: { type: 'string' },
      port: { type: 'string' },
      features: { type: 'string' },
      'valid-from': { type: 'string' },
      'valid-until': { type: 'string' },
      model: { type: 'string' },
      output: { type: 'string' },
      facility: { type: 'string' },
      csr: { type: 'string' },
      leave: { type: 'string' },
      zone: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true || positionals[0] === 'help') return console.log(USAGE);
  if (values.zone !== undefined)
    throw new CalledWrongly('Zones on machines of their own are not part of this version.');
  const required = (
    name:
      | 'config'
      | 'name'
      | 'person'
      | 'display-name'
      | 'serial'
      | 'label'
      | 'id'
      | 'roles'
      | 'reason'
      | 'facility'
      | 'csr',
  ): string => {
    const value = values[name];
    if (value === undefined) throw new CalledWrongly(`--${name} is missing.`);
    return value;
  };
  const configuration = async (): Promise<Configuration> =>
    await loadConfiguration(required('config'));
  const terms = {
    ...(values.features !== undefined && { features: values.features.split(',') }),
    ...(values['valid-from'] !== undefined && { validFrom: values['valid-from'] }),
    ...(values['valid-until'] !== undefined && { validUntil: values['valid-until'] }),
    ...(values.facility !== undefined && { facility: values.facility }),
    ...(values.model !== undefined && { model: values.model }),
  };
  const by = userInfo().username;
  const command = positionals.join(' ');
  switch (command) {
    case 'run':
      return await run(await configuration());
    case 'establish': {
      const { establishGateway } = await import('./composition.ts');
      const { facts, ledgerKey } = await establishGateway(await configuration(), { by });
      return print({ established: facts, ledgerKey });
    }
    case 'siem status':
      return print(await act(await configuration(), { act: 'siem-status' }));
    case 'rollover status':
      return print(await act(await configuration(), { act: 'rollover-status' }));
    case 'rollover announce':
    case 'rollover activate':
      return print(
        await rollover(
          await configuration(),
          { step: command === 'rollover announce' ? 'announce' : 'activate' },
          by,
        ),
      );
    case 'rollover finish': {
      const leave = (values.leave ?? '').split(',').map((serial) => serial.trim());
      const step = { step: 'finish', leave } as const;
      return print(await rollover(await configuration(), step, by));
    }
    case 'account add':
      return print(
        await act(await configuration(), {
          act: 'add-account',
          accountName: required('name'),
          directoryLogin: required('person'),
          name: required('display-name'),
          password: await readPassword(values['password-file']),
          roles: rolesOf(values.roles),
          by,
        }),
      );
    case 'account disable':
    case 'account enable': {
      const asked = { accountName: required('name'), reason: required('reason'), by };
      const which = command === 'account disable' ? 'disable-account' : 'enable-account';
      return print(await act(await configuration(), { act: which, ...asked }));
    }
    case 'account roles': {
      const asked = { accountName: required('name'), reason: required('reason'), by };
      const allowed = rolesOf(required('roles'));
      return print(
        await act(await configuration(), { act: 'change-roles', roles: allowed, ...asked }),
      );
    }
    case 'account list':
      return print(await act(await configuration(), { act: 'list-accounts' }));
    case 'account reset-factor':
      return print(
        await act(await configuration(), {
          act: 'reset-factor',
          accountName: required('name'),
          by,
        }),
      );
    case 'licence issue cart': {
      const port = values.port === undefined ? {} : { port: Number(values.port) };
      const host = values.host === undefined ? {} : { host: values.host };
      const asked = {
        act: 'issue-cart-licence',
        serial: required('serial'),
        by,
        ...host,
        ...port,
        ...terms,
      } as const;
      const issued = await act(await configuration(), asked);
      if (values.output === undefined) return print(issued);
      const { file, ...rest } = issued;
      await writeFile(values.output, String(file), { mode: 0o600, flag: 'wx' });
      return print({ ...rest, code: undefined, file: path.resolve(values.output) });
    }
    case 'licence renew': {
      const { id, serial } = values;
      if ((id === undefined) === (serial === undefined))
        throw new CalledWrongly('Say one of --id and --serial.');
      const which = id === undefined ? { serial: required('serial') } : { id };
      if (values['valid-until'] === undefined) throw new CalledWrongly('--valid-until is missing.');
      const asked = { act: 'renew-licence', ...which, ...terms, reason: required('reason'), by };
      return print(await act(await configuration(), asked as AdministrationAct));
    }
    case 'licence issue workstation':
      return print(
        await act(await configuration(), {
          act: 'issue-workstation-licence',
          label: required('label'),
          by,
        }),
      );
    case 'licence list':
      return print(await act(await configuration(), { act: 'list-licences' }));
    case 'licence retire': {
      const { id, serial, workstation } = values;
      if ([id, serial, workstation].filter((one) => one !== undefined).length > 1)
        throw new CalledWrongly('Say one of --id, --serial and --workstation.');
      const asked = (): AdministrationAct => {
        const why = { reason: required('reason'), by };
        if (workstation !== undefined)
          return { act: 'retire-workstation', id: workstation, ...why };
        if (serial !== undefined) return { act: 'retire-cart', serial, ...why };
        return { act: 'retire-licence', id: required('id'), ...why };
      };
      return print(await act(await configuration(), asked()));
    }
    case 'portal officer add': {
      const enrolled = await act(await configuration(), {
        act: 'add-officer',
        facility: required('facility'),
        name: required('name'),
        csr: await readRequestFile(required('csr')),
        by,
      });
      const { certificate, cases, ...rest } = enrolled;
      if (values.output !== undefined)
        await writeFile(values.output, String(certificate), { mode: 0o600, flag: 'wx' });
      const where =
        values.output === undefined ? { certificate } : { file: path.resolve(values.output) };
      print({ ...rest, ...where });
      return console.error(`\n${enrolmentAdvice(String(rest['address']), Number(cases))}`);
    }
    case 'portal officer list':
      return print(await act(await configuration(), { act: 'list-officers' }));
    case 'portal officer retire':
      return print(
        await act(await configuration(), { act: 'retire-officer', id: required('id'), by }),
      );
    default:
      throw new CalledWrongly(
        command === '' ? 'Say what to do.' : `There is no command "${command}".`,
      );
  }
}

async function run(configuration: Configuration): Promise<void> {
  const log = createLog({ level: configuration.log.level });
  const { startGateway } = await import('./composition.ts');
  const gateway = await startGateway(configuration, {
    log,
    onStandby: (holder) => console.error(`standby: waiting for the active gateway (${holder})`),
  });
  const shutdown = new Shutdown(log);
  shutdown.defer('gateway', STOP_TIMEOUT_MS, async () => await gateway.close());
  shutdown.onSignals();
  const portal = gateway.portalUrl === null ? {} : { portal: gateway.portalUrl };
  print({ console: gateway.consoleUrl, ...portal, edge: gateway.edgeAddress });
  giveBackStartMemory();
}

async function rollover(
  configuration: Configuration,
  step: RolloverStep,
  by: string,
): Promise<object> {
  const { takeRolloverStep } = await import('./composition/rollover.ts');
  return await takeRolloverStep(configuration, step, by);
}

/** Performs an act on the running gateway or, when none is running, on its data directory. */
async function act(
  configuration: Configuration,
  asked: AdministrationAct,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await askRunningGateway(
      path.join(configuration.dataDirectory, ADMIN_SOCKET_FILE),
      asked,
    );
  } catch (fault) {
    if (!(fault instanceof GatewayNotRunning)) throw fault;
  }
  const { administerStopped } = await import('./composition/stopped.ts');
  return await administerStopped(configuration, asked);
}

/** Reads a list of roles; absent or `directory`: whatever the directory says. */
function rolesOf(text: string | undefined): Role[] | null {
  if (text === undefined || text === 'directory') return null;
  return text.split(',').map((name) => {
    const role = ROLES.find((each) => each === name.trim());
    if (role !== undefined) return role;
    throw new CalledWrongly(`"${name}" is no role. Roles: ${ROLES.join(', ')}.`);
  });
}

async function readPassword(file: string | undefined): Promise<string> {
  if (file !== undefined) return (await readSecretFile(file)).reveal();
  return (await readAll(process.stdin)).replace(/\r?\n$/, '');
}

function print(result: object): void {
  console.log(JSON.stringify(result, null, 2));
}

try {
  await main(process.argv.slice(2));
} catch (thrown) {
  const fault = readDiskFault(thrown);
  if (fault instanceof CalledWrongly || (fault instanceof TypeError && 'code' in fault)) {
    console.error(`${fault.message}\n\n${USAGE}`);
    process.exitCode = 2;
  } else if (fault instanceof DomainError) {
    console.error(fault.message);
    process.exitCode = 1;
  } else {
    const { code } = fault as NodeJS.ErrnoException;
    const listening = code === 'EADDRINUSE' || code === 'EACCES';
    console.error(
      listening
        ? `The address cannot be listened on (${code}).`
        : 'Something went wrong; the log says what.',
    );
    if (!listening) createLog({ level: 'error' }).error({ err: fault }, 'the gateway failed');
    process.exitCode = 1;
  }
}
