/**
 * A program that looks at the arguments and the environment of every process of the machine, as fast as it can, for words that
 * must not be there.
 *
 * It reads one line of JSON from standard input, the words, prints `watching`, and then a line for each word and process in which
 * it has seen one, until it is ended. Words come by standard input so that its own arguments hold none.
 */
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';

const [line] = (await once(process.stdin.setEncoding('utf8'), 'data')) as [string];
const words = JSON.parse(line) as string[];
const told = new Set<string>();
process.stdout.write('watching\n');
for (;;) {
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    for (const file of ['cmdline', 'environ']) {
      const text = read(`/proc/${pid}/${file}`);
      for (const word of words) {
        if (!text.includes(word) || told.has(`${pid} ${word}`)) continue;
        told.add(`${pid} ${word}`);
        process.stdout.write(`${word} in ${file}: ${text.replaceAll('\0', ' ')}\n`);
      }
    }
  }
  await turn();
}

/** Empty: it has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
