/**
 * Goal: whoever's credential has died learns nothing more of the cart, even when somebody else has opened the page meanwhile.
 * Method: the real routes and the real PIN, while looking at the network takes as long as the test wants.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { engineerState } from '@chaperone/protocol/panel-api/engineer.ts';
import { commissioningStage } from '../commissioning/testing/commissioning-stage.ts';
import { EngineerAccess, storePin } from '../engineer/engineer.ts';
import { MaskEditor } from '../mask-editor/mask-editor.ts';
import { openLog } from '../platform/log.ts';
import { addEngineerRoutes } from './engineer-routes.ts';

const PIN = '271828';

/** No state tells of masks. */
const NO_MASKS = new MaskEditor({
  ...{ dataDirectory: '/nowhere', model: 'Bench', mode: 'off', isRelayed: false },
  installed: async () => null,
  takePicture: () => assert.fail('no picture is taken'),
  change: (does) => does(),
  admitWork: () => undefined,
  record: async () => undefined,
  enforce: () => undefined,
  demand: () => 'off',
});

test('a stream of states ends with its own credential, although the page is open again', async (t) => {
  const { dataDirectory, world, commissioning } = await commissioningStage(t);
  await storePin(dataDirectory, PIN);
  let made = 0;
  const engineer = new EngineerAccess({
    dataDirectory,
    randomBytes: (count) => new Uint8Array(count).fill((made += 1)),
    monotonicMs: () => performance.now(),
    recordOpening: async () => undefined,
  });
  const app = Fastify({ forceCloseConnections: true });
  const endStreams = addEngineerRoutes(
    app,
    { engineer, commissioning, masks: NO_MASKS, log: openLog('silent') },
    {},
  );
  t.after(async () => {
    endStreams();
    await app.close();
  });
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  const statesOf = async (credential: string) => {
    const response = await fetch(`${origin}/api/engineer/states`, {
      headers: { 'chaperone-engineer': credential },
      signal: AbortSignal.timeout(20_000),
    });
    assert.equal(response.status, 200);
    return (response.body ?? assert.fail('no stream')).getReader();
  };

  const first = await engineer.open(PIN);
  const held = Promise.withResolvers<[]>();
  const asked = Promise.withResolvers<void>();
  world.interfaces = () => {
    asked.resolve();
    return held.promise;
  };
  const old = statesOf(first);
  // The state is being looked at while the page is opened anew.
  await asked.promise;
  const second = await engineer.open(PIN);
  assert.deepEqual([engineer.isOpenTo(first), engineer.isOpenTo(second)], [false, true]);
  held.resolve([]);
  assert.equal((await (await old).read()).done, true, 'nothing more is told to the first');

  const present = await statesOf(second);
  const { value } = await present.read();
  engineerState.parse(JSON.parse(new TextDecoder().decode(value)));
  await present.cancel();
});
