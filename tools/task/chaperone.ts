/**
 * `chaperone <program> [arguments]`: replaces itself by one of the programs.
 *
 * It knows where each program lives and nothing of what it does; every program reads its own arguments.
 */
import path from 'node:path';

interface Program {
  readonly file: string;
  readonly leading: readonly string[];
  readonly does: string;
}

const PROGRAMS: Readonly<Record<string, Program>> = {
  gateway: {
    file: 'gateway/src/main.ts',
    leading: [],
    does: 'the service centre: every zone in one process, or one with --zone',
  },
  cart: {
    file: 'cart/src/main.ts',
    leading: [],
    does: 'the agent on the ultrasound cart; "cart press" is the hardware key',
  },
  licence: {
    file: 'gateway/src/main.ts',
    leading: ['licence'],
    does: 'licence codes and revocation, on the gateway',
  },
  workstation: {
    file: 'workstation/src/main.ts',
    leading: [],
    does: "a technician's computer: get its certificates, renew them, say how they are",
  },
  portal: {
    file: 'gateway/src/main.ts',
    leading: ['portal'],
    does: "a facility's security officers, on the gateway",
  },
  facility: {
    file: 'facility/src/main.ts',
    leading: [],
    does: "a hospital's own policy key and policies, offline",
  },
  verify: {
    file: 'verify/src/main.ts',
    leading: [],
    does: 'check receipts, certificates and the ledger, offline',
  },
};

const root = path.resolve(import.meta.dirname, '../..');
const [name, ...rest] = process.argv.slice(2);
const program = name === undefined || !Object.hasOwn(PROGRAMS, name) ? undefined : PROGRAMS[name];

if (program !== undefined) {
  const file = path.join(root, program.file);
  // The process becomes the program: same pid, same terminal, and signals reach it directly.
  process.execve?.(process.execPath, [
    process.execPath,
    ...process.execArgv,
    file,
    ...program.leading,
    ...rest,
  ]);
} else {
  const asked = name === '--help' || name === '-h' || name === 'help';
  const rows = Object.entries(PROGRAMS).map(([key, { does }]) => `  ${key.padEnd(11)} ${does}`);
  const help = [
    'npm run chaperone -- <program> [arguments]',
    '',
    ...rows,
    '',
    'Each says more with --help.',
  ];
  if (name !== undefined && !asked) console.error(`There is no program "${name}".\n`);
  (asked ? console.log : console.error)(help.join('\n'));
  process.exitCode = asked ? 0 : 2;
}
