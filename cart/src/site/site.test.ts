// Goal: what was set at the cart's place is in force, whole or not at all, for root alone; the demo stays on its machine. Method: files
// in a directory of the test, written, read and damaged.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { DemoRoadRefused, readSiteSettings, roadSettings, writeSiteSettings } from './site.ts';
import type { SiteSettings } from './site.ts';

const CONFIGURED = { host: '127.0.0.1', port: 8443, serverName: 'localhost' };
const SET: SiteSettings = {
  gateway: { host: '192.0.2.7', port: 443, serverName: 'gateway.example' },
  proxy: { kind: 'manual', host: 'proxy', port: 3128, credentials: { name: 'a', password: 'b' } },
};
const NOTHING: SiteSettings = { gateway: null, proxy: { kind: 'none' } };

async function directoryOf(t: TestContext): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-site-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

test('what was set is read again, takes the place of the configuration, and only root may read it', async (t) => {
  const directory = await directoryOf(t);
  assert.deepEqual(await readSiteSettings(directory), NOTHING);
  await writeSiteSettings(directory, SET);
  await writeSiteSettings(directory, SET);
  assert.deepEqual(await readSiteSettings(directory), SET);
  assert.deepEqual(await readdir(directory), ['site.json']);
  assert.equal((await stat(path.join(directory, 'site.json'))).mode & 0o777, 0o600);
  const configuration = { gateway: CONFIGURED, demo: false };
  assert.deepEqual(roadSettings(configuration, SET), SET);
  assert.deepEqual(roadSettings(configuration, NOTHING), { ...NOTHING, gateway: CONFIGURED });
});

test('a file that is cut off, of another version or of another form is damaged, and not guessed', async (t) => {
  const directory = await directoryOf(t);
  const whole = { version: 1, ...SET };
  for (const text of [
    '',
    JSON.stringify(whole).slice(0, -1),
    JSON.stringify({ ...whole, version: 2 }),
    JSON.stringify({ ...whole, more: 1 }),
    JSON.stringify({ ...whole, proxy: { kind: 'socks' } }),
  ]) {
    await writeFile(path.join(directory, 'site.json'), text);
    await assert.rejects(readSiteSettings(directory), { code: 'SITE_SETTINGS_DAMAGED' });
  }
});

test('the demo does not leave its machine', () => {
  const demo = { gateway: CONFIGURED, demo: true };
  const proxy = { kind: 'manual', port: 3128, credentials: null } as const;
  const here: readonly SiteSettings[] = [
    NOTHING,
    { gateway: null, proxy: { ...proxy, host: '127.0.0.1' } },
  ];
  const elsewhere: readonly SiteSettings[] = [
    { ...NOTHING, gateway: SET.gateway },
    { gateway: null, proxy: { ...proxy, host: 'proxy.example' } },
    { gateway: null, proxy: { kind: 'pac', url: 'http://127.0.0.1/', credentials: null } },
  ];
  for (const site of here) assert.equal(roadSettings(demo, site).gateway.host, '127.0.0.1');
  for (const site of elsewhere) assert.throws(() => roadSettings(demo, site), DemoRoadRefused);
});
