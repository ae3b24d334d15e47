/**
 * Goal: the cart's own software can raise the interlock through its door, and nobody can do anything else there.
 * Method: the real socket with right, wrong and endless lines, and the file's own mode.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { SIGNAL_SOURCES } from '@chaperone/domain/interlock/interlock.ts';
import { INTERLOCK_SOCKET, listenForSignals, signalInterlock } from './interlock.ts';

class NotSetUp extends DomainError {
  readonly code = 'CART_NOT_SET_UP';
}

async function start(t: TestContext, isSetUp = true) {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-interlock-'));
  const raised: string[] = [];
  const refused: string[] = [];
  const server = await listenForSignals(directory, {
    raise: (source) => {
      if (!isSetUp) throw new NotSetUp('This cart is not set up.');
      raised.push(source);
      return source;
    },
    refused: (operation, code) => refused.push(`${operation} ${code}`),
  });
  t.after(async () => {
    server.close();
    await rm(directory, { recursive: true, force: true });
  });
  const file = path.join(directory, INTERLOCK_SOCKET);
  return { directory, file, raised, refused };
}

function say(file: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(file, () => socket.write(text));
    let received = '';
    socket.on('data', (bytes: Buffer) => (received += bytes.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
  });
}

test('each reason raises it and is answered with a line', async (t) => {
  const { directory, file, raised } = await start(t);
  for (const source of SIGNAL_SOURCES)
    assert.deepEqual(await signalInterlock(directory, source), { raised: source });
  assert.equal(await say(file, '{"raise":"vendor"}\n'), '{"raised":"vendor"}\n');
  assert.deepEqual(raised, [...SIGNAL_SOURCES, 'vendor']);
});

test('what is no signal raises nothing and is refused: above all, there is no word that lifts it', async (t) => {
  const { file, raised, refused } = await start(t);
  const wrong = [
    '{"lift":"vendor"}',
    '{"raise":"operator"}',
    '{"raise":"vendor","lift":true}',
    '{"raise":null}',
    'raise',
    '',
    '[]',
  ];
  for (const line of wrong)
    assert.equal(await say(file, `${line}\n`), '{"code":"REQUEST_MALFORMED"}\n', line);
  assert.equal(await say(file, 'x'.repeat(1000)), '');
  assert.deepEqual(raised, []);
  assert.equal(refused.length, wrong.length);
});

test('only its owner may signal', async (t) => {
  const { file } = await start(t);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
});

test('who signals learns that nothing was raised', async (t) => {
  const { directory } = await start(t, false);
  const refusal = { code: 'INTERLOCK_NOT_RAISED', message: /CART_NOT_SET_UP/ };
  await assert.rejects(signalInterlock(directory, 'vendor'), refusal);
  await assert.rejects(signalInterlock(path.join(directory, 'nowhere'), 'vendor'), {
    code: 'INTERLOCK_NOT_RAISED',
    message: /No agent runs/,
  });
});
