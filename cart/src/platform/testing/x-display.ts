/** Test support: a real X display of the test's own, and a program's hand at it. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

/** Starts a child that ends with the test. */
export function start(
  t: TestContext,
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): ChildProcess {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
  });
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, 'exit');
  });
  return child;
}

/** Starts an X server on a free display and returns the display's name. @param size such as `640x480` */
export async function startDisplay(t: TestContext, size = '640x480'): Promise<string> {
  return (await startXServer(t, size)).display;
}

/** The same, with the server itself. */
export async function startXServer(
  t: TestContext,
  size = '640x480',
): Promise<{ readonly display: string; readonly server: ChildProcess }> {
  const screen = ['-screen', '0', `${size}x24`, '-nolisten', 'tcp', '-noreset'];
  const server = start(t, 'Xvfb', ['-displayfd', '3', ...screen]);
  const report = server.stdio[3];
  assert.ok(report);
  const [number] = (await once(report, 'data')) as [Buffer];
  return { display: `:${number.toString().trim()}`, server };
}

/** Acts as the operator at the display itself. */
export async function atDisplay(display: string, ...args: string[]): Promise<void> {
  const child = spawn('xdotool', args, { env: { ...process.env, DISPLAY: display } });
  const [code] = (await once(child, 'exit')) as [number];
  assert.equal(code, 0);
}
