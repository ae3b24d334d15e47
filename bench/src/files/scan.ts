/**
 * What it costs to look through a file before anybody gets it: the product's own scanner and a real clamd. Its definitions are those
 * of a test (one signature), since the real ones are not for every machine to download: with them it is slower.
 */
import { container, startClamd } from '@chaperone/host/linux-debian/clamav/testing/dated-clamd.ts';
import { makeAntivirus } from '@chaperone/gateway/antivirus/antivirus.ts';
import { sourceOf } from '@chaperone/gateway/antivirus/testing/packed.ts';
import type { Result, Say } from '../bench.ts';
import { median, spread } from '../statistics/statistics.ts';

const MIB = 1024 * 1024;
/** As much as clamd looks through with Debian's settings is 100 MiB. */
export const SCANNED_BYTES = 96 * MIB;
const BYTES_MAX = 100 * MIB;
const ROUNDS = 3;
const LIMITS = {
  settings: ['StreamMaxLength 100M', 'MaxFileSize 100M', 'MaxScanSize 400M', 'MaxScanTime 0'],
};
const HOUR_MS = 3_600_000;

/** Scans a content again and again; nothing where there is no clamd. */
export async function scans(content: Buffer, say: Say): Promise<readonly Result[]> {
  const definitions = { 'daily.cud': container(Date.now() - HOUR_MS) };
  const clamd = await startClamd(definitions, LIMITS).catch((fault: unknown) => {
    say(`the scan is left out: ${String(fault)}`);
    return null;
  });
  if (clamd === null) return [];
  try {
    const antivirus = makeAntivirus({
      address: { path: clamd.socket },
      bytesMax: BYTES_MAX,
      scanMsMax: HOUR_MS,
      archive: { entriesMax: 200, depthMax: 4, unpackedBytesMax: 400 * MIB, ratioMax: 250 },
      onLimit: (bytes) => say(`clamd looks through ${bytes} bytes only`),
    });
    const rates: number[] = [];
    // The first round tries out what clamd looks through, and is not counted.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const began = performance.now();
      const source = sourceOf(content);
      const { verdict } = await antivirus.scan(source, new AbortController().signal);
      if (verdict !== 'clean') throw new Error(`the scanner says: ${verdict}`);
      if (round > 0) rates.push(content.length / 1e3 / (performance.now() - began));
    }
    say(`scan by clamd with a test's definitions: ${spread(rates)} MB/s`);
    const name = 'scan by clamd after it, for comparison';
    return [{ name, value: median(rates), unit: 'MB/s', target: null, peer: null, ok: true }];
  } finally {
    await clamd.close();
  }
}
