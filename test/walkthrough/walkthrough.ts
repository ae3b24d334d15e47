/**
 * `npm run walkthrough`: the whole job without a browser, through the same HTTP interfaces that panel and console use,
 * against a gateway and a cart that are processes of their own. A line per step; the last line is JSON.
 *
 * It holds the panel's credential, which only a demo gives away. It exits with 1 if any step fails.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildPages } from '../../tools/pages/pages.ts';
import { walk } from './steps.ts';

const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-walkthrough-'));
const keep = process.argv.includes('--keep');
try {
  await buildPages((line) => console.log(line));
  const outcome = await walk(folder, (line) => console.log(line));
  console.log(JSON.stringify({ ...outcome, ok: true }));
} catch (fault) {
  console.error(fault);
  console.log(JSON.stringify({ ok: false, failed: fault instanceof Error ? fault.message : '?' }));
  process.exitCode = 1;
} finally {
  if (keep) console.log(`Kept: ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}
