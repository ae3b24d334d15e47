/** Test support: a program whose shutdown has a good, a failing and (when asked) an endless step. */
import { createLog } from '../log/log.ts';
import { Shutdown } from '../shutdown/shutdown.ts';
import { acknowledge } from './acknowledge.ts';

const shutdown = new Shutdown(createLog({ level: 'info' }));
const mode = process.argv[2];
shutdown.defer('first', 5_000, () => acknowledge('first ended'));
if (mode === 'failing') {
  shutdown.defer('failing', 5_000, () => {
    throw new Error('no');
  });
}
if (mode === 'late') shutdown.defer('late', 1, () => new Promise(() => undefined));
if (mode === 'endless') {
  shutdown.defer('endless', 600_000, () => {
    acknowledge('endless begins');
    return new Promise(() => undefined);
  });
}
shutdown.defer('last', 5_000, async () => acknowledge('last ended'));
shutdown.onSignals();
acknowledge('ready');
setInterval(() => undefined, 60_000);
