// Goal: what is remembered is right for a while only, and never on another network. Method: a clock that the test moves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoadMemory } from './road-memory.ts';
import { machineWith } from './testing/scripted-name-server.ts';

const FOUND = { addresses: ['192.0.2.1'], by: 'udp', server: '192.0.2.53', lifeMs: 5000 } as const;
const HERE = machineWith([{ address: '192.0.2.53', port: 53 }]);

test('names live as long as their server says, a minute at most; a PAC file lives five', () => {
  let nowMs = 0;
  const memory = new RoadMemory(() => nowMs);
  memory.keepName('a', FOUND);
  memory.keepName('b', { ...FOUND, lifeMs: 3_600_000 });
  memory.keepPAC('http://x/', 'text');
  nowMs = 4999;
  assert.deepEqual(memory.name('a'), FOUND);
  nowMs = 5000;
  assert.equal(memory.name('a'), null);
  nowMs = 59_999;
  assert.equal(memory.name('b')?.by, 'udp');
  nowMs = 60_000;
  assert.equal(memory.name('b'), null);
  nowMs = 299_999;
  assert.equal(memory.pac('http://x/'), 'text');
  assert.equal(memory.pac('http://y/'), null);
  nowMs = 300_000;
  assert.equal(memory.pac('http://x/'), null);
});

test('another network, and forgetting, empty it', () => {
  const memory = new RoadMemory(() => 0);
  const keep = (): void => {
    memory.keepName('a', FOUND);
    memory.keepPAC('http://x/', 'text');
  };
  memory.arriveIn(HERE);
  keep();
  memory.arriveIn(HERE);
  assert.equal(memory.pac('http://x/'), 'text');
  memory.arriveIn(machineWith([{ address: '198.51.100.53', port: 53 }]));
  assert.deepEqual([memory.name('a'), memory.pac('http://x/')], [null, null]);
  keep();
  memory.forget();
  assert.deepEqual([memory.name('a'), memory.pac('http://x/')], [null, null]);
});

test('a script that asks for many names fills nothing', () => {
  const memory = new RoadMemory(() => 0);
  for (let count = 0; count < 1000; count += 1) memory.keepName(`name-${count}`, FOUND);
  const kept = Array.from({ length: 1000 }, (_, count) => memory.name(`name-${count}`));
  assert.ok(kept.filter((each) => each !== null).length <= 32);
});
