/**
 * Goal: what other programs wrote (profiles.ini, lists of certutil) is read as they mean it, and the right store is found.
 * Method: texts as those programs write them, homes in a temporary directory, and any text at all.
 */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { BrowserNotFound } from './browser-error.ts';
import { chromiumStore, firefoxStore } from './find-store.ts';
import { startingProfile } from './firefox-profiles.ts';
import { readKeyList, readNicknames } from './nss-output.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'chaperone-home-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const INSTALLED = `[Install4F96D1932A9F858E]
Default=abc.default-esr
Locked=1

[Profile1]
Name=default
IsRelative=1
Path=old.default
Default=1

[Profile0]
Name=default-esr
IsRelative=1
Path=abc.default-esr

[General]
Version=2
`;

test('Firefox starts with the profile of its installation, else the marked one, else the only one', () => {
  equal(startingProfile(INSTALLED), 'abc.default-esr');
  equal(startingProfile(INSTALLED.slice(INSTALLED.indexOf('[Profile1]'))), 'old.default');
  equal(startingProfile('[Profile0]\r\nPath=/srv/profile\r\nIsRelative=0\r\n'), '/srv/profile');
  equal(startingProfile('[Profile0]\nPath=a\n[Profile1]\nPath=b\n'), undefined);
  equal(startingProfile(''), undefined);
});

test('Chromium has its store where it made it, and otherwise where every Chromium looks', () => {
  const older = path.join(home, '.pki', 'nssdb');
  const newer = path.join(home, '.local', 'share', 'pki', 'nssdb');
  equal(chromiumStore({ HOME: home }), older);
  mkdirSync(newer, { recursive: true });
  equal(chromiumStore({ HOME: home }), newer);
  mkdirSync(older, { recursive: true });
  equal(chromiumStore({ HOME: home }), older);
});

test("Firefox's store is found through its profiles.ini, and its absence has words", async () => {
  await rejects(firefoxStore({ HOME: home }), BrowserNotFound);
  const folder = path.join(home, 'snap', 'firefox', 'common', '.mozilla', 'firefox');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'profiles.ini'), INSTALLED);
  equal(await firefoxStore({ HOME: home }), path.join(folder, 'abc.default-esr'));
});

test("certutil's lists are read, names with spaces, colons and commas included", () => {
  const keys = `certutil: Checking token "NSS Certificate DB" in slot "NSS User Private Key and Certificate Services"
< 0> ec       4efa87e50377f1c53af03c917ed1cab81c867f72   (orphan)
< 1> rsa      3d3fb42bc36d9e839665ef99d5a9363a29dede8e   NSS Certificate DB:Somebody: else, 1
`;
  deepEqual(readKeyList(keys), [
    { id: '4efa87e50377f1c53af03c917ed1cab81c867f72', nickname: null },
    { id: '3d3fb42bc36d9e839665ef99d5a9363a29dede8e', nickname: 'Somebody: else, 1' },
  ]);
  const certificates = `
Certificate Nickname                                         Trust Attributes
                                                             SSL,S/MIME,JAR/XPI

Chaperone wrks-1 0123                                        u,u,u
An authority, of somebody                                    CT,C,c
Without trust                                                ,,   
`;
  deepEqual(readNicknames(certificates), [
    'Chaperone wrks-1 0123',
    'An authority, of somebody',
    'Without trust',
  ]);
});

test('any text at all is read without a fault', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      startingProfile(text);
      for (const { id } of readKeyList(text)) ok(/^[0-9a-f]+$/.test(id));
      for (const name of readNicknames(text)) ok(!name.includes('\n'));
    }),
  );
});
