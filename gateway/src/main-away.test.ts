/**
 * Goal: a gateway whose token or record store is away does not start, and says so in a sentence, without a stack.
 * Method: the real program on an established data directory; a token that is not there, a port where nobody listens.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { newTestTokens } from './platform/token/testing/softhsm.ts';

const MAIN = path.join(import.meta.dirname, 'main.ts');
const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-away-'));
const config = path.join(folder, 'gateway.json');
const tokens = newTestTokens();
after(() => {
  tokens[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function call(command: string, vault: object): Promise<{ code: number; complaint: string }> {
  writeFileSync(
    config,
    JSON.stringify({
      dataDirectory: 'data',
      demo: true,
      serviceCentre: {
        name: 'Test',
        phone: '+1 555 0100',
        phiPolicyUrl: 'https://example.com/phi',
      },
      edge: { listen: { host: '127.0.0.1', port: 0 }, gatewayNames: ['localhost'] },
      console: { listen: { host: '127.0.0.1', port: 0 }, names: ['127.0.0.1'], tls: 'off' },
      directory: { kind: 'demo' },
      antivirus: { kind: 'none-demo' },
      log: { level: 'error' },
      vault,
    }),
  );
  const child = spawn(process.execPath, [MAIN, command, '--config', config]);
  const [complaint, [code]] = await Promise.all([
    readAll(child.stderr),
    once(child, 'exit') as Promise<[number]>,
    readAll(child.stdout),
  ]);
  return { code, complaint };
}

/** A port on which nobody listens any more. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('token or record store away: it ends with a sentence that names what is away', async () => {
  const established = await call('establish', {});
  assert.equal(established.code, 0, established.complaint);
  const key = path.join(folder, 'key');
  writeFileSync(key, 'secret\n', { mode: 0o600 });
  const { module, pinFile } = tokens.add('there');
  for (const [vault, says] of [
    [{ keyring: { kind: 'pkcs11', module, tokenLabel: 'away', pinFile } }, /token/i],
    [
      {
        records: {
          kind: 's3',
          endpoint: `http://127.0.0.1:${await closedPort()}`,
          bucket: 'records',
          accessKeyId: 'chaperone',
          secretKeyFile: key,
        },
      },
      /store|bucket/i,
    ],
  ] as const) {
    const { code, complaint } = await call('run', vault);
    assert.equal(code, 1, complaint);
    assert.match(complaint, says);
    assert.doesNotMatch(complaint, /^\s+at |"stack"|Something went wrong/m);
  }
});
