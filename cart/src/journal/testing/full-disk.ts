/** Test support: fills the journal until the disk refuses, and says what is to be seen then. */
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { mock } from 'node:test';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { openJournal } from '../journal.ts';

// On a slow machine the journal would try again by itself while its file is read, and a line would be half there.
mock.timers.enable({ apis: ['setTimeout'] });
const [directory = ''] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const journal = await openJournal({
  directory,
  key: privateKey,
  serial: 'US-1',
  clock: { utcMs: () => 1 },
});

async function fill(): Promise<string> {
  for (;;) {
    try {
      await journal.append([{ kind: 'agent-started', version: 'x'.repeat(200) }]);
    } catch (fault) {
      return fault instanceof DomainError ? fault.code : String(fault);
    }
  }
}

async function tell(): Promise<void> {
  const refused = await fill();
  await journal.settled();
  const text = readFileSync(path.join(directory, 'journal.ndjson'), 'utf8');
  const wholeLines = text.endsWith('\n') && text.split('\n').length - 1 === journal.size;
  const { waiting } = journal;
  process.stdout.write(
    `${JSON.stringify({ refused, writable: journal.writable(), wholeLines, waiting })}\n`,
  );
}

await tell();
for (let at = 0; at < 1005; at += 1)
  journal.appendLater([{ kind: 'agent-started', version: `waited ${at}` }]);
await tell();
