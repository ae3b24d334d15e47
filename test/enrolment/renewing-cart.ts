/**
 * A cart's renewal in a process of its own, which ends itself by SIGKILL just before one of its calls to the disk. It prints how
 * many such calls there were when it gets to its end.
 */
import { promises } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [directory = '', port = '', killAt = '0'] = process.argv.slice(2);
let calls = 0;

/** Counts a function's calls, and never makes the one that it is killed at. */
function counted<Args extends unknown[], Result>(real: (...args: Args) => Result) {
  return (...args: Args): Result => {
    calls += 1;
    if (calls === Number(killAt)) process.kill(process.pid, 'SIGKILL');
    return real(...args);
  };
}

Object.assign(promises, {
  open: counted(promises.open),
  mkdir: counted(promises.mkdir),
  rename: counted(promises.rename),
  symlink: counted(promises.symlink),
  rm: counted(promises.rm),
});
syncBuiltinESMExports();
// Only now, so that it is given the functions that count.
const { renew } = await import('@chaperone/cart/licence/licence.ts');
await renew({
  directory,
  gateway: { host: '127.0.0.1', port: Number(port), serverName: 'gateway.test' },
  proxy: { kind: 'none' },
  signal: AbortSignal.timeout(30_000),
});
console.log(calls);
