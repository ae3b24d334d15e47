/**
 * `npm run bench -- <name>`: runs one bench, prints what it saw, and as the last line one JSON object.
 *
 * It ends with 0 when every target was reached, 1 when one was missed or the bench broke, 2 when there is no such bench.
 */
import { loadavg } from 'node:os';
import { BENCHES } from './registry.ts';
import { jsonOf, listOf, tableOf } from './report.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const [name] = process.argv.slice(2);
const bench = BENCHES.find((each) => each.name === name);

if (bench === undefined) {
  if (name !== undefined) say(`There is no bench "${name}".`);
  say(listOf(BENCHES));
  process.exitCode = 2;
} else {
  say(`load of the last minute before it: ${loadavg()[0]?.toFixed(2)}`);
  const results = await bench.run(say);
  say(`load of the last minute after it: ${loadavg()[0]?.toFixed(2)}`);
  console.log(tableOf(results));
  console.log(jsonOf(bench.name, results));
  process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
}
