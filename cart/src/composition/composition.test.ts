// Goal: the agent as a whole keeps its promises to a desk, an operator and the next start: a session from press to
// receipt, one agent per data directory, no listener but its own, and no session that outlives the process. Method:
// the composition root and the real program against a scripted desk, with the real journal.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { newId } from '@chaperone/domain/id/id.ts';
import { NOTICE_VERSION } from '@chaperone/domain/notice/notice.ts';
import { journalPage, sessionView } from '@chaperone/protocol/cart-api/schema.ts';
import { journalHeadClaims, sessionReceiptClaims, TYP } from '@chaperone/protocol/signed/claims.ts';
import { readStatement } from '@chaperone/protocol/signed/statement.ts';
import type { RunningCart } from '../composition.ts';
import { testCertificates } from '../platform/testing/cart-bench.ts';
import type { TestCertificates } from '../platform/testing/cart-bench.ts';
import { TEST_CASE } from '../platform/testing/licensed-workstation.ts';
import { answerOf, ScriptedDesk } from '../platform/testing/scripted-desk.ts';
import { enrolledCart, startAgent } from './testing/enrolled-cart.ts';
import type { EnrolledCart } from './testing/enrolled-cart.ts';

const MAIN = path.resolve(import.meta.dirname, '../main.ts');
const run = promisify(execFile);

let certificates: TestCertificates;
before(async () => {
  certificates = await testCertificates();
});

async function withDesk(t: TestContext, change: object = {}) {
  const desk = await ScriptedDesk.start(certificates.root, certificates.server);
  t.after(() => desk.close());
  const enrolled = await enrolledCart(t, certificates, desk.port, change);
  const configurationFile = path.join(enrolled.directory, 'cart.json');
  await writeFile(configurationFile, JSON.stringify(enrolled.configuration));
  return { desk, enrolled, configurationFile };
}

/** Touches the panel as its page does. */
async function touch(
  cart: Pick<RunningCart, 'panelUrl' | 'credential'>,
  act: string,
  body: object = {},
) {
  const answer = await fetch(`${cart.panelUrl}/api/${act}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${cart.credential}`,
      origin: cart.panelUrl,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 204, await answer.text());
}

async function journalOf({ dataDirectory }: EnrolledCart): Promise<readonly { kind: string }[]> {
  const text = await readFile(path.join(dataDirectory, 'journal', 'journal.ndjson'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { fact: { kind: string } }).fact);
}

async function runProgram(...args: readonly string[]) {
  try {
    const { stdout, stderr } = await run(process.execPath, [MAIN, ...args]);
    return { exitCode: 0, stdout, stderr };
  } catch (failure) {
    const { code, stdout, stderr } = failure as { code: number; stdout: string; stderr: string };
    return { exitCode: code, stdout, stderr };
  }
}

/** Starts the program and waits until it says where the panel is. */
async function startProgram(t: TestContext, configurationFile: string) {
  const child = spawn(process.execPath, [MAIN, 'run', '--config', configurationFile], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const panelUrl = /http:\/\/127\.0\.0\.1:\d+/.exec(line.toString('utf8'))?.[0] ?? '';
  return { child, panelUrl, said: line.toString('utf8') };
}

test('a whole session: press, notice, consent, fetch, send, end, and a receipt that the journal bears out', async (t) => {
  const { desk, enrolled } = await withDesk(t);
  const cart = await startAgent(enrolled);
  await touch(cart, 'press');
  await touch(cart, 'notice/accept', { noticeVersion: NOTICE_VERSION });
  const interactive = await desk.connection();
  const hello = await interactive.hello();
  const bulk = await desk.connection();
  await bulk.hello();
  const events = answerOf(interactive.open('GET', '/v1/events').end());
  const jws = await certificates.workstation.request(hello);
  await interactive.ask('PUT', '/v1/offer', { body: { case: TEST_CASE, requests: [jws] } });
  const [request] = cart.view().requests;
  assert.equal(request?.technicianName, 'Ada Lovelace');
  await touch(cart, 'consent', { request: request.id, activities: request.activities });
  const { session } = cart.view();
  assert.equal(session?.comparisonCode, request.comparisonCode);
  const grant = (await interactive.hello()).grant ?? '';
  const { jti } = JSON.parse(Buffer.from(grant.split('.')[1] ?? '', 'base64url').toString()) as {
    jti: string;
  };

  const content = randomBytes(100_000);
  await writeFile(path.join(enrolled.directory, 'exposed', 'a.bin'), content);
  const headers = { 'chaperone-grant': jti, 'chaperone-transfer': newId('transfer', randomBytes) };
  const fetched = await bulk.ask('GET', '/v1/content/images?path=a.bin', { headers });
  assert.ok(fetched.body.equals(content));
  const transfer = newId('transfer', randomBytes);
  const sha256 = createHash('sha256').update(content).digest('base64');
  const announced = { transfer, name: 'b.bin', bytes: content.length, sha256 };
  assert.equal((await bulk.ask('POST', '/v1/inbox', { headers, body: announced })).status, 201);
  const sent = await bulk.ask('PATCH', `/v1/inbox/${transfer}`, {
    headers: { ...headers, 'upload-offset': '0' },
    body: content,
  });
  assert.equal(sent.json()['state'], 'placed');
  assert.deepEqual(
    cart.view().transfers.map(({ direction, state }) => `${direction} ${state}`),
    ['from-cart done', 'to-cart done'],
  );
  const page = journalPage.parse((await interactive.ask('GET', '/v1/journal?from=0')).json());
  const head = await readStatement(
    page.head,
    TYP.journalHead,
    journalHeadClaims,
    certificates.cart.publicKey,
    'ES256',
  );
  assert.equal(head.size, page.entries.length);

  await touch(cart, 'end');
  await interactive.closed;
  const lines = (await events).body.toString('utf8').trim().split('\n');
  const last = sessionView.parse(JSON.parse(lines.at(-1) ?? ''));
  const receipt = await readStatement(
    last.ended?.receipt ?? '',
    TYP.sessionReceipt,
    sessionReceiptClaims,
    certificates.cart.publicKey,
    'ES256',
  );
  assert.deepEqual(
    [receipt.filesFetched, receipt.bytesFetched, receipt.filesPlaced, receipt.bytesPlaced],
    [1, 100_000, 1, 100_000],
  );
  const facts = await journalOf(enrolled);
  assert.equal(receipt.journalSize, facts.length);
  assert.deepEqual(
    facts.map(({ kind }) => kind),
    [
      'agent-started',
      'notice-shown',
      'notice-accepted',
      'tunnel-opened',
      'request-shown',
      'grant-issued',
      'indicator-shown',
      'activity-begun',
      'file-fetch-begun',
      'file-fetched',
      'activity-begun',
      'file-placed',
      'session-ended',
    ],
  );
});

test('a second agent on the same data directory is refused', async (t) => {
  const { enrolled, configurationFile } = await withDesk(t);
  await startAgent(enrolled);
  await assert.rejects(startAgent(enrolled), { code: 'DATA_DIRECTORY_IN_USE' });
  const { exitCode, stderr } = await runProgram('run', '--config', configurationFile);
  assert.equal(exitCode, 1);
  assert.match(stderr, /Another agent is running.*DATA_DIRECTORY_IN_USE/);
});

test('a cart that was enrolled under another serial number does not start', async (t) => {
  const { enrolled } = await withDesk(t, { cart: { serial: 'US-2', model: 'Bench' } });
  await assert.rejects(startAgent(enrolled), /enrolled as US-1/);
});

test('the program listens on loopback only, and ends its session when it is told to stop', async (t) => {
  const { desk, enrolled, configurationFile } = await withDesk(t);
  const { child, panelUrl, said } = await startProgram(t, configurationFile);
  const credential = (
    await readFile(path.join(enrolled.dataDirectory, 'panel-credential'), 'utf8')
  ).trim();
  assert.doesNotMatch(said, new RegExp(credential), 'a terminal is no place for the credential');
  assert.deepEqual(listeners(child.pid ?? 0), [new URL(panelUrl).host]);
  assert.match((await runProgram('status', '--config', configurationFile)).stdout, /US-1: idle/);
  assert.equal((await runProgram('press', '--config', configurationFile)).exitCode, 0);
  await touch({ panelUrl, credential }, 'notice/accept', { noticeVersion: NOTICE_VERSION });
  const interactive = await desk.connection();
  await interactive.hello();
  assert.deepEqual(listeners(child.pid ?? 0), [new URL(panelUrl).host]);
  child.kill('SIGTERM');
  const [exitCode] = (await once(child, 'exit')) as [number];
  assert.equal(exitCode, 0);
  const last = (await journalOf(enrolled)).at(-1);
  assert.deepEqual(
    { kind: last?.kind, reason: (last as { reason?: string }).reason },
    { kind: 'session-ended', reason: 'agent-stopped' },
  );
});

test('a session that was killed with its agent is ended at the next start, before anything else', async (t) => {
  const { desk, enrolled, configurationFile } = await withDesk(t);
  const { child, panelUrl } = await startProgram(t, configurationFile);
  const credential = (
    await readFile(path.join(enrolled.dataDirectory, 'panel-credential'), 'utf8')
  ).trim();
  await touch({ panelUrl, credential }, 'press');
  await touch({ panelUrl, credential }, 'notice/accept', { noticeVersion: NOTICE_VERSION });
  await (await desk.connection()).hello();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const cart = await startAgent(enrolled);
  assert.equal(cart.view().phase, 'idle');
  await cart.close();
  const kinds = (await journalOf(enrolled)).map(({ kind }) => kind);
  assert.ok(kinds.includes('notice-accepted'));
  assert.deepEqual(kinds.slice(-2), ['session-ended', 'agent-started']);
});

test('the program says what is wrong in one sentence and never shows a stack', async (t) => {
  const { enrolled, configurationFile } = await withDesk(t);
  const wrong = path.join(enrolled.directory, 'wrong.json');
  await writeFile(wrong, JSON.stringify({ ...enrolled.configuration, colour: 'red' }));
  const cases: readonly [readonly string[], number, RegExp][] = [
    [[], 2, /Give one command/],
    [['run'], 2, /--config/],
    [['fly', '--config', configurationFile], 2, /no command "fly"/],
    [['run', '--config', configurationFile, '--more'], 2, /--more/],
    [['run', '--config', '/nowhere.json'], 1, /cannot be read/],
    [['run', '--config', wrong], 1, /unknown key "colour"/],
    [['press', '--config', configurationFile], 1, /AGENT_NOT_RUNNING/],
    [['status', '--config', configurationFile], 1, /AGENT_NOT_RUNNING/],
    [['enrol', '--config', configurationFile], 2, /--licence/],
    [['enrol', '--config', configurationFile, '--licence', wrong], 1, /not a licence file/],
    [['enrol', '--config', configurationFile, '--licence', '/nowhere'], 1, /FILE_UNREADABLE/],
    [
      ['enrol', '--config', configurationFile, '--licence', wrong, '--root-fingerprint', 'abc'],
      2,
      /--root-fingerprint: The root's fingerprint has 64/,
    ],
  ];
  for (const [args, expected, message] of cases) {
    const { exitCode, stderr } = await runProgram(...args);
    assert.equal(exitCode, expected, args.join(' '));
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /\n\s+at /);
  }
  const { stderr: usage } = await runProgram('enrol', '--config', configurationFile);
  assert.match(usage, /chaperone cart <command>[^]*enrol/);
  assert.doesNotMatch(usage, /firewall/, 'who calls one command wrongly reads of that one');
});

/** Addresses that a process listens on with TCP or UDP, from /proc. */
function listeners(pid: number): readonly string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) => {
    const rows = readFileSync(`/proc/${pid}/net/${table}`, 'utf8').trim().split('\n').slice(1);
    return rows.flatMap((row) => {
      const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/);
      const isListening = state === '0A' || table.startsWith('udp');
      return inodes.has(inode) && isListening ? [addressOf(local)] : [];
    });
  });
}

function addressOf(hex: string): string {
  const [address = '', port = ''] = hex.split(':');
  const bytes = address.match(/../g) ?? [];
  const dotted = bytes
    .map((byte) => Number.parseInt(byte, 16))
    .toReversed()
    .join('.');
  return `${dotted}:${Number.parseInt(port, 16)}`;
}
