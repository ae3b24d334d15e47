/**
 * Goal: a program ends in reverse order on a signal, whatever one step does, and at once on the second signal.
 * Method: a real process gets real signals; its output and exit code are read.
 */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { silentLog } from '../log/log.ts';
import { killPrograms, startProgram } from '../testing/test-program.ts';
import { Shutdown } from './shutdown.ts';

afterEach(killPrograms);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} runs the steps in reverse order and ends with 0`, async () => {
    const program = startProgram('shutdown', ['good']);
    await program.line(1);
    program.child.kill(signal);
    assert.equal(await program.ended(), 0);
    assert.deepEqual(program.lines, ['ready', 'last ended', 'first ended']);
    assert(program.errors.some((line) => line.includes(`"reason":"${signal}"`)));
  });
}

for (const mode of ['failing', 'late']) {
  test(`a ${mode} step is named in the log, does not hold up the others, and the end is 1`, async () => {
    const program = startProgram('shutdown', [mode]);
    await program.line(1);
    program.child.kill('SIGTERM');
    assert.equal(await program.ended(), 1);
    assert.deepEqual(program.lines, ['ready', 'last ended', 'first ended']);
    assert(program.errors.some((line) => line.includes(`"step":"${mode}"`)));
  });
}

test('a second signal ends at once', async () => {
  const program = startProgram('shutdown', ['endless']);
  await program.line(1);
  program.child.kill('SIGTERM');
  assert.equal(await program.line(3), 'endless begins');
  program.child.kill('SIGTERM');
  assert.equal(await program.ended(), 143);
  assert(!program.lines.includes('first ended'));
});

test('the steps run once, however often an end is asked for', async () => {
  const shutdown = new Shutdown(silentLog());
  let runs = 0;
  shutdown.defer('count', 5_000, () => {
    runs += 1;
  });
  assert.deepEqual(await Promise.all([shutdown.run('a'), shutdown.run('b')]), ['clean', 'clean']);
  assert.equal(runs, 1);
});
