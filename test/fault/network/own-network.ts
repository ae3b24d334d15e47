/**
 * A network of its own for a test file: the file runs again inside a network namespace (unshare, Debian's util-linux), where
 * packets can be dropped without anybody else losing one, and where nothing is left when it ends.
 *
 * Outside the namespace the file has one test, which is all of those inside.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';

const INSIDE = 'CHAPERONE_OWN_NETWORK';

/** Registers the tests of a file so that they run in a network of their own. */
export function inOwnNetwork(file: string, title: string, register: () => void): void {
  if (process.env[INSIDE] !== undefined) {
    register();
    return;
  }
  test(title, async (t) => {
    const rootless = process.getuid?.() === 0 ? [] : ['--map-root-user'];
    const script = 'ip link set lo up && exec "$0" --test --test-reporter=spec "$1"';
    const args = ['--net', ...rootless, 'sh', '-c', script, process.execPath, file];
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const child = spawn('unshare', args, {
      env: { ...env, [INSIDE]: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [output, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const code = await ended;
    for (const line of output.split('\n').filter((each) => /^\s*([✔✖]|\w*Error\b)/.test(each)))
      t.diagnostic(line.trim());
    assert.equal(code, 0, `${output}${complaint}`);
    assert.match(output, /^ℹ pass [1-9]/m, 'tests ran');
  });
}
