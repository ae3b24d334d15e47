/** Targets of the quarantine: what clamd answers, and archives from a cart or a technician. */
import { readAnswer } from '@chaperone/gateway/antivirus/clamd/answer.ts';
import { Meter, inspect } from '@chaperone/gateway/antivirus/archive/archive.ts';
import type { PartScan } from '@chaperone/gateway/antivirus/archive/archive.ts';
import { gzipOf, sourceOf, tarOf, zipOf } from '@chaperone/gateway/antivirus/testing/packed.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

/** What was not found clean: refused, as far as the one is concerned who wants to read it. */
class NotReleased extends Error {
  override readonly name = 'NotReleased';
}

const answer: Target = {
  name: 'antivirus-clamd-answer',
  entry: 'gateway/src/antivirus/clamd/answer.ts › readAnswer',
  refusals: [NotReleased],
  limits: 'one answer means clean, letter by letter; 120 printable characters of a signature',
  form: 'text',
  words: [
    'stream: ',
    'OK',
    ' FOUND',
    ' ERROR',
    'Heuristics.Limits.Exceeded.A',
    'Heuristics.Encrypted.A',
    '\0',
  ],
  seeds: () => [Buffer.from('stream: OK'), Buffer.from('stream: Test.EICAR.UNOFFICIAL FOUND')],
  feed: (input) => {
    const text = input.toString('latin1');
    const read = readAnswer(text);
    if (read.kind === 'nothing-found') {
      holds(text === 'stream: OK', 'another answer counts as clean');
      return read;
    }
    if (read.kind !== 'found') throw new NotReleased(read.kind);
    holds(/^[\u0020-\u007e]{1,120}$/.test(read.signature), 'a signature that cannot be shown');
    return read;
  },
};

const LIMITS = {
  entryBytesMax: 256 * 1024,
  entriesMax: 20,
  depthMax: 3,
  unpackedBytesMax: 512 * 1024,
  ratioMax: 100,
};
const MARK = Buffer.from('what the scanner knows');
const clean = Buffer.from('a log line that is said again and again. '.repeat(8));

const archive: Target = {
  name: 'antivirus-archive',
  entry: 'gateway/src/antivirus/archive/inspection.ts › inspect',
  refusals: [NotReleased],
  limits:
    '20 entries, 3 deep, 256 KiB each, 512 KiB in all; what breaks or is unknown is not clean',
  form: 'bytes',
  words: [
    MARK.toString(),
    'PK\x03\x04',
    'PK\x01\x02',
    'PK\x05\x06',
    '\x1f\x8b\x08',
    'ustar',
    '\0\0\0\0',
  ],
  weight: 0.5,
  seeds: () => [
    clean,
    zipOf([{ name: 'a', content: clean }]),
    tarOf([
      { name: 'a', content: clean },
      { name: 'b', content: Buffer.alloc(0) },
    ]),
    gzipOf(clean),
    gzipOf(tarOf([{ name: 'a', content: zipOf([{ name: 'b', content: clean }]) }])),
    zipOf([{ name: 'a', content: clean, method: 0 }]),
  ],
  feed: async (input) => {
    let parts = 0;
    let bytes = 0;
    const openScan = async (): Promise<PartScan> => {
      parts += 1;
      const taken: Uint8Array[] = [];
      return {
        isOver: false,
        write: async (piece) => {
          bytes += piece.length;
          taken.push(Uint8Array.from(piece));
        },
        end: async () =>
          Buffer.concat(taken).includes(MARK) ? { verdict: 'infected', signature: 'mark' } : null,
        abort: () => undefined,
      };
    };
    const meter = new Meter(LIMITS, input.length);
    const { signal } = new AbortController();
    const finding = await inspect(sourceOf(input, 1000), { meter, signal, openScan });
    holds(parts <= LIMITS.entriesMax + 2, 'more parts than entries are allowed');
    holds(bytes <= LIMITS.unpackedBytesMax + 2 * LIMITS.entryBytesMax, 'more bytes than allowed');
    if (finding === null) return 'clean';
    throw new NotReleased(finding.verdict === 'infected' ? 'infected' : finding.reason);
  },
};

export const ANTIVIRUS_TARGETS: readonly Target[] = [answer, archive];
