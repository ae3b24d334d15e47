/** Targets of what a machine says of itself: the signed report at the desk, and the texts from which a report is made. */
import { createPublicKey } from 'node:crypto';
import {
  PostureClockWrong,
  PostureReportInvalid,
} from '@chaperone/gateway/desk/posture/posture-error.ts';
import { checkReport } from '@chaperone/gateway/desk/posture/check-report.ts';
import { readLastUpgrade } from '@chaperone/host/linux-debian/apt/history-log.ts';
import { readSecurityRelease } from '@chaperone/host/linux-debian/apt/release-file.ts';
import { readSimulation } from '@chaperone/host/linux-debian/apt/simulation.ts';
import { readClamdSettings } from '@chaperone/host/linux-debian/clamav/clamd-settings.ts';
import { readDatabaseHeader } from '@chaperone/host/linux-debian/clamav/database-header.ts';
import { readVersionAnswer } from '@chaperone/host/linux-debian/clamav/version-answer.ts';
import { isMadeOfDebian } from '@chaperone/host/linux-debian/linux-debian.ts';
import {
  postureAnswer,
  postureReport,
} from '@chaperone/protocol/console-api/workstation-posture.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import type { z } from 'zod';
import { NOW_MS, WORKSTATION_ID, workstationKey } from '../fixture/authorities.ts';
import { signChanged, signText } from '../fixture/sign-text.ts';
import type { Signer } from '../fixture/sign-text.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';
import { ShapeRefused } from './message.ts';

/** What a reader of the machine's files says of anything that it does not understand: nothing. */
class Unknown extends Error {
  override readonly name = 'Unknown';
}

const NOW_S = NOW_MS / 1000;
const CLAIMS = {
  iss: WORKSTATION_ID,
  takenUtcMs: NOW_MS,
  posture: {
    system: 'linux-debian',
    antivirusDefinitionsUtcMs: NOW_MS - 86_400_000,
    updatesKnownUtcMs: NOW_MS - 86_400_000,
    securityUpdatesPending: 0,
    upgradedUtcMs: null,
    rebootRequiredSinceUtcMs: null,
  },
  iat: NOW_S,
  exp: NOW_S + 300,
};
const signer: Signer = { typ: TYP.posture, key: workstationKey, algorithm: 'ES256' };
const signed = async (): Promise<Uint8Array> =>
  await signText(Buffer.from(JSON.stringify(CLAIMS)), signer);

const report: Target = {
  name: 'desk-posture-report',
  entry: 'gateway/src/desk/posture/check-report.ts › checkReport',
  refusals: [PostureReportInvalid, PostureClockWrong],
  limits: '300 s of life; of the workstation that shows it; signature and typ first',
  form: 'text',
  words: ['eyJhbGciOiJub25lIn0', '.', 'e30', TYP.posture],
  weight: 0.5,
  seeds: async () => [await signed()],
  vary: async (chance) => await signChanged(CLAIMS, chance, signer),
  feed: async (input) => {
    const reporter = { workstation: WORKSTATION_ID, publicKey: createPublicKey(workstationKey) };
    const read = await checkReport(input.toString('utf8'), reporter, NOW_MS);
    holds(Math.abs(read.takenUtcMs - NOW_MS) <= 361_000, 'a report of another time');
    return read;
  },
};

const body: Target = {
  name: 'message-posture-report',
  entry: 'protocol/src/console-api/workstation-posture.ts › postureReport',
  refusals: [ShapeRefused],
  limits: '2,048 characters',
  form: 'json',
  seeds: async () => [
    Buffer.from(JSON.stringify({ report: Buffer.from(await signed()).toString('utf8') })),
  ],
  feed: (input) => {
    const read = readAs(postureReport, input);
    holds(read.report.length <= 2048, 'too long');
    return read;
  },
};

const answer: Target = {
  name: 'message-posture-answer',
  entry: 'protocol/src/console-api/workstation-posture.ts › postureAnswer',
  refusals: [ShapeRefused],
  limits: 'codes of the list',
  form: 'json',
  seeds: () => [
    Buffer.from(
      JSON.stringify({
        judgement: {
          isCurrent: false,
          lacks: [{ code: 'ANTIVIRUS_OLD', sentence: 'Run freshclam.' }],
        },
      }),
    ),
  ],
  feed: (input) => readAs(postureAnswer, input),
};

function readAs<Schema extends z.ZodType>(schema: Schema, input: Buffer): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(input.toString('utf8'));
  } catch (cause) {
    throw new ShapeRefused('no JSON', { cause });
  }
  const read = schema.safeParse(value);
  if (!read.success) throw new ShapeRefused('another shape', { cause: read.error });
  return read.data;
}

/** A reader that gives an instant or a number, or null. */
function reader(
  file: string,
  read: (text: string) => number | null,
  seeds: readonly string[],
  words: readonly string[],
): Target {
  const [, name = ''] = /([a-z-]+)\.ts$/.exec(file) ?? [];
  return {
    name: `host-${name}`,
    entry: `host/src/linux-debian/${file} › ${read.name}`,
    refusals: [Unknown],
    limits: 'a whole number that is not negative, or nothing',
    form: 'text',
    words,
    seeds: () => seeds.map((text) => Buffer.from(text)),
    feed: (input) => {
      const found = read(input.toString('utf8'));
      if (found === null) throw new Unknown('unknown');
      holds(Number.isSafeInteger(found) && found >= 0, 'a number that is none');
      return found;
    },
  };
}

const HEADER = 'ClamAV-VDB:26 Nov 2026 09-00 +0000:27010:1:60:0123:X:me:1795683600';
const header: Target = {
  name: 'host-database-header',
  entry: 'host/src/linux-debian/clamav/database-header.ts › readDatabaseHeader',
  refusals: [Unknown],
  limits: '512 bytes; 11 digits of seconds',
  form: 'bytes',
  words: [':', 'ClamAV-VDB', ' '],
  seeds: () => [Buffer.from(HEADER.padEnd(512, ' '))],
  feed: (input) => {
    const found = readDatabaseHeader(input);
    if (found === null) throw new Unknown('unknown');
    holds(Number.isSafeInteger(found) && found >= 0, 'a number that is none');
    return found;
  },
};

const settings: Target = {
  name: 'host-clamd-settings',
  entry: 'host/src/linux-debian/clamav/clamd-settings.ts › readClamdSettings',
  refusals: [],
  limits: 'a port from 1 to 65,535; no NUL in a path',
  form: 'text',
  words: ['LocalSocket ', 'TCPSocket ', 'DatabaseDirectory ', '"', '\n', '\0', '#'],
  seeds: () => [
    Buffer.from('LocalSocket /run/clamav/clamd.ctl\nDatabaseDirectory "/var/lib/clam av"\n'),
    Buffer.from('TCPSocket 3310\nTCPAddr 127.0.0.1\n'),
  ],
  feed: (input) => {
    const read = readClamdSettings(input.toString('utf8'));
    const { localSocket, tcp, databaseDirectory } = read;
    holds(tcp === null || (tcp.port >= 1 && tcp.port <= 65_535), 'a port that is none');
    holds(![localSocket, databaseDirectory].some((path) => path?.includes('\0')), 'a NUL');
    return read;
  },
};

const osRelease: Target = {
  name: 'host-os-release',
  entry: 'host/src/linux-debian/linux-debian.ts › isMadeOfDebian',
  refusals: [],
  limits: 'whole words only',
  form: 'text',
  words: ['ID=', 'ID_LIKE=', 'debian', '"', '\n'],
  seeds: () => [Buffer.from('NAME=x\nID=ubuntu\nID_LIKE="debian x"\n')],
  feed: (input) => {
    const text = input.toString('utf8');
    const is = isMadeOfDebian(text);
    holds(!is || text.includes('debian'), 'Debian without its name');
    return is;
  },
};

export const POSTURE_TARGETS: readonly Target[] = [
  report,
  body,
  answer,
  header,
  settings,
  osRelease,
  reader(
    'clamav/version-answer.ts',
    readVersionAnswer,
    ['ClamAV 1.4.3/27010/Thu Nov 26 09:05:07 2026'],
    ['/', 'Feb', '31', '99:99:99', '\n'],
  ),
  reader(
    'apt/release-file.ts',
    readSecurityRelease,
    ['Label: Debian-Security\nSuite: stable-security\nDate: Thu, 26 Nov 2026 08:03:01 UTC\n'],
    ['SHA256:', 'Suite: x-security', 'Date: ', '\n', '99'],
  ),
  reader(
    'apt/simulation.ts',
    readSimulation,
    [
      'Inst a [1] (2 Debian-Security:12/stable-security [amd64])\n1 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n',
    ],
    ['Inst ', '(', ')', '-security', '\n', ', '],
  ),
  reader(
    'apt/history-log.ts',
    readLastUpgrade,
    ['Commandline: apt-get -y dist-upgrade\nUpgrade: a (1, 2)\nEnd-Date: 2026-11-26  06:12:09\n'],
    ['\n\n', 'Error: x\n', 'Upgrade: ', 'End-Date: ', '99', 'upgrade'],
  ),
];
