/**
 * Goal: another program on the cart gets nothing from the agent, neither its secrets nor an act, and cannot keep the
 * operator's End from getting through.
 * Method: the real gateway and cart with a session open; programs of another account (setpriv) that open what the agent
 * keeps, ask with guessed and old credentials, and hold thousands of connections open.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';
import { eventually } from '../../harness/eventually.ts';
import { startDay } from '../../scenario/day.ts';
import type { Day } from '../../scenario/day.ts';

const ANOTHER_ACCOUNT = ['--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups'];
const CROWD = 2000;
const ACTS = [
  'press',
  'notice/accept',
  'consent',
  'resume',
  'withdraw',
  'pause',
  'end',
  'presence',
];

let day: Day;
let journal: string;
before(async () => {
  assert.equal(
    process.getuid?.(),
    0,
    'this test starts programs of another account: run it as root',
  );
  day = await startDay();
  journal = path.join(day.system.cartData, 'journal', 'journal.ndjson');
  // The folder of the scenario is private, too: the other account must be stopped by the agent's own modes.
  await chmod(day.folder, 0o755);
  await day.openSession(['view']);
});
after(() => day[Symbol.asyncDispose]());

/** Starts a program of another account. @param code an ES module */
function stranger(code: string, ...args: string[]) {
  const node = [process.execPath, '--input-type=module', '-e', code, ...args];
  return spawn('setpriv', [...ANOTHER_ACCOUNT, ...node], {
    cwd: '/',
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

async function answerOf(code: string, ...args: string[]): Promise<unknown> {
  const child = stranger(code, ...args);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await once(child, 'close');
  return JSON.parse(output);
}

test('another account reads nothing of the data directory, the process, its log or the press socket', async () => {
  const { cartData, cart } = day.system;
  const kept = (await readdir(cartData, { recursive: true })).map((name) =>
    path.join(cartData, name),
  );
  assert.ok(kept.some((file) => file.endsWith('panel-credential')));
  assert.ok(kept.some((file) => file.endsWith('journal.ndjson')));
  const opened = await answerOf(
    `import fs from 'node:fs'; import net from 'node:net';
     const [log, environ, ...kept] = process.argv.slice(1);
     const opened = [];
     for (const file of [log, environ, ...kept]) {
       for (const flags of ['r', 'r+']) {
         try { fs.closeSync(fs.openSync(file, flags)); opened.push(file); } catch {}
       }
     }
     const socket = net.connect(kept.find((file) => file.endsWith('press.sock')));
     socket.on('connect', () => { opened.push('press.sock'); socket.destroy(); });
     socket.on('error', () => undefined);
     socket.on('close', () => console.log(JSON.stringify(opened)));`,
    path.join(day.folder, 'cart.log'),
    `/proc/${cart.pid}/environ`,
    cartData,
    ...kept,
  );
  assert.deepEqual(opened, []);
});

test('the credential is not where another account can read it: arguments, log, public files', async () => {
  const { panelCredential, cart } = day.system;
  for (const file of [`/proc/${cart.pid}/cmdline`, `/proc/${cart.pid}/environ`]) {
    assert.ok(!(await readFile(file, 'latin1')).includes(panelCredential), file);
  }
  assert.ok(
    !(await readFile(path.join(day.folder, 'cart.log'), 'latin1')).includes(panelCredential),
  );
  const page = await (await fetch(`${day.system.panelUrl}/`)).text();
  assert.ok(!page.includes(panelCredential));
});

test('no act without the credential of this launch, and each kind of refusal is in the journal', async () => {
  const { panelUrl, panelCredential } = day.system;
  const before = await day.operator.view();
  const old = `${panelCredential.slice(0, -4)}AAAA`;
  const statuses = await answerOf(
    `const [url, old, ...acts] = process.argv.slice(1);
     const statuses = new Set();
     for (const authorization of [undefined, 'Bearer ' + old, 'Bearer x', 'Basic eDp4']) {
       for (const act of acts) {
         const headers = { origin: url, 'content-type': 'application/json', ...(authorization && { authorization }) };
         for (const method of ['POST', 'GET', 'PUT', 'OPTIONS']) {
           const answer = await fetch(url + '/api/' + act, { method, headers, ...(method === 'POST' && { body: '{}' }) });
           statuses.add(answer.status);
         }
         for (const view of ['view', 'views']) {
           statuses.add((await fetch(url + '/api/' + view, { headers })).status);
         }
       }
     }
     console.log(JSON.stringify([...statuses]));`,
    panelUrl,
    old,
    ...ACTS,
  );
  assert.ok(
    (statuses as number[]).every((status) => status === 403 || status === 404),
    JSON.stringify(statuses),
  );
  const now = await day.operator.view();
  assert.deepEqual([now.phase, now.session?.paused], [before.phase, false]);
  const written = await readFile(journal, 'utf8');
  for (const act of ['press', 'notice/accept', 'consent', 'resume', 'end', 'view']) {
    assert.match(
      written,
      new RegExp(`"operation":"panel ${act}","code":"PANEL_CREDENTIAL_REFUSED"`),
    );
  }
});

test('thousands of open, slow and ever new local connections: the panel is loaded and End gets through', async () => {
  const { port } = new URL(day.system.panelUrl);
  const linesBefore = (await readFile(journal, 'utf8')).split('\n').length;
  const crowd = stranger(
    `import net from 'node:net';
     const [port, count] = process.argv.slice(1).map(Number);
     let opened = 0;
     const come = () => {
       const socket = net.connect(port, '127.0.0.1');
       socket.on('connect', () => {
         opened += 1;
         if (opened === 2 * count) console.log('crowded');
         socket.write('POST /api/end HTTP/1.1\\r\\nHost: x\\r\\n');
       });
       const trickle = setInterval(() => socket.write('x'), 500);
       socket.on('error', () => undefined);
       socket.on('close', () => { clearInterval(trickle); setTimeout(come, 20); });
     };
     for (let each = 0; each < count; each += 1) come();
     process.stdin.resume().on('end', () => process.exit());`,
    port,
    String(CROWD),
  );
  try {
    await once(crowd.stdout, 'data');
    // A page that is loaded anew has no connection yet.
    await eventually('the panel to be loaded', async () => {
      const answer = await fetch(`${day.system.panelUrl}/`, { headers: { connection: 'close' } });
      return answer.ok;
    });
    await day.operator.end();
    const { ended } = await day.operator.viewWhen('the end', (view) => view.phase === 'ended');
    assert.equal(ended?.reason, 'operator-ended');
  } finally {
    crowd.stdin.end();
    if (crowd.exitCode === null) await once(crowd, 'exit');
  }
  const written = await readFile(journal, 'utf8');
  assert.match(written, /"operation":"panel connection","code":"PANEL_BUSY"/);
  // Bounded: counted, not a line for each.
  assert.ok(written.split('\n').length - linesBefore < 100);
});
