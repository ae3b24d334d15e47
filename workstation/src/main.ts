/**
 * `chaperone workstation …`: makes a technician's computer a licensed workstation, and keeps it one.
 *
 * Exit codes: 0 done; 1 refused or failed, with one sentence that says why, or something is to be done; 2 called wrongly.
 */
import { text as readAll } from 'node:stream/consumers';
import type { Posture } from '@chaperone/domain/posture/posture.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { CalledWrongly, USAGE, readArguments } from './arguments.ts';
import type { Call } from './arguments.ts';
import { enrol } from './command/enrol.ts';
import { remove } from './command/remove.ts';
import { renew } from './command/renew.ts';
import { readPosture } from '@chaperone/host/posture.ts';
import { report, tryReport } from './command/report.ts';
import { status } from './command/status.ts';
import { defaultDataDirectory } from './platform/data-directory.ts';
import { DiskFull, isDiskFull } from './platform/disk-full.ts';
import { readNamedFile } from './platform/small-file.ts';
import { summaryOfEnrolment, summaryOfRenewal } from './summary.ts';
import {
  wordsOfAttempt,
  wordsOfEnrolment,
  wordsOfRemoval,
  wordsOfRenewal,
  wordsOfReport,
  wordsOfStatus,
} from './words.ts';

/** What a command came to: for a person, for a program, and whether all is well. */
interface Outcome {
  readonly words: readonly string[];
  readonly summary: object;
  readonly exitCode: 0 | 1;
}

/** Whoever steals the file may guess as fast as PBKDF2 lets them. */
const PASSPHRASE_CHARACTERS_MIN = 12;

/** The person stopped it; what was begun is gone on with by the same call. */
class Interrupted extends DomainError {
  readonly code = 'INTERRUPTED';
  constructor() {
    super('Stopped. The same call goes on where this one was.');
  }
}

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const call = readArguments(args);
    if (call === 'help') {
      console.log(USAGE);
      return 0;
    }
    const { words, summary, exitCode } = await perform(call);
    console.log(call.json ? JSON.stringify(summary, null, 2) : words.join('\n'));
    return exitCode;
  } catch (fault) {
    return complain(fault);
  }
}

async function perform(call: Call): Promise<Outcome> {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort(new Interrupted()));
  process.once('SIGTERM', () => interrupted.abort(new Interrupted()));
  const { signal } = interrupted;
  const directory = call.data ?? defaultDataDirectory();
  const { storePasswordFile } = call;
  const common = { directory, storePasswordFile, signal };
  switch (call.command) {
    case 'enrol': {
      const result = await enrol({ ...common, ...(await enrolment(call)) });
      const posture = await tryReport(result.identity, { signal });
      return {
        words: [...wordsOfEnrolment(result), ...wordsOfAttempt(posture)],
        summary: { ...summaryOfEnrolment(result), posture },
        exitCode: 0,
      };
    }
    case 'renew': {
      const passphrase = await passphraseOf(call);
      const isAttended = process.stdout.isTTY;
      const { force } = call;
      const result = await renew({ ...common, force, passphrase, isAttended });
      const exitCode = result.browser === 'by-hand' ? 1 : 0;
      const posture = await tryReport(result.identity, { signal });
      return {
        words: [...wordsOfRenewal(result), ...wordsOfAttempt(posture)],
        summary: { ...summaryOfRenewal(result), posture },
        exitCode,
      };
    }
    case 'report': {
      const { clamdSocket } = call;
      const read = async (): Promise<Posture> =>
        await readPosture(clamdSocket === undefined ? {} : { clamdSocket });
      const result = await report({ ...common, read });
      const exitCode = result.judgement.isCurrent ? 0 : 1;
      return { words: wordsOfReport(result), summary: result, exitCode };
    }
    case 'status': {
      const result = await status(common);
      return { words: wordsOfStatus(result), summary: result, exitCode: result.isWell ? 0 : 1 };
    }
    case 'remove': {
      const result = await remove(common);
      return { words: wordsOfRemoval(result), summary: result, exitCode: 0 };
    }
  }
}

async function enrolment(call: Call) {
  const { gateway, root, browser } = call;
  if (gateway === undefined) throw new CalledWrongly('--gateway is missing.');
  if (call.code === undefined && call.codeFile === undefined)
    throw new CalledWrongly('--code is missing.');
  if (root === undefined)
    throw new CalledWrongly(
      'Say which root to believe: --fingerprint as it stands on the licence, or --root FILE. Nobody is believed unseen.',
    );
  const licenceCode = call.code ?? (await readCode(call.codeFile ?? '-'));
  return { gateway, licenceCode, root, browser, passphrase: await passphraseOf(call) };
}

async function readCode(file: string): Promise<string> {
  return file === '-' ? await readAll(process.stdin) : await readNamedFile(file);
}

async function passphraseOf({ passphraseFile }: Call): Promise<string | undefined> {
  if (passphraseFile === undefined) return undefined;
  const passphrase = (await readNamedFile(passphraseFile)).replace(/\r?\n$/, '');
  if (passphrase.length < PASSPHRASE_CHARACTERS_MIN || /[\r\n]/.test(passphrase))
    throw new CalledWrongly(
      `A pass-phrase is one line of at least ${PASSPHRASE_CHARACTERS_MIN} characters.`,
    );
  return passphrase;
}

function complain(thrown: unknown): number {
  const fault = isDiskFull(thrown) ? new DiskFull({ cause: thrown }) : thrown;
  if (fault instanceof CalledWrongly) {
    console.error(`${fault.message}\n\n${USAGE}`);
    return 2;
  }
  const isRefused = ['EACCES', 'EPERM', 'EROFS'].includes(
    String((fault as NodeJS.ErrnoException | null)?.code),
  );
  if (fault instanceof DomainError) console.error(`${fault.message} (${fault.code})`);
  else if (isRefused) {
    const { path } = fault as NodeJS.ErrnoException;
    console.error(`This account may not write ${path ?? 'there'}: look at its owner and mode.`);
  } else {
    console.error('Something unexpected went wrong in this program:');
    console.error(fault);
  }
  return 1;
}
