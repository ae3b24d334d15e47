/**
 * Goal: every act goes out as the panel API says, and every way of failing comes back as a code that has words.
 * Method: the real preview server, which demands what the agent demands; a raw server for broken answers.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { FIXTURES, IDLE_VIEW } from '../../preview/fixtures.ts';
import { CREDENTIAL, startPreview } from '../../preview/preview-server.ts';
import { codeOf } from './act-failed.ts';
import { agentAt } from './agent.ts';

async function listen(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return `http://127.0.0.1:${address.port}`;
}

async function codeOfFailure(act: Promise<unknown>): Promise<string> {
  return act.then(
    () => 'no failure',
    (failure: unknown) => codeOf(failure),
  );
}

test('acts name what was touched; nothing else is sent', async (t) => {
  const requests: { readonly path: string; readonly credential: string; readonly body: string }[] =
    [];
  const origin = await listen(t, (request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      requests.push({
        path: request.url ?? '',
        credential: request.headers.authorization ?? '',
        body,
      });
      response.writeHead(204).end();
    });
  });
  const agent = agentAt(origin, CREDENTIAL);
  const presence = { x: 0, y: 0, width: 10, height: 10, focused: true };
  await agent.press();
  await agent.acceptNotice('2026-1');
  await agent.declineNotice();
  await agent.consent('rqst-1', ['view']);
  await agent.withdraw('control');
  await agent.pause();
  await agent.resume();
  await agent.end();
  await agent.dismiss();
  await agent.presence(presence);
  assert.deepEqual(
    requests.map(({ path, body }) => [path, JSON.parse(body)]),
    [
      ['/api/press', {}],
      ['/api/notice/accept', { noticeVersion: '2026-1' }],
      ['/api/notice/decline', {}],
      ['/api/consent', { request: 'rqst-1', activities: ['view'] }],
      ['/api/withdraw', { activity: 'control' }],
      ['/api/pause', {}],
      ['/api/resume', {}],
      ['/api/end', {}],
      ['/api/dismiss', {}],
      ['/api/presence', presence],
    ],
  );
  assert.ok(requests.every(({ credential }) => credential === `Bearer ${CREDENTIAL}`));
});

test('a refusal carries the code of the problem, or at least the status', async (t) => {
  let answer: readonly [number, string] = [409, '{"code":"REQUEST_UNKNOWN"}'];
  const origin = await listen(t, (request, response) => {
    request.resume().on('end', () => response.writeHead(answer[0]).end(answer[1]));
  });
  const agent = agentAt(origin, CREDENTIAL);
  assert.equal(await codeOfFailure(agent.consent('rqst-1', ['view'])), 'REQUEST_UNKNOWN');
  answer = [500, '<html>'];
  assert.equal(await codeOfFailure(agent.end()), 'HTTP_500');
  answer = [403, '{"code":"OUT_OF_TURN"}'];
  assert.equal(await codeOfFailure(agent.pause()), 'OUT_OF_TURN');
  answer = [403, '{"code":"PANEL_ORIGIN_REFUSED"}'];
  assert.equal(await codeOfFailure(agent.pause()), 'CREDENTIAL_REFUSED');
  answer = [401, ''];
  assert.equal(await codeOfFailure(agent.pause()), 'CREDENTIAL_REFUSED');
});

test('no agent at all is AGENT_SILENT', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  server.close();
  await once(server, 'close');
  const agent = agentAt(`http://127.0.0.1:${address.port}`, CREDENTIAL);
  assert.equal(await codeOfFailure(agent.end()), 'AGENT_SILENT');
  assert.equal(
    await codeOfFailure(agent.views(new AbortController().signal).next()),
    'AGENT_SILENT',
  );
});

test('views come as they change; a wrong credential is refused', async (t) => {
  const preview = await startPreview('/nonexistent', IDLE_VIEW);
  t.after(preview.stop);
  const views = agentAt(preview.origin, CREDENTIAL).views(new AbortController().signal);
  assert.deepEqual((await views.next()).value, IDLE_VIEW);
  const notice = FIXTURES['notice'];
  assert.ok(notice);
  preview.show(notice);
  assert.deepEqual((await views.next()).value, notice);
  await views.return();
  const stranger = agentAt(preview.origin, 'not-the-credential-00');
  assert.equal(
    await codeOfFailure(stranger.views(new AbortController().signal).next()),
    'CREDENTIAL_REFUSED',
  );
});

test('a view of another make is VIEW_UNREADABLE', async (t) => {
  for (const line of ['{"phase":"dreaming"}\n', 'not json\n', '[]\n']) {
    const origin = await listen(t, (_request, response) => response.writeHead(200).end(line));
    const views = agentAt(origin, CREDENTIAL).views(new AbortController().signal);
    assert.equal(await codeOfFailure(views.next()), 'VIEW_UNREADABLE', line);
  }
});

test('every fixture is a view that the panel accepts', async (t) => {
  const lines = Object.values(FIXTURES).map((view) => `${JSON.stringify(view)}\n`);
  const origin = await listen(t, (_request, response) =>
    response.writeHead(200).end(lines.join('')),
  );
  const views: PanelView[] = [];
  const agent = agentAt(origin, CREDENTIAL);
  for await (const view of agent.views(new AbortController().signal)) views.push(view);
  assert.deepEqual(views, Object.values(FIXTURES));
});
