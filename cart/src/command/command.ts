/**
 * `chaperone cart …`: one file a command, and here what they share: which one was meant, its arguments, and how it ends.
 *
 * Exit codes: 0 done; 1 refused or failed, with one sentence that says why; 2 called wrongly.
 */
import { parseArgs } from 'node:util';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { readConfiguration } from '../configuration/configuration.ts';
import { openLog } from '../platform/log.ts';
import { CalledWrongly, GivenOptions } from './call.ts';
import type { Call, Command } from './call.ts';
import { acceptCommand, firewallCommand, reportCommand } from './acceptance.ts';
import { askCommissioning } from './ask.ts';
import { commissioningCommand } from './commissioning-status.ts';
import { checkpointsCommand, receiptsCommand } from './evidence.ts';
import { engineerPinCommand } from './engineer-pin.ts';
import {
  approverPinCommand,
  facilityKeyRemoveCommand,
  facilityKeySetCommand,
  facilityPolicyInstallCommand,
} from './facility.ts';
import { enrolCommand } from './enrol.ts';
import {
  networkApplyCommand,
  networkScanCommand,
  networkShowCommand,
  networkWithdrawCommand,
} from './network.ts';
import { interlockRaiseCommand } from './interlock.ts';
import { maskAddCommand, maskCheckCommand, maskSnapshotCommand } from './mask.ts';
import { Output } from './output.ts';
import type { Terminal } from './output.ts';
import { prestageCommand } from './prestage.ts';
import { pressCommand } from './press.ts';
import { runCommand } from './run.ts';
import { gatewaySetCommand, proxySetCommand } from './site.ts';
import { statusCommand } from './status.ts';
import { validateCommand } from './validate.ts';

/** In the order in which the usage tells them. */
const COMMANDS: readonly Command[] = [
  runCommand,
  pressCommand,
  interlockRaiseCommand,
  statusCommand,
  prestageCommand,
  enrolCommand,
  networkShowCommand,
  networkScanCommand,
  networkApplyCommand,
  networkWithdrawCommand,
  gatewaySetCommand,
  proxySetCommand,
  validateCommand,
  acceptCommand,
  reportCommand,
  firewallCommand,
  receiptsCommand,
  checkpointsCommand,
  commissioningCommand,
  engineerPinCommand,
  facilityKeySetCommand,
  facilityKeyRemoveCommand,
  facilityPolicyInstallCommand,
  approverPinCommand,
  maskSnapshotCommand,
  maskAddCommand,
  maskCheckCommand,
];

/** https://www.sqlite.org/rescode.html */
const SQLITE_FULL = 13;
const NAME_COLUMNS = 9;

/** Carries out what the command line says. @returns the exit code */
export async function carryOut(words: readonly string[], terminal: Terminal): Promise<number> {
  const output = new Output(words.includes('--json'), terminal);
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Interrupted('Broken off.'));
  try {
    const { command, configurationFile, options } = readArguments(words);
    const configuration = await readConfiguration(configurationFile);
    // The agent stops in its own order; everything else is broken off.
    if (command !== runCommand) {
      for (const event of ['SIGINT', 'SIGTERM'] as const) {
        process.once(event, interrupt);
      }
    }
    const { signal } = interrupted;
    const ask: Call['ask'] = (request, onStep = () => undefined) =>
      askCommissioning(configuration, request, onStep, signal);
    return (await command.run({ configuration, options, output, ask, signal })) ?? 0;
  } catch (fault) {
    return complain(fault, words, output, terminal);
  } finally {
    for (const event of ['SIGINT', 'SIGTERM'] as const) process.off(event, interrupt);
  }
}

class HelpAsked extends Error {}
class Interrupted extends DomainError {
  readonly code = 'INTERRUPTED';
}

function complain(
  fault: unknown,
  words: readonly string[],
  output: Output,
  terminal: Terminal,
): number {
  if (fault instanceof HelpAsked) {
    terminal.say(usage(commandIn(words)));
    return 0;
  }
  if (fault instanceof CalledWrongly) {
    terminal.complain(`${fault.message}\n\n${usageOf(words)}`);
    return 2;
  }
  if (fault instanceof DomainError) output.refusal(fault);
  else if (isDiskFull(fault))
    output.refusal(new DiskFull('The disk is full. Make room on it, then try again.'));
  else {
    openLog('error').error({ fault }, 'the program failed');
    terminal.complain('Something unexpected went wrong; the line above says where.');
  }
  return 1;
}

class DiskFull extends DomainError {
  readonly code = 'DISK_FULL';
}

function readArguments(words: readonly string[]) {
  const command = commandIn(words);
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        config: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        ...Object.fromEntries(
          Object.entries(command?.options ?? {}).map(([name, kind]) => [
            name,
            { type: kind === 'text' ? ('string' as const) : ('boolean' as const) },
          ]),
        ),
      },
    });
    if (values.help === true) throw new HelpAsked();
    const asked = positionals.join(' ');
    if (asked === '') throw new CalledWrongly('Give one command.');
    if (asked !== command?.name) throw new CalledWrongly(`There is no command "${asked}".`);
    if (typeof values.config !== 'string') throw new CalledWrongly('Give --config FILE.');
    const given = values as Readonly<Record<string, string | boolean | undefined>>;
    return { command, configurationFile: values.config, options: new GivenOptions(given) };
  } catch (fault) {
    if (fault instanceof CalledWrongly || fault instanceof HelpAsked) throw fault;
    throw new CalledWrongly(fault instanceof Error ? fault.message : 'The arguments are wrong.');
  }
}

function commandIn(words: readonly string[]): Command | undefined {
  const firsts = words.filter((word, index) => !word.startsWith('-') && index < 2);
  return (
    COMMANDS.find(({ name }) => name === firsts.join(' ')) ??
    COMMANDS.find(({ name }) => name === firsts[0])
  );
}

/** Whoever called one command wrongly reads of that one; the whole is a page long. */
function usageOf(words: readonly string[]): string {
  const command = commandIn(words);
  if (command !== undefined) return usage(command);
  const names = COMMANDS.map(({ name }) => name).join(', ');
  return `The commands are: ${names}.\n"chaperone cart --help" says what each of them does.`;
}

/** @param of one command, or all of them */
function usage(of?: Command): string {
  const margin = ' '.repeat(NAME_COLUMNS + 2);
  const told = (of === undefined ? COMMANDS : [of]).flatMap(
    ({ name, usage: [first = '', ...rest] }) => [
      name.length < NAME_COLUMNS
        ? `  ${name.padEnd(NAME_COLUMNS)}${first}`
        : `  ${name}\n${margin}${first}`,
      ...rest.map((line) => `${margin}  ${line}`),
    ],
  );
  return `chaperone cart <command> --config FILE [--json]\n\n${told.join('\n')}`;
}

/** Whatever was being written: the program stops with a sentence, and starts again when there is room. */
function isDiskFull(fault: unknown): boolean {
  if (!(fault instanceof Error)) return false;
  // SQLite holds the data directory's lock, and says it in its own way.
  if ('errcode' in fault && fault.errcode === SQLITE_FULL) return true;
  // EFBIG: a limit on file size, which is a full disk by another name.
  return 'code' in fault && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String(fault.code));
}
