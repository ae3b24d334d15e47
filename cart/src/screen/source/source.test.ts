/**
 * Goal: a source is only what the configuration allows, and the real X display is shown and steered through
 * the relay exactly as far as the grant goes.
 * Method: addresses by example; a real Xvfb with a real X0tigervnc, an xev window as witness of what
 * arrives at the display, and xdotool as the operator's own hand.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { atDisplay, start, startDisplay } from '../../platform/testing/x-display.ts';
import { InvalidScreenSource, ScreenSourceUnreachable } from '../screen-error.ts';
import { openForTest } from '../testing/opened-screen.ts';
import { TIGHT_ENCODINGS } from '../testing/recording-viewer.ts';
import { connectSource } from './connect-source.ts';
import { parseRFBAddress } from './rfb-source.ts';

const NEVER = new AbortController().signal;

test('addresses: this machine only, unless allowed', () => {
  assert.deepEqual(parseRFBAddress('rfb://127.0.0.1:5901', false), {
    kind: 'tcp',
    host: '127.0.0.1',
    port: 5901,
  });
  assert.deepEqual(parseRFBAddress('rfb://localhost', false), {
    kind: 'tcp',
    host: '127.0.0.1',
    port: 5900,
  });
  assert.deepEqual(parseRFBAddress('rfb://[::1]:5900', false), {
    kind: 'tcp',
    host: '::1',
    port: 5900,
  });
  assert.deepEqual(parseRFBAddress('unix:/run/rfb', false), { kind: 'unix', path: '/run/rfb' });
  assert.equal(parseRFBAddress('rfb://10.0.0.7', true).kind, 'tcp');
  for (const wrong of [
    'rfb://10.0.0.7',
    'rfb://127.0.0.1.example.org',
    'rfb://user:secret@127.0.0.1',
    'http://127.0.0.1',
    'rfb://127.0.0.1/path',
    'unix:relative',
    'unix:/nul\0byte',
    '',
  ]) {
    assert.throws(() => parseRFBAddress(wrong, false), InvalidScreenSource, wrong);
  }
  assert.throws(() => connectSource({ kind: 'x11', display: 'host:0' }), InvalidScreenSource);
});

test('a source that is not there is unreachable', async () => {
  const absent = connectSource({ kind: 'rfb', address: 'unix:/nonexistent/rfb' });
  await assert.rejects(absent.open(NEVER), ScreenSourceUnreachable);
  const noDisplay = connectSource({ kind: 'x11', display: ':59999' });
  await assert.rejects(noDisplay.open(NEVER), ScreenSourceUnreachable);
});

test('a missing X0tigervnc is named with its package', async (t) => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nonexistent';
  t.after(() => {
    process.env['PATH'] = path;
  });
  const source = connectSource({ kind: 'x11', display: ':0' });
  await assert.rejects(source.open(NEVER), /tigervnc-scraping-server/);
});

/** Lines of xev, whose window covers part of the display. */
async function startWitness(
  t: TestContext,
  display: string,
  geometry = '300x300+100+100',
): Promise<{ lines: string[]; reader: Interface }> {
  const args = ['-geometry', geometry, '-event', 'keyboard', '-event', 'mouse'];
  const child = start(t, 'stdbuf', ['-oL', 'xev', ...args, '-event', 'expose'], {
    DISPLAY: display,
  });
  assert.ok(child.stdout);
  const reader = createInterface({ input: child.stdout });
  const lines: string[] = [];
  reader.on('line', (line) => lines.push(line));
  await lineWith(lines, reader, /^Expose event/);
  return { lines, reader };
}

async function lineWith(lines: string[], reader: Interface, pattern: RegExp): Promise<void> {
  while (!lines.some((line) => pattern.test(line))) await once(reader, 'line');
}

test('a real X display: first frame, no input without control', async (t) => {
  const display = await startDisplay(t);
  const { lines, reader } = await startWitness(t, display);
  const opened = openForTest(t, connectSource({ kind: 'x11', display }), ['view']);
  await opened.viewer.start();
  // xev's window is white on the black root; the first update may still be without it.
  const isWhite = () => opened.viewer.pixel(250, 350) === 0xffffff;
  await opened.viewer.until(() => opened.firstFrames > 0 && isWhite());
  assert.deepEqual([opened.viewer.width, opened.viewer.height], [640, 480]);
  assert.equal(opened.firstFrames, 1);
  opened.viewer.send({ type: 'pointer', buttons: 0, x: 200, y: 200 });
  opened.viewer.send({ type: 'pointer', buttons: 1, x: 200, y: 200 });
  opened.viewer.send({ type: 'key', down: true, keysym: 'q'.charCodeAt(0) });
  await opened.untilRefused(3);
  // The same connection answers in order: what had been passed on would be at the display by now.
  opened.viewer.request(false);
  await opened.viewer.nextUpdate();
  await atDisplay(display, 'mousemove', '210', '210', 'click', '1', 'key', 'z');
  await lineWith(lines, reader, /keysym 0x7a, z/);
  const text = lines.join('\n');
  assert.ok(!/keysym 0x71, q/.test(text));
  assert.ok(!/root:\(200,200\)/.test(text));
});

test('a real X display: with control, keys and buttons arrive, and Pause takes them away', async (t) => {
  const display = await startDisplay(t);
  const { lines, reader } = await startWitness(t, display);
  const opened = openForTest(t, connectSource({ kind: 'x11', display }), ['view', 'control']);
  await opened.viewer.start();
  await opened.viewer.nextUpdate();
  opened.viewer.send({ type: 'pointer', buttons: 0, x: 200, y: 200 });
  opened.viewer.send({ type: 'pointer', buttons: 1, x: 200, y: 200 });
  await lineWith(lines, reader, /^ButtonPress event/);
  opened.viewer.send({ type: 'key', down: true, keysym: 'q'.charCodeAt(0) });
  await lineWith(lines, reader, /keysym 0x71, q/);
  opened.isPaused = true;
  opened.screen.refresh();
  await lineWith(lines, reader, /^ButtonRelease event/);
  await lineWith(lines, reader, /^KeyRelease event/);
  await opened.viewer.until(() => new Set(opened.viewer.pixels).size === 1);
  opened.isPaused = false;
  opened.screen.refresh();
  await opened.viewer.until(() => opened.viewer.pixel(250, 350) === 0xffffff);
});

test('a display whose server ended in between is shown again', async (t) => {
  const display = await startDisplay(t);
  const source = connectSource({ kind: 'x11', display });
  t.after(() => source.close());
  const first = await source.open(NEVER);
  await source.close();
  if (!first.destroyed) await once(first.resume(), 'close');
  const second = await source.open(NEVER);
  const [greeting] = (await once(second, 'data')) as [Buffer];
  assert.equal(greeting.toString('latin1'), 'RFB 003.008\n');
  second.destroy();
});

test('continuous updates and Raw-only viewers work with a real X0tigervnc', async (t) => {
  const display = await startDisplay(t);
  await startWitness(t, display);
  const source = connectSource({ kind: 'x11', display });
  const opened = openForTest(t, source, ['view']);
  await opened.viewer.start([...TIGHT_ENCODINGS, -312, -313]);
  await opened.viewer.nextUpdate();
  const area = { x: 0, y: 0, width: 640, height: 480 };
  opened.viewer.send({ type: 'continuous-updates', enable: true, area });
  const before = opened.viewer.updates;
  await startWitness(t, display, '40x40+10+10');
  await opened.viewer.until(() => opened.viewer.updates > before);
  const raw = openForTest(t, source, ['view']);
  await raw.viewer.start([0]);
  await raw.viewer.until(() => raw.viewer.pixel(250, 350) === 0xffffff);
});

test('the RFB server of the display ends with the agent, even when that is killed', async (t) => {
  const display = await startDisplay(t);
  const door = new URL('../screen.ts', import.meta.url).href;
  const program = `
    const { connectSource } = await import(${JSON.stringify(door)});
    await connectSource({ kind: 'x11', display: ${JSON.stringify(display)} }).open(new AbortController().signal);
    console.log('open');`;
  const agent = start(t, process.execPath, ['--input-type=module', '-e', program]);
  assert.ok(agent.stdout);
  await once(agent.stdout, 'data');
  const children = readFileSync(`/proc/${agent.pid}/task/${agent.pid}/children`, 'utf8');
  const server = Number(children.trim().split(' ')[0]);
  const words = readFileSync(`/proc/${server}/cmdline`, 'utf8').split('\0');
  assert.equal(words[0], 'X0tigervnc');
  // An agent that is killed leaves the socket's directory behind.
  const socketPath = words[words.indexOf('-rfbunixpath') + 1];
  assert.ok(socketPath);
  t.after(() => rmSync(dirname(socketPath), { recursive: true, force: true }));
  agent.kill('SIGKILL');
  await once(agent, 'exit');
  // Asked by the kernel it ends at once; if it misses that, by itself after some seconds without a viewer.
  while (isRunning(server)) await pause(50);
});

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
