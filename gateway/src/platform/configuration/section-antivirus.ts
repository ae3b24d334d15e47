/**
 * The virus scanner, and by what a file is released (decisions 0026 and 0027).
 *
 * The defaults: definitions are published daily, so three days bridge a weekend; 100 MiB is what clamd takes unless its
 * configuration says less, as Debian's does (`StreamMaxLength 25M`, `MaxFileSize 25M`, `MaxScanSize 100M`). The gateway
 * finds out what clamd really looks through, and releases nothing larger.
 */
import { z } from 'zod';
import { noted, path } from './configuration-field.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** What clamd can look through at most (clamd.conf(5), MaxFileSize). */
const CLAMD_BYTES_MAX = 2 * GIB - 1;

const clamd = z.strictObject({
  kind: noted(z.literal('clamd'), {
    description:
      '`clamd`: every file is scanned by a clamd on this machine before anybody opens it or a cart gets it, and nothing is released while clamd does not answer or its definitions are too old.',
  }),
  socket: noted(path.default('/run/clamav/clamd.ctl'), {
    description:
      "clamd's socket. What it scans it writes to `TemporaryDirectory` of its clamd.conf: put that on a tmpfs, and let only clamd and root read it.",
  }),
  port: noted(z.int().min(1).max(65_535).optional(), {
    description:
      'The port of clamd on 127.0.0.1, in the place of the socket. On no other machine: files go to it in the clear.',
  }),
  definitionsAgeMaxMs: noted(
    z
      .int()
      .min(HOUR_MS)
      .max(90 * DAY_MS)
      .default(3 * DAY_MS),
    {
      description:
        'How old the definitions may be that release a file. Of unknown age is too old: clamd needs the container `daily` that freshclam keeps.',
      unit: 'ms',
    },
  ),
  bytesMax: noted(
    z
      .int()
      .min(64 * 1024)
      .max(CLAMD_BYTES_MAX)
      .default(100 * MIB),
    {
      description:
        'The largest file, and part of an archive, that is scanned; larger ones are not released. `StreamMaxLength`, `MaxFileSize` and `MaxScanSize` of clamd.conf must allow it: if they do not, less is released, and the log says so.',
      unit: 'bytes',
    },
  ),
  scanMsMax: noted(
    z
      .int()
      .min(1_000)
      .max(6 * HOUR_MS)
      .default(10 * 60_000),
    { description: 'How long the scan of one file and all in it may take.', unit: 'ms' },
  ),
  atOnceMax: noted(z.int().min(1).max(16).default(2), {
    description: 'Files that are scanned at once; cases take turns.',
  }),
  archiveEntriesMax: noted(z.int().min(1).max(1_000_000).default(10_000), {
    description: 'How many files an archive may hold, with those of archives inside it.',
  }),
  archiveDepthMax: noted(z.int().min(1).max(16).default(4), {
    description: 'How deep archives may lie inside archives; a `.tar.gz` counts two.',
  }),
  archiveBytesMax: noted(
    z
      .int()
      .min(MIB)
      .max(1_024 * GIB)
      .default(2 * GIB),
    { description: 'What an archive may hold once it is unpacked, at all depths.', unit: 'bytes' },
  ),
  archiveRatioMax: noted(z.int().min(2).max(10_000).default(250), {
    description: 'How many times its own size that may be, from 8 MiB on.',
  }),
});

export const antivirus = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: noted(z.literal('none-demo'), {
      description: '`none-demo`: nothing is scanned, and records say so. Only with `demo: true`.',
    }),
  }),
  clamd,
]);

export type AntivirusSection = z.infer<typeof antivirus>;
