/** Test support: a disk that is full for a while. The limit on the size of files is raised while the program runs. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { openJournal } from '../journal.ts';

const [directory = ''] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const journal = await openJournal({
  directory,
  key: privateKey,
  serial: 'US-1',
  clock: { utcMs: () => 1 },
});
let full = false;
while (!full) {
  await journal.append([{ kind: 'agent-started', version: 'x'.repeat(500) }]).catch(() => {
    full = true;
  });
}
for (let at = 0; at < 1005; at += 1)
  journal.appendLater([{ kind: 'agent-started', version: `waited ${at}` }]);
await journal.settled();
execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited']);
await journal.settled();
process.stdout.write(
  `${JSON.stringify({ writable: journal.writable(), waiting: journal.waiting })}\n`,
);
await journal.append([{ kind: 'agent-started', version: 'after' }]);
await journal.close();
