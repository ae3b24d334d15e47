/** The command line of `chaperone workstation`, read and checked for form. */
import { parseArgs } from 'node:util';
import type { BrowserWish } from './browser/choose-browser.ts';
import { BROWSERS } from './browser/browser-record.ts';
import type { BrowserKind } from './browser/browser-record.ts';
import type { RootSaid } from './gateway/trusted-root.ts';

export const USAGE = `chaperone workstation <command>

  enrol    license this computer with a one-time code and give its browser a certificate
             --gateway https://HOST:PORT
             --code CODE            or --code-file FILE ("-" reads it from standard input)
             --fingerprint SHA256   of the gateway's browser root, as on the licence; or --root FILE (PEM)
             --browser chromium | firefox | none | pkcs12 FILE
             --store DIRECTORY      of the browser's certificates, where it is not the usual one
             --store-password-file FILE    for a store with a password
             --passphrase-file FILE        for a PKCS#12 file; one is made up otherwise and shown once
  renew    renew what has passed two thirds of its life; made for a daily timer
             --force                also what is not due
             --store-password-file FILE, --passphrase-file FILE
  report   tell the gateway how current this computer is (antivirus, updates); made for an hourly timer;
           exit code 1 when something is to be updated
             --clamd-socket PATH    where clamd listens, if not where its configuration says
  status   say who this workstation is, what it has, and what to do; exit code 1 when there is something to do
  remove   take keys and certificates out of all their places

  --data DIRECTORY   where the program keeps its key (~/.local/share/chaperone/workstation)
  --json             print the result as JSON
  --help`;

export class CalledWrongly extends Error {
  override readonly name = 'CalledWrongly';
}

export const COMMANDS = ['enrol', 'renew', 'report', 'status', 'remove'] as const;
export type Command = (typeof COMMANDS)[number];

export interface Call {
  readonly command: Command;
  readonly data: string | undefined;
  readonly json: boolean;
  readonly gateway: string | undefined;
  readonly code: string | undefined;
  readonly codeFile: string | undefined;
  readonly root: RootSaid | undefined;
  readonly browser: BrowserWish;
  readonly storePasswordFile: string | undefined;
  readonly passphraseFile: string | undefined;
  readonly force: boolean;
  readonly clamdSocket: string | undefined;
}

/** @throws CalledWrongly */
export function readArguments(args: readonly string[]): Call | 'help' {
  const { values, positionals } = parse(args);
  const [command, ...rest] = positionals;
  if (values.help === true || command === 'help') return 'help';
  if (!isCommand(command))
    throw new CalledWrongly(
      command === undefined ? 'Say what to do.' : `There is no command "${command}".`,
    );
  if (values.code !== undefined && values['code-file'] !== undefined)
    throw new CalledWrongly('Give either --code or --code-file.');
  return {
    command,
    data: values.data,
    json: values.json === true,
    gateway: values.gateway,
    code: values.code,
    codeFile: values['code-file'],
    root: rootSaid(values.root, values.fingerprint),
    browser: browserWish(values.browser, values.store, rest),
    storePasswordFile: values['store-password-file'],
    passphraseFile: values['passphrase-file'],
    force: values.force === true,
    clamdSocket: values['clamd-socket'],
  };
}

function rootSaid(file: string | undefined, fingerprint: string | undefined): RootSaid | undefined {
  if (file !== undefined && fingerprint !== undefined)
    throw new CalledWrongly('Give either --root or --fingerprint.');
  if (file !== undefined) return { file };
  return fingerprint === undefined ? undefined : { fingerprint };
}

function browserWish(
  kind: string | undefined,
  store: string | undefined,
  rest: readonly string[],
): BrowserWish {
  if (kind !== undefined && !isBrowser(kind))
    throw new CalledWrongly(`--browser is one of ${BROWSERS.join(', ')}.`);
  const [file, second] = rest;
  const isFile = kind === 'pkcs12' && second === undefined;
  if (file !== undefined && !isFile) throw new CalledWrongly(`"${file}" is one word too many.`);
  if (kind === 'pkcs12' && file === undefined)
    throw new CalledWrongly('Say into which file: --browser pkcs12 FILE.');
  if (store !== undefined && kind !== 'chromium' && kind !== 'firefox')
    throw new CalledWrongly('Say whose store it is: --browser chromium or --browser firefox.');
  return { kind, place: kind === 'pkcs12' ? file : store };
}

function isCommand(text: string | undefined): text is Command {
  return (COMMANDS as readonly (string | undefined)[]).includes(text);
}

function isBrowser(text: string): text is BrowserKind {
  return (BROWSERS as readonly string[]).includes(text);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        gateway: { type: 'string' },
        code: { type: 'string' },
        'code-file': { type: 'string' },
        root: { type: 'string' },
        fingerprint: { type: 'string' },
        browser: { type: 'string' },
        store: { type: 'string' },
        'store-password-file': { type: 'string' },
        'passphrase-file': { type: 'string' },
        data: { type: 'string' },
        force: { type: 'boolean' },
        'clamd-socket': { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (fault) {
    throw new CalledWrongly(fault instanceof Error ? fault.message : 'The arguments are wrong.');
  }
}
