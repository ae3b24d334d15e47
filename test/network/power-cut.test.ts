// Goal: at whichever moment the power fails or the agent is killed, the end is one profile in force: the last good one, or the new
// one once it was written over it. After a power cut no program of ours is needed for it. Method: the agent in a process of its
// own stands still at each step and is killed (SIGKILL); for a power cut NetworkManager is killed, too, everything in memory is
// gone, and NetworkManager alone is started on what is on the disk.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { ChangeProof } from '@chaperone/domain/network/network-change.ts';
import type { WiredProfile } from '@chaperone/domain/network/network-profile.ts';
import { STEPS } from './lab/applying-agent.ts';
import type { ApplyingAgent, Step } from './lab/applying-agent.ts';
import { OneCable } from './lab/one-cable.ts';

const AGENT = path.join(import.meta.dirname, 'lab/applying-agent.ts');
const LAST_GOOD = fixed('192.0.2.50');
const NEW = fixed('192.0.2.60');
/** From here on the new profile is the good one. */
const DECIDED: readonly Step[] = ['after-keeping', 'after-tidying', 'before-the-end'];

function fixed(address: string): WiredProfile {
  const ipv4 = {
    method: 'static',
    address,
    prefixLength: 24,
    router: '192.0.2.1',
    nameServers: [],
  };
  return { kind: 'wired', ipv4: { ...ipv4, method: 'static' }, enterprise: null };
}

// Most of it is waiting for NetworkManager: several carts at once share two cores well.
describe('power cuts and kills', { concurrency: 3 }, () => {
  test('a power cut at each step comes up with one good profile, without the agent; the agent then tidies up', async (t) => {
    const cable = await OneCable.lay();
    t.after(() => cable.close());
    for (const step of STEPS) {
      await start(cable);
      await killAt(cable, step);
      await cable.lab.cutPower(['eth0']);
      await cable.lab.begin();
      const address = DECIDED.includes(step) ? '192.0.2.60' : '192.0.2.50';
      await cable.untilAddress(new RegExp(`^${address}$`));
      const network = cable.network();
      await network.recover();
      await check(cable, address, step);
      t.diagnostic(`${step}: ${address}`);
    }
  });

  test('the agent alone is killed at each step: at its next start it takes back what was not kept', async (t) => {
    const cable = await OneCable.lay();
    t.after(() => cable.close());
    for (const step of STEPS) {
      await start(cable);
      await killAt(cable, step, 'link');
      const network = cable.network();
      await network.recover();
      const address = DECIDED.includes(step) ? '192.0.2.60' : '192.0.2.50';
      const { change } = network;
      if (step === 'before-the-end') assert.equal(change.state, 'none');
      else assert.equal(change.state, DECIDED.includes(step) ? 'kept' : 'rolled-back', step);
      if (change.state === 'rolled-back') assert.equal(change.failure, 'RESTARTED');
      if (change.state === 'kept')
        assert.deepEqual(cable.facts.at(-1), {
          ...{ kind: 'network-changed', interface: 'eth0', proof: 'link' },
        });
      await check(cable, address, step);
    }
  });

  test('NetworkManager is killed while a profile is tried, and is back later: the last good one is in force', async (t) => {
    const cable = await OneCable.lay();
    t.after(() => cable.close());
    await start(cable);
    const reached = Promise.withResolvers<void>();
    const network = cable.network({
      limitMs: 4_000,
      checkGateway: async () => {
        reached.resolve();
        await new Promise(() => undefined);
      },
    });
    await network.apply('eth0', NEW);
    await reached.promise;
    await cable.lab.end('SIGKILL');
    // The agent goes on trying to take back; what it cannot do is done when NetworkManager is there.
    const isOver = network.settled();
    await cable.lab.begin();
    assert.equal((await isOver).state, 'rolled-back');
    await check(cable, '192.0.2.50', 'NetworkManager killed');
  });

  test('what was written down is damaged: everything that was tried is taken back', async (t) => {
    const cable = await OneCable.lay();
    t.after(() => cable.close());
    for (const damage of ['', '{"version":1}', '\0\0\0\0']) {
      await start(cable);
      await killAt(cable, 'after-activation');
      await writeFile(path.join(cable.dataDirectory, 'network-change.json'), damage);
      await cable.network().recover();
      await check(cable, '192.0.2.50', damage);
    }
  });

  test('without NetworkManager the start of an agent waits for nothing, and takes back once it is there', async (t) => {
    const cable = await OneCable.lay();
    t.after(() => cable.close());
    await start(cable);
    await killAt(cable, 'after-activation');
    await cable.lab.end('SIGKILL');
    const network = cable.network();
    const recovered = network.recover();
    await cable.lab.begin();
    await recovered;
    assert.equal(network.change.state, 'rolled-back');
    await check(cable, '192.0.2.50', 'away');
  });
});

/** Makes the last good profile be in force, as a change of its own. */
async function start(cable: OneCable): Promise<void> {
  const network = cable.network({ checkGateway: () => Promise.resolve() });
  await network.apply('eth0', LAST_GOOD);
  assert.equal((await network.settled()).state, 'kept');
}

/** Has an agent try the new profile, and kills it at a step. */
async function killAt(
  cable: OneCable,
  stopAt: Step,
  proof: ChangeProof = 'gateway',
): Promise<void> {
  const { lab, dataDirectory } = cable;
  const options: ApplyingAgent = {
    busAddress: lab.busAddress,
    profilesDirectory: lab.profilesDirectory,
    runtimeDirectory: lab.runtimeDirectory,
    dataDirectory,
    interface: 'eth0',
    profile: NEW,
    proof,
    stopAt,
  };
  const child = spawn(process.execPath, [AGENT, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const [said] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  child.kill('SIGKILL');
  await ended;
  assert.ok(said.startsWith(`at ${stopAt}\n`), said);
}

/** One profile is in force, on the disk and nowhere else, and nothing is under way. */
async function check(cable: OneCable, address: string, at: string): Promise<void> {
  await cable.untilAddress(new RegExp(`^${address.replaceAll('.', String.raw`\.`)}$`));
  const [shown] = await cable.network().interfaces();
  assert.equal(shown?.address, address, at);
  assert.equal(shown.activeProfile?.id, 'chaperone-eth0', at);
  assert.deepEqual(await readdir(cable.lab.profilesDirectory), ['chaperone-eth0.nmconnection'], at);
  const file = path.join(cable.lab.profilesDirectory, 'chaperone-eth0.nmconnection');
  assert.match(await readFile(file, 'utf8'), new RegExp(`^address1=${address}/24`, 'm'), at);
  const tried = await readdir(cable.lab.runtimeDirectory).catch(() => []);
  assert.deepEqual(
    tried.filter((name) => name.includes('chaperone')),
    [],
    at,
  );
  assert.deepEqual(await readdir(cable.dataDirectory), [], at);
}
