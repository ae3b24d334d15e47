/**
 * Goal: a configuration is wholly a demo or wholly production; nothing of one stands beside the other.
 * Method: fast-check draws configurations of both worlds, with kinds that later versions add; the verdict is compared
 * with a model that was written down apart.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isLoopbackHost, isLoopbackName } from '../network/loopback.ts';
import { ConfigurationInvalid, checkConfiguration } from './configuration.ts';
import type { Configuration } from './configuration-schema.ts';
import { demoConflicts, demoParts, isSecondFactorRequired } from './demo-rule.ts';
import { posturePolicyOf } from './section-posture.ts';
import { EXAMPLE_CONFIGURATION } from './describe-configuration.ts';

const ORIGIN = { source: 'gateway.json', directory: '/' };
const DEMO = checkConfiguration(EXAMPLE_CONFIGURATION, ORIGIN);

const loopback = fc.constantFrom('127.0.0.1', '::1', 'localhost', '127.9.8.7');
const beyond = fc.oneof(
  fc.constantFrom(
    '0.0.0.0',
    '::',
    '::ffff:127.0.0.1',
    '127.0.0.1.evil.example',
    '128.0.0.1',
    'localhost.example',
  ),
  fc.ipV4().filter((address) => !address.startsWith('127.')),
  fc.domain(),
);
const part = <Value>(made: fc.Arbitrary<Value>, real: fc.Arbitrary<Value>) =>
  fc.oneof(
    made.map((value) => ({ value, real: false })),
    real.map((value) => ({ value, real: true })),
  );
const kind = (made: string, real: string) =>
  part(fc.constant({ kind: made } as never), fc.constant({ kind: real } as never));

const drawn = fc.record({
  edgeHost: part(loopback, beyond),
  consoleHost: part(loopback, beyond),
  gatewayName: part(fc.constantFrom('localhost', '127.0.0.1', 'gateway.localhost'), beyond),
  consoleName: part(fc.constantFrom('localhost', 'console.localhost'), beyond),
  database: part(
    fc.constantFrom('sqlite', 'postgresql://a@127.0.0.1/b', 'postgresql://a@[::1]:5433/b'),
    fc.constantFrom('postgresql://a@db.example/b', 'postgresql://a@10.0.0.1:5432/b'),
  ),
  directory: kind('demo', 'active-directory'),
  antivirus: kind('none-demo', 'clamd'),
});

function build(parts: Drawn, demo: boolean): Configuration {
  return {
    ...DEMO,
    demo,
    edge: {
      listen: { host: parts.edgeHost.value, port: 0 },
      gatewayNames: [parts.gatewayName.value],
    },
    console: {
      listen: { host: parts.consoleHost.value, port: 0 },
      names: [parts.consoleName.value],
      tls: 'browser-chain',
    },
    database: { url: parts.database.value },
    directory: parts.directory.value,
    antivirus: parts.antivirus.value,
  };
}
type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never;

test('demo mode is accepted exactly when nothing is a production setting, and each is named', () => {
  fc.assert(
    fc.property(drawn, (parts) => {
      const named = demoConflicts(build(parts, true)).map((conflict) =>
        conflict.path.replace('[0]', ''),
      );
      const expected = [
        parts.edgeHost.real && 'edge.listen.host',
        parts.consoleHost.real && 'console.listen.host',
        parts.gatewayName.real && 'edge.gatewayNames',
        parts.consoleName.real && 'console.names',
        parts.database.real && 'database.url',
        parts.directory.real && 'directory.kind',
        parts.antivirus.real && 'antivirus.kind',
      ].filter((path) => path !== false);
      assert.deepEqual(named.toSorted(), expected.toSorted());
    }),
  );
});

test('production is refused exactly when something of a demo is left in it', () => {
  fc.assert(
    fc.property(drawn, (parts) => {
      const named = demoConflicts(build(parts, false)).map((conflict) => conflict.path);
      const expected = [
        !parts.directory.real && 'directory.kind',
        !parts.antivirus.real && 'antivirus.kind',
      ].filter((path) => path !== false);
      assert.deepEqual(named, expected);
    }),
  );
});

test('a console without TLS is a thing of the demo', () => {
  const off = { ...DEMO, console: { ...DEMO.console, tls: 'off' as const } };
  assert.deepEqual(demoConflicts(off), []);
  const paths = demoConflicts({ ...off, demo: false }).map((conflict) => conflict.path);
  assert(paths.includes('console.tls'));
});

test('the refusal reaches whoever starts the gateway', () => {
  const open = {
    ...EXAMPLE_CONFIGURATION,
    edge: { listen: { host: '0.0.0.0' }, gatewayNames: ['localhost'] },
  };
  assert.throws(
    () => checkConfiguration(open, ORIGIN),
    (fault: unknown) => {
      assert(fault instanceof ConfigurationInvalid);
      assert.match(fault.message, /edge\.listen\.host: a listener beyond loopback \(0\.0\.0\.0\)/);
      return true;
    },
  );
  assert.throws(
    () => checkConfiguration({ ...EXAMPLE_CONFIGURATION, demo: false }, ORIGIN),
    ConfigurationInvalid,
  );
});

test('only addresses that cannot leave the machine are loopback', () => {
  for (const host of ['127.0.0.1', '127.255.255.255', '::1', 'localhost'])
    assert(isLoopbackHost(host), host);
  for (const host of [
    '127.0.0.256',
    '127.1',
    '0.0.0.0',
    '',
    'localhost.',
    'LOCALHOST.example',
    '[::1]',
    '127.0.0.1x',
  ]) {
    assert(!isLoopbackHost(host), host);
  }
  assert(
    isLoopbackName('a.localhost') &&
      !isLoopbackName('localhost.a') &&
      !isLoopbackName('evillocalhost'),
  );
});

test('the second factor is asked for unless a demo leaves it out, and then banner and ledger say so', () => {
  const verdict = (demo: boolean, secondFactor?: 'required' | 'off-demo') => {
    const signIn = secondFactor === undefined ? {} : { secondFactor };
    const configuration = { ...DEMO, demo, signIn };
    return [
      isSecondFactorRequired(configuration),
      demoParts(configuration).includes('second-factor'),
      demoConflicts(configuration).some(({ path }) => path === 'signIn.secondFactor'),
    ];
  };
  assert.deepEqual(verdict(true), [false, true, false]);
  assert.deepEqual(verdict(true, 'off-demo'), [false, true, false]);
  assert.deepEqual(verdict(true, 'required'), [true, false, false]);
  assert.deepEqual(verdict(false), [true, false, false]);
  assert.deepEqual(verdict(false, 'required'), [true, false, false]);
  assert.equal(verdict(false, 'off-demo')[2], true);
});

test('posture is asked for unless a demo leaves it out, and then banner and ledger say so', () => {
  const verdict = (demo: boolean, given?: object) => {
    const posture = given === undefined ? {} : { posture: given };
    const configuration = { ...DEMO, demo, ...posture } as Configuration;
    return [
      posturePolicyOf(demo, configuration.posture) !== null,
      demoParts(configuration).includes('posture'),
      demoConflicts(configuration).some(({ path }) => path === 'posture.kind'),
    ];
  };
  const required = { kind: 'required', antivirusDefinitionsAgeMaxMs: 1 };
  assert.deepEqual(verdict(true), [false, true, false]);
  assert.deepEqual(verdict(true, { kind: 'off-demo' }), [false, true, false]);
  assert.deepEqual(verdict(true, required), [true, false, false]);
  assert.deepEqual(verdict(false), [true, false, false]);
  assert.deepEqual(verdict(false, required), [true, false, false]);
  assert.equal(verdict(false, { kind: 'off-demo' })[2], true);
  const day = 86_400_000;
  const { antivirusDefinitionsAgeMaxMs, systemUpdateAgeMaxMs } =
    posturePolicyOf(false, undefined) ?? {};
  assert.deepEqual([antivirusDefinitionsAgeMaxMs, systemUpdateAgeMaxMs], [3 * day, 14 * day]);
});

test('a portal of a demo stands on loopback, under names of this machine', () => {
  const portal = { listen: { host: '127.0.0.1', port: 0 }, names: ['localhost'] };
  assert.deepEqual(demoConflicts({ ...DEMO, portal }), []);
  const abroad = { listen: { host: '0.0.0.0', port: 0 }, names: ['localhost', 'portal.example'] };
  const paths = demoConflicts({ ...DEMO, portal: abroad }).map((conflict) => conflict.path);
  assert.deepEqual(paths, ['portal.listen.host', 'portal.names[1]']);
});
