/**
 * Goal: a cart comes from nothing to a signed report by commands alone, each with one JSON document, whatever is killed in between.
 * Method: the real service centre and the real programs on loopback; the agent is killed with -9 between and in the middle of steps;
 * `chaperone verify` reads the report.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { acceptanceFile } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { validation, validationStep } from '@chaperone/protocol/commissioning/validation.ts';
import { engineerState } from '@chaperone/protocol/panel-api/engineer.ts';
import { VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import { layDemoFiles } from '../../tools/demo/demo-files.ts';
import { call } from '../../tools/demo/program.ts';
import { startSystem } from '../../tools/demo/system.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';

const MAIN = path.join(ROOT, 'cart/src/main.ts');

async function startNew(t: TestContext) {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-commissioning-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const files = await layDemoFiles(folder, Date.now());
  const system = await startSystem({
    ...files,
    ...{ folder, serial: 'US-DEMO-0001', model: 'Demo Ultrasound 900', cart: 'new' },
    ...{ ports: { edge: 0, console: 0, panel: 0 }, say: () => undefined },
  });
  t.after(() => system.stop());
  const start = (...words: readonly string[]) =>
    spawn(process.execPath, [MAIN, ...words, '--config', system.cartConfiguration, '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  /** Calls a command to its end; its documents are the lines of standard output. */
  const cart = async (...words: readonly string[]) => {
    const child = start(...words);
    let output = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    const [exitCode] = (await once(child, 'close')) as [number | null];
    const lines = output.trim() === '' ? [] : output.trim().split('\n');
    const documents = lines.map((line): unknown => JSON.parse(line));
    return { exitCode, documents, last: documents.at(-1), complaint };
  };
  return { folder, system, start, cart };
}

test('by commands alone, with an agent that runs: from nothing to a report that anybody can check', async (t) => {
  const { folder, system, cart, start } = await startNew(t);
  const { code, rootFingerprint } = await system.issueCartLicence();
  const codeFile = path.join(folder, 'code');
  const enrol = ['enrol', '--licence-code-file', codeFile, '--root-fingerprint', rootFingerprint];

  await writeFile(
    codeFile,
    code.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
  );
  const typo = await cart(...enrol);
  assert.equal(typo.exitCode, 1);
  const { error } = typo.last as { error: { code: string; fields: { field: string }[] } };
  assert.deepEqual(
    [error.code, error.fields.map(({ field }) => field)],
    ['FIELDS_REFUSED', ['code']],
  );
  assert.match(typo.complaint, /^This licence code is mistyped.*\(FIELDS_REFUSED\)\n$/s);

  const early = await cart('accept', '--facility', 'Hospital', '--by', 'F. Engineer');
  assert.equal((early.last as { error: { code: string } }).error.code, 'CART_NOT_SET_UP');

  // The gateway is set to nobody's port: the licence waits, through a kill -9, and is redeemed when the road is right.
  const { host, port, serverName } = await gatewayOf(system.cartConfiguration);
  const set = (to: number) =>
    cart('gateway', 'set', '--host', host, '--port', String(to), '--server-name', serverName);
  assert.equal((await set(1)).exitCode, 0);
  await writeFile(codeFile, code);
  const waits = await cart(...enrol);
  assert.deepEqual(
    [waits.exitCode, (waits.last as { isEnrolled: boolean }).isEnrolled],
    [1, false],
  );
  await system.cart.kill();
  await system.restartCart();
  assert.equal(engineerState.parse((await cart('commissioning')).last).isPrestaged, true);
  assert.equal((await set(port)).exitCode, 0);

  const validated = await cart('validate', '--idle', '1');
  assert.equal(validated.exitCode, 0, JSON.stringify(validated.last));
  const steps = validated.documents.slice(0, -1).map((each) => (each as { step: unknown }).step);
  assert.deepEqual(
    steps.map((step) => validationStep.parse(step).step),
    [...VALIDATION_STEPS],
  );
  validation.parse((validated.last as { validation: unknown }).validation);

  // What was validated survives the agent; a validation that is cut in the middle leaves none.
  await system.cart.kill();
  await system.restartCart();
  assert.equal(
    (await cart('accept', '--facility', 'St. Marien', '--by', 'F. Engineer')).exitCode,
    0,
  );
  const { report } = engineerState.parse((await cart('commissioning')).last);
  assert.ok(report !== null && report.receivedUtcMs !== null);

  const long = start('validate', '--idle', '600');
  let told = '';
  for await (const chunk of long.stdout as AsyncIterable<Buffer>) {
    told += chunk.toString('utf8');
    if (told.includes('"step":"tunnel"')) break;
  }
  await system.cart.kill();
  const [cutCode] = (await once(long, 'close')) as [number | null];
  assert.equal(cutCode, 1);
  await system.restartCart();
  const again = await cart('accept', '--facility', 'St. Marien', '--by', 'F. Engineer');
  assert.equal((again.last as { error: { code: string } }).error.code, 'VALIDATION_MISSING');

  const file = acceptanceFile.parse((await cart('report')).last);
  const reportFile = path.join(folder, 'acceptance.json');
  await writeFile(reportFile, JSON.stringify(file));
  const { output } = await call('verify', [reportFile]);
  assert.match(output, /All 4 checks hold/);
  const page = path.join(folder, 'page.html');
  assert.equal((await cart('report', '--page', page)).exitCode, 0);
  assert.match(await readFile(page, 'utf8'), /St\. Marien/);
  const firewall = (await cart('firewall')).last as { text: string };
  assert.match(firewall.text, new RegExp(`TCP ${port}`));
});

test('by commands alone, without an agent: the same, and secrets stay with root', async (t) => {
  const { folder, system, cart } = await startNew(t);
  await system.cart.stop();
  const { code, rootFingerprint } = await system.issueCartLicence();
  const codeFile = path.join(folder, 'code');
  const pinFile = path.join(folder, 'pin');
  const passwordFile = path.join(folder, 'password');
  await writeFile(codeFile, code);
  await writeFile(pinFile, '123456');
  await writeFile(passwordFile, 'proxy secret\n');
  assert.equal((await cart('engineer-pin', '--pin-file', pinFile)).exitCode, 1);
  await writeFile(pinFile, '990417\n');
  assert.equal((await cart('engineer-pin', '--pin-file', pinFile)).exitCode, 0);
  const proxied = ['proxy', 'set', '--pac', 'http://127.0.0.1:1/proxy.pac', '--name', 'cart'];
  const proxy = await cart(...proxied, '--password-file', passwordFile);
  assert.equal(proxy.exitCode, 0, proxy.complaint);
  assert.doesNotMatch(JSON.stringify(proxy.documents), /proxy secret/);
  const site = await stat(path.join(system.cartData, 'site.json'));
  assert.equal(site.mode & 0o777, 0o600);
  assert.equal((await cart('proxy', 'set', '--none')).exitCode, 0);
  const enrol = ['enrol', '--licence-code-file', codeFile, '--root-fingerprint', rootFingerprint];
  assert.equal((await cart(...enrol)).exitCode, 0);
  assert.equal((await cart('validate')).exitCode, 0);
  assert.equal(
    (await cart('accept', '--facility', 'St. Marien', '--by', 'F. Engineer')).exitCode,
    0,
  );
  for (const wrong of [
    ['gateway', 'set'],
    ['proxy', 'set', '--none', '--pac', 'x'],
    ['validate', '--idle', 'long'],
    ['network', 'apply', '--interface', 'eth0'],
  ]) {
    assert.equal((await cart(...wrong)).exitCode, 2, wrong.join(' '));
  }
});

async function gatewayOf(configurationFile: string) {
  const { gateway } = JSON.parse(await readFile(configurationFile, 'utf8')) as {
    gateway: { host: string; port: number; serverName: string };
  };
  return gateway;
}
