/**
 * Goal: whoever listens hears what they may know now, not what they might when they began; a fault ends the stream instead
 * of leaving a console that hears nothing. Method: the stream over a real HTTP answer, short heartbeats, and a sign-in
 * that changes.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { Events } from '../events/events.ts';
import type { Caller } from '../sign-in/sign-in.ts';
import { streamEvents } from './event-stream.ts';

const HEARTBEAT_MS = 20;
const CASE = newId('case', systemRandom);
const TARA = newId('technician', systemRandom);

async function stage(t: TestContext) {
  const events = new Events();
  const held: { roles: readonly string[] | null } = { roles: ['lead'] };
  const caller = (): Caller | null =>
    held.roles === null ? null : ({ id: TARA, roles: held.roles } as Caller);
  const found = { get: async (): Promise<object> => ({ designated: [] }) };
  const features = {
    events,
    cases: found,
    context: { clock: new ManualClock() },
    signIn: { holderOf: async () => caller() },
  } as unknown as Parameters<typeof streamEvents>[0];
  const server = createServer((_request, raw) => {
    const listener = { caller: { id: TARA, roles: ['lead'] } as unknown as Caller, token: 'x' };
    const reply = { raw, hijack: () => undefined } as never;
    void streamEvents(features, listener, reply, {}, HEARTBEAT_MS);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const request = get({ port: (server.address() as AddressInfo).port, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  response.on('error', () => undefined);
  const heard = async (what: string): Promise<void> => {
    while (!text.includes(what)) await once(response, 'data');
  };
  await heard('listening');
  return { events, held, found, response, heard, said: () => text };
}

test('a role that was taken away is taken away from who listens, too', async (t) => {
  const { events, held, heard, said, response } = await stage(t);
  events.caseChanged(CASE);
  await heard(CASE);
  held.roles = ['technician'];
  // The first after the change may have been under way before it.
  const changed = said().length;
  while (said().slice(changed).split(': here').length < 3) await once(response, 'data');
  const before = said().length;
  events.caseChanged(CASE);
  events.cartsChanged();
  await heard('"carts"');
  assert.ok(!said().slice(before).includes(CASE));
  response.destroy();
});

test('a sign-in that ended ends the stream', async (t) => {
  const { held, response } = await stage(t);
  const ended = once(response, 'end');
  held.roles = null;
  await ended;
});

test('a fault ends the stream, so that the console asks for everything anew', async (t) => {
  const { events, found, response } = await stage(t);
  found.get = async () => await Promise.reject(new Error('a fault of ours'));
  const closed = once(response, 'close');
  events.caseChanged(CASE);
  await closed.catch(() => undefined);
  assert.equal(response.complete, false);
});
