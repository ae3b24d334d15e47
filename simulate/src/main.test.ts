// Goal: the program says what it found, replays it, and refuses what it does not understand with a sentence. Method: the real
// program as a person starts it, with few seeds.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';

function simulate(...args: readonly string[]) {
  const main = path.join(import.meta.dirname, 'main.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

test('a run says how much it did and what it reached, and two of the same say the same', () => {
  const [one, two] = [simulate('--seeds', '600'), simulate('--seeds', '600', '--workers', '1')];
  assert.equal(one.status, 0, one.stdout + one.stderr);
  assert.match(one.stdout, /^600 schedules, [\d,]+ steps in /);
  assert.match(one.stdout, /phase open: \d+/);
  assert.match(one.stdout, /All \d+ invariants hold/);
  const digest = /Digest of all traces: ([0-9a-f]{16})/;
  assert.equal(digest.exec(one.stdout)?.[1], digest.exec(two.stdout)?.[1]);
  assert.ok(digest.test(one.stdout));
});

test('a planted fault ends in a short trace, the broken invariant and how to replay it', () => {
  const { status, stdout } = simulate('--seeds', '400', '--bug', 'pause-not-while-lost');
  assert.equal(status, 1);
  assert.match(stdout, /schedules broke an invariant/);
  assert.match(
    stdout,
    /BROKEN: pause-takes-effect, at [\d.]+ s of monotonic time\.\n {2}Pause was touched/,
  );
  const replay = /npm run simulate -- (--seed \d+ --bug pause-not-while-lost)$/m.exec(stdout);
  assert.ok(replay?.[1]);
  const again = simulate(...replay[1].split(' '));
  assert.equal(again.status, 1);
  assert.ok(stdout.includes(again.stdout.trim()), 'the replay is the same trace');
  assert.match(again.stdout, /^ {3}1 +\d+\.\d{3} s +operator +\S+/m);
});

test('one seed is shown with its whole trace', () => {
  const { status, stdout } = simulate('--seed', '7');
  assert.equal(status, 0);
  assert.match(stdout, /^Seed 7: \d+ commands; /);
  assert.match(stdout, /Every invariant holds\. Digest of the trace: [0-9a-f]{16}/);
});

test('what it does not understand it says in a sentence, with exit code 2', () => {
  for (const [args, sentence] of [
    [['--seeds', 'many'], /--seeds takes a whole number from 1 to 1000000000, not "many"/],
    [['--seeds', '0'], /--seeds takes a whole number/],
    [['--seeds', ''], /--seeds takes a whole number/],
    [['--seed', '-3'], /seed/],
    [['--seed', '1', '--seeds', '2'], /Use one of them/],
    [['--bug', 'nonsense'], /no planted fault "nonsense"/],
    [['--workers', '1000'], /--workers takes a whole number from 1 to 64/],
    [['--speed'], /--speed/],
    [['12'], /12/],
  ] as const) {
    const { status, stdout, stderr } = simulate(...args);
    assert.equal(status, 2, args.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, /^simulate: /);
    assert.match(stderr, sentence);
  }
});

test('--help lists the planted faults', () => {
  const { status, stdout } = simulate('--help');
  assert.equal(status, 0);
  assert.match(stdout, /lease-renewed +A connection that breaks again/);
});
