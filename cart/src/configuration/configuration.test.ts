// Goal: a configuration is taken as written or refused with the key and the expectation named; nothing is guessed.
// Method: a whole valid configuration, and single changes to it. The document is compared with the schema, or written with the
// environment variable WRITE_DOCUMENTS=1.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import {
  ConfigurationInvalid,
  indicatorSettings,
  parseConfiguration,
  readConfiguration,
  sessionLimits,
} from './configuration.ts';
import {
  EXAMPLE_CONFIGURATION,
  describeConfiguration,
  fieldsWithoutNote,
} from './describe-configuration.ts';

const VALID = {
  dataDirectory: '/var/lib/chaperone',
  cart: { serial: 'US-4711', model: 'Aplio i800' },
  gateway: { host: '127.0.0.1', port: 8443, serverName: 'rsupport.example' },
  serviceCentre: { name: 'Centre', phone: '1', phiPolicyUrl: 'https://example.org/phi' },
  screen: { kind: 'demo' },
  directories: [{ id: 'images', label: 'Images', path: '/srv/images' }],
};

test('a minimal configuration gets its defaults', () => {
  const configuration = parseConfiguration(VALID);
  assert.equal(configuration.panel.port, 0);
  assert.equal(configuration.inbox, null);
  assert.equal(sessionLimits(configuration).leaseMs, 120_000);
});

test('a limit that is given replaces its default and no other', () => {
  const limits = sessionLimits(parseConfiguration({ ...VALID, limits: { leaseMs: 5000 } }));
  assert.equal(limits.leaseMs, 5000);
  assert.equal(limits.noticeMs, 60_000);
});

test('the panel shares the display of a real screen unless it is said that it does not', () => {
  const { screen } = parseConfiguration({ ...VALID, screen: { kind: 'x11', display: ':0' } });
  assert.ok(screen.kind === 'x11' && screen.panelOnSourceDisplay);
});

test('a real display says that somebody is in, unless the configuration says in so many words that it does not', () => {
  const settings = (screen: object, indicator?: object): unknown =>
    indicatorSettings(parseConfiguration({ ...VALID, screen, ...(indicator && { indicator }) }));
  const x11 = { kind: 'x11', display: ':0' };
  const own = { ...x11, xauthority: null, devices: null };
  const none = { kind: 'none', reason: 'The display is a printer' };
  assert.deepEqual(settings({ kind: 'demo' }), { kind: 'panel' });
  assert.deepEqual(settings(x11), own);
  assert.deepEqual(settings(x11, none), none);
  assert.deepEqual(settings({ kind: 'rfb', address: 'rfb://127.0.0.1:5900' }, x11), own);
});

const WRONG: readonly [string, object, RegExp][] = [
  [
    'an unknown key',
    { colour: 'red' },
    /unknown key "colour" \(expected here: dataDirectory, cart,/,
  ],
  [
    'an unknown key further in',
    { panel: { prot: 1 } },
    /unknown key "panel.prot" \(expected here: port\)/,
  ],
  [
    'an unknown key in a list',
    { directories: [{ id: 'a', label: 'A', path: '/a', mode: 1 }] },
    /unknown key "directories.0.mode" \(expected here: id, label, path, namesArePlain\)/,
  ],
  ['a panel on all interfaces', { panel: { host: '0.0.0.0' } }, /unknown key "panel.host"/],
  ['a port out of range', { gateway: { ...VALID.gateway, port: 70_000 } }, /"gateway.port"/],
  [
    'an address as server name',
    { gateway: { ...VALID.gateway, serverName: '10.0.0.1' } },
    /a DNS name/,
  ],
  [
    'an RFB server without a word on who sees that somebody is in',
    { screen: { kind: 'rfb', address: 'rfb://127.0.0.1:5900' } },
    /"indicator" is missing/,
  ],
  [
    'an indicator on another display than the one that is shown',
    { screen: { kind: 'x11', display: ':0' }, indicator: { kind: 'x11', display: ':1' } },
    /"indicator.display" must be/,
  ],
  [
    'no indicator for no reason',
    { screen: { kind: 'x11', display: ':0' }, indicator: { kind: 'none', reason: '         -' } },
    /"indicator.reason"/,
  ],
  ['a relative path', { dataDirectory: 'data' }, /"dataDirectory": .*absolute path/],
  ['a serial with a slash', { cart: { serial: '../x', model: 'm' } }, /"cart.serial"/],
  [
    'a demo against a far gateway',
    { demo: true, gateway: { ...VALID.gateway, host: 'far.example' } },
    /loopback/,
  ],
  [
    'a policy that is a script',
    { serviceCentre: { ...VALID.serviceCentre, phiPolicyUrl: 'javascript:1' } },
    /phiPolicyUrl/,
  ],
  [
    'two directories with one id',
    { directories: [VALID.directories[0], VALID.directories[0]] },
    /"directories" have the id "images"/,
  ],
];

for (const [what, change, message] of WRONG) {
  test(`refused: ${what}`, () => {
    assert.throws(
      () => parseConfiguration({ ...VALID, ...change }),
      (error) => {
        assert.ok(error instanceof ConfigurationInvalid);
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test('a path that leads to something without an end is refused, not read', async () => {
  await assert.rejects(
    readConfiguration('/dev/zero'),
    (fault) => fault instanceof ConfigurationInvalid && /far too long/.test(fault.message),
  );
});

test('docs/configuration-cart.md says what the schema says, of every field', () => {
  assert.deepEqual(fieldsWithoutNote(), []);
  parseConfiguration(EXAMPLE_CONFIGURATION);
  const file = path.resolve(import.meta.dirname, '../../../docs/configuration-cart.md');
  const printed = describeConfiguration();
  if (process.env['WRITE_DOCUMENTS'] === '1') writeFileSync(file, printed);
  assert.equal(readFileSync(file, 'utf8'), printed, 'run this test with WRITE_DOCUMENTS=1');
});

test('masks need the cart to encode by itself, and templates that somebody has looked at', () => {
  const { masks } = parseConfiguration(VALID).screen;
  assert.deepEqual(masks, { mode: 'configured', templatesFile: null, templatesSha256: null });
  const screen = (given: object, mode = 're-encoder') => ({
    ...VALID,
    screen: { kind: 'demo', encoder: { mode }, masks: given },
  });
  const pinned = { templatesFile: '/etc/masks.json', templatesSha256: 'a'.repeat(64) };
  assert.equal(parseConfiguration(screen(pinned)).screen.masks.templatesFile, '/etc/masks.json');
  assert.equal(
    parseConfiguration(screen({ ...pinned, mode: 'off' }, 'relay')).screen.masks.mode,
    'off',
  );
  for (const [given, mode, words] of [
    [pinned, 'relay', /"screen\.encoder\.mode" is "relay"/],
    [{ ...pinned, mode: 'strict' }, 'relay', /"screen\.encoder\.mode" is "relay"/],
    [{ ...pinned, templatesSha256: null }, 're-encoder', /templatesSha256" is missing/],
    [{ mode: 'strict' }, 're-encoder', /templatesFile" is missing/],
  ] as const) {
    assert.throws(() => parseConfiguration(screen(given, mode)), words);
  }
});
