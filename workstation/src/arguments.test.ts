/** Goal: every call is either understood or answered with what is wrong with it. Method: calls, good and bad. */
import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { CalledWrongly, readArguments } from './arguments.ts';

function read(line: string) {
  const call = readArguments(line.split(' ').filter((word) => word !== ''));
  ok(call !== 'help');
  return call;
}

test('a call is understood', () => {
  const call = read('enrol --gateway https://a --code X --fingerprint ab --browser pkcs12 out.p12');
  deepEqual(call.root, { fingerprint: 'ab' });
  deepEqual(call.browser, { kind: 'pkcs12', place: 'out.p12' });
  deepEqual(read('enrol --browser firefox --store /srv/profile').browser, {
    kind: 'firefox',
    place: '/srv/profile',
  });
  deepEqual(read('enrol --root root.pem').root, { file: 'root.pem' });
  deepEqual(read('status --json').browser, { kind: undefined, place: undefined });
  ok(read('renew --force').force);
  equal(readArguments(['--help']), 'help');
  equal(readArguments(['help']), 'help');
});

test('a call that makes no sense is told why', () => {
  for (const line of [
    '',
    'dance',
    'enrol --browser netscape',
    'enrol --browser pkcs12',
    'enrol --browser pkcs12 one two',
    'enrol --browser chromium extra',
    'status extra',
    'enrol --store /srv/profile',
    'enrol --root a --fingerprint b',
    'enrol --code a --code-file b',
    'enrol --unknown',
    'enrol --gateway',
  ]) {
    throws(() => read(line), CalledWrongly, line);
  }
});
