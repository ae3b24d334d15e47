/**
 * `chaperone cart …`: the agent on the cart, and what is done to it from a terminal.
 *
 * Exit codes: 0 done; 1 refused or failed, with one sentence that says why; 2 called wrongly.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { readLicenceFile } from '@chaperone/protocol/est/licence-file.ts';
import { panelView } from '@chaperone/protocol/panel-api/schema.ts';
import { holdDataDirectory, JOURNAL_DIRECTORY, startCart } from './composition.ts';
import { ConfigurationInvalid, readConfiguration } from './configuration/configuration.ts';
import type { CartConfiguration } from './configuration/configuration.ts';
import { openJournal } from './journal/journal.ts';
import { enrol } from './licence/licence.ts';
import {
  ADDRESS_FILE,
  AgentNotRunning,
  CREDENTIAL_FILE,
  pressButton,
} from './panel-api/panel-api.ts';
import { systemClock } from './platform/clock.ts';
import { openLog } from './platform/log.ts';
import { readSmallText } from './platform/small-input.ts';

const USAGE = `chaperone cart <command> --config FILE

  run      start the agent; it stays closed until the button is pressed
  press    press the button (what a vendor's hardware key calls)
  enrol    get this cart its certificate, once:
             --licence FILE             the licence file of the service centre, or
             --licence-code-file FILE   the code alone ("-" reads it from standard input); gateway and
                                        "gateway.rootFingerprint" then come from the configuration
             --replace                  exchange an identity that is there
  status   say what the running agent is doing`;

/** After SIGTERM: everything that is cut is cut at once; the rest may take this long. */
const STOP_TIMEOUT_MS = 5000;
const STATUS_TIMEOUT_MS = 3000;
/** Bytes of a licence file, or of a code alone with what an editor left around it. */
const LICENCE_BYTES_MAX = 16 * 1024;
/** https://www.sqlite.org/rescode.html */
const SQLITE_FULL = 13;

class CalledWrongly extends Error {}

interface Options {
  readonly licence?: string | undefined;
  readonly 'licence-code-file'?: string | undefined;
  readonly replace?: boolean | undefined;
}

async function main(): Promise<void> {
  const { command, configurationFile, options } = readArguments();
  const configuration = await readConfiguration(configurationFile);
  switch (command) {
    case 'run':
      return run(configuration);
    case 'press':
      return pressButton(configuration.dataDirectory);
    case 'enrol':
      return enrolCart(configuration, options);
    case 'status':
      return status(configuration);
    default:
      throw new CalledWrongly(`There is no command "${command}".`);
  }
}

async function run(configuration: CartConfiguration): Promise<void> {
  const log = openLog('info');
  const cart = await startCart(configuration, { log });
  // In the demo the address carries the credential; anywhere else a terminal is no place for it.
  const fragment = configuration.demo ? `#credential=${cart.credential}` : '';
  console.log(`Operator panel: ${cart.panelUrl}/${fragment}`);
  let isStopping = false;
  const stop = (exitCode: number): void => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    cart.close().then(
      () => process.exit(exitCode),
      (fault: unknown) => {
        log.error({ fault }, 'the stop was not clean');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop(0));
  process.on('SIGINT', () => stop(0));
  // A fault that nobody expected: what is open is cut, then the process ends and can be started anew.
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (fault: unknown) => {
      log.error({ fault }, 'an unexpected fault stops the agent');
      stop(1);
    });
  }
}

async function enrolCart(configuration: CartConfiguration, options: Options): Promise<void> {
  const { dataDirectory, cart } = configuration;
  const licence = await licenceOf(configuration, options);
  if (licence.serial !== cart.serial) {
    throw new ConfigurationInvalid(
      `The licence is for ${licence.serial}, but "cart.serial" is ${cart.serial}.`,
    );
  }
  const lock = await holdDataDirectory(dataDirectory);
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));
  try {
    const identity = await enrol({
      directory: dataDirectory,
      gateway: licence.gateway,
      serial: licence.serial,
      licenceCode: licence.code,
      rootFingerprint: licence.rootFingerprint,
      signal: interrupted.signal,
      replace: options.replace ?? false,
    });
    const { key, serial, certificateSerialHex } = identity;
    const directory = path.join(dataDirectory, JOURNAL_DIRECTORY);
    const journal = await openJournal({ directory, key, serial, clock: systemClock() });
    await journal.append([{ kind: 'enrolled', certificateSerial: certificateSerialHex }]);
    await journal.close();
    console.log(`Enrolled ${serial}, certificate ${certificateSerialHex}.`);
  } finally {
    lock.release();
  }
}

async function licenceOf(configuration: CartConfiguration, options: Options) {
  const { licence, 'licence-code-file': codeFile } = options;
  if ((licence === undefined) === (codeFile === undefined)) {
    throw new CalledWrongly('Give either --licence or --licence-code-file.');
  }
  if (licence !== undefined) return readLicenceFile(await readInput(licence));
  const { rootFingerprint, ...gateway } = configuration.gateway;
  if (rootFingerprint === undefined) {
    throw new ConfigurationInvalid(
      '"gateway.rootFingerprint" is needed to enrol with a code alone.',
    );
  }
  const code = (await readInput(codeFile ?? '-')).trim();
  return { serial: configuration.cart.serial, code, gateway, rootFingerprint };
}

async function readInput(file: string): Promise<string> {
  const text = await readSmallText(file, LICENCE_BYTES_MAX).catch((cause: unknown) => {
    throw new ConfigurationInvalid(`The file ${file} cannot be read.`, { cause });
  });
  if (text !== null) return text;
  throw new ConfigurationInvalid(`The file ${file} is far too long to be a licence.`);
}

async function status({ dataDirectory }: CartConfiguration): Promise<void> {
  const read = async (file: string): Promise<string> =>
    (await readFile(path.join(dataDirectory, file), 'utf8').catch(notRunning)).trim();
  const address = await read(ADDRESS_FILE);
  const credential = await read(CREDENTIAL_FILE);
  const answer = await fetch(`${address}/api/view`, {
    headers: { authorization: `Bearer ${credential}` },
    signal: AbortSignal.timeout(STATUS_TIMEOUT_MS),
  }).catch(notRunning);
  const view = panelView.safeParse(await answer.json().catch(() => null));
  if (!view.success) return notRunning();
  const { phase, cart, session, journalWritable } = view.data;
  console.log(`${cart.serial}: ${phase}${session === null ? '' : `, case ${session.caseNumber}`}`);
  console.log(`Panel: ${address}/`);
  if (!journalWritable) console.log('The journal cannot be written: nothing new can be allowed.');
}

function notRunning(cause?: unknown): never {
  throw new AgentNotRunning('No agent runs on this data directory.', { cause });
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        config: { type: 'string' },
        licence: { type: 'string' },
        'licence-code-file': { type: 'string' },
        replace: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    const [command, second] = positionals;
    if (command === undefined || second !== undefined) throw new CalledWrongly('Give one command.');
    if (values.config === undefined) throw new CalledWrongly('Give --config FILE.');
    return { command, configurationFile: values.config, options: values };
  } catch (fault) {
    if (fault instanceof CalledWrongly) throw fault;
    throw new CalledWrongly(fault instanceof Error ? fault.message : 'The arguments are wrong.');
  }
}

/** Whatever was being written: the program stops with a sentence, and starts again when there is room. */
function isDiskFull(fault: unknown): boolean {
  if (!(fault instanceof Error)) return false;
  // SQLite holds the data directory's lock, and says it in its own way.
  if ('errcode' in fault && fault.errcode === SQLITE_FULL) return true;
  // EFBIG: a limit on file size, which is a full disk by another name.
  return 'code' in fault && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String(fault.code));
}

main().catch((fault: unknown) => {
  if (fault instanceof CalledWrongly) {
    console.error(`${fault.message}\n\n${USAGE}`);
    process.exit(2);
  }
  if (fault instanceof DomainError) console.error(`${fault.message} (${fault.code})`);
  else if (isDiskFull(fault))
    console.error('The disk is full. Make room on it, then try again. (DISK_FULL)');
  else {
    openLog('error').error({ fault }, 'the program failed');
    console.error('Something unexpected went wrong; the line above says where.');
  }
  process.exit(1);
});
