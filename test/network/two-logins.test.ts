// Goal: while one interface is tried, another one's refused sign-in ends nothing: not the sign-in of an interface that was there
// before, nor of one that came meanwhile. Method: python3-dbusmock in wpa_supplicant's place on a bus of its own, with two
// interfaces, and its signals as wpa_supplicant sends them.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { watchLogin } from '@chaperone/cart/device/network-login/network-login.ts';
import { eventually } from '../harness/eventually.ts';
import { startDaemon } from './lab/daemon.ts';
import { startOwnBus } from './lab/own-bus.ts';

const run = promisify(execFile);
const SERVICE = 'fi.w1.wpa_supplicant1';
const ROOT = '/fi/w1/wpa_supplicant1';
const REFUSAL = [
  ['started', ''],
  ['remote certificate verification', 'certificate has expired'],
  ['completion', 'failure'],
] as const;
const at = (number: number): string => `${ROOT}/Interfaces/${number}`;

test('another interface’s refused sign-in is not heard; its own is, with the reason', async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-two-logins-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const bus = await startOwnBus(directory);
  t.after(() => bus.daemon.stop('SIGKILL'));
  const send = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run('dbus-send', [`--bus=${bus.address}`, ...args]);
    return stdout;
  };
  const env = { DBUS_SYSTEM_BUS_ADDRESS: bus.address };
  const mock = await startDaemon(
    '/usr/bin/python3',
    ['-m', 'dbusmock', '--system', SERVICE, ROOT, SERVICE],
    async () => {
      const names = ['--print-reply', '--dest=org.freedesktop.DBus', '/'];
      return (await send(...names, 'org.freedesktop.DBus.ListNames')).includes(SERVICE);
    },
    env,
  );
  t.after(() => mock.stop('SIGKILL'));
  const known = `ret = {'eth0': '${at(0)}', 'wlan0': '${at(1)}'}[args[0]]`;
  await send(
    ...['--print-reply', `--dest=${SERVICE}`, ROOT, 'org.freedesktop.DBus.Mock.AddMethod'],
    ...[SERVICE, 'GetInterface', 's', 'o', known].map((word) => `string:${word}`),
  );
  const eap = async (number: number, status: string, parameter: string): Promise<void> => {
    const signal = ['--type=signal', at(number), `${SERVICE}.Interface.EAP`];
    await send(...signal, `string:${status}`, `string:${parameter}`);
  };
  // The mock knows no wlan1: that one is added while it is tried, as NetworkManager does with wired ones.
  for (const [name, own] of [
    ['wlan0', 1],
    ['wlan1', 7],
  ] as const) {
    const watch = await watchLogin(name, { busAddress: bus.address });
    let isOver = false;
    void watch.failed.then(() => (isOver = true));
    const added = ['--type=signal', ROOT, `${SERVICE}.InterfaceAdded`];
    if (name === 'wlan1') {
      await send(...added, `objpath:${at(6)}`, 'dict:string:string:Ifname,eth1');
      await send(...added, `objpath:${at(own)}`, 'dict:string:string:Ifname,wlan1');
    }
    for (const other of [0, 6]) {
      for (const [status, parameter] of REFUSAL) await eap(other, status, parameter);
    }
    await eap(own, 'started', '');
    await eap(own, 'remote certificate verification', 'Domain suffix mismatch');
    // It comes after the others' words on the same bus: once it is heard, theirs were, too.
    await eventually('its own word', async () => watch.failure() === 'LOGIN_SERVER_NAME_WRONG');
    assert.equal(isOver, false, name);
    await eap(own, 'completion', 'failure');
    await watch.failed;
    assert.equal(watch.failure(), 'LOGIN_SERVER_NAME_WRONG');
    await watch.stop();
  }
});
