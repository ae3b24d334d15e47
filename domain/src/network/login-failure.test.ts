/**
 * Goal: a sign-in that failed is told in the words of who has to mend it. Method: what wpa_supplicant 2.10 said of real sign-ins
 * against FreeRADIUS (they are repeated for real in `test/network/wired-login.test.ts`), and a property over all sequences.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LOGIN_FAILURES, loginFailureOf } from './login-failure.ts';

const events = (...said: readonly string[]) =>
  said.map((each) => {
    const [status = '', parameter = ''] = each.split(': ');
    return { status, parameter };
  });
const BEGUN = ['started: ', 'accept proposed method: PEAP'];
const SEEN = [...BEGUN, 'remote certificate verification: success'];

test('what was said leads to who has to mend it', () => {
  const of = (...said: readonly string[]) => loginFailureOf(events(...said));
  const failed = 'completion: failure';
  const verified = 'remote certificate verification: ';
  assert.equal(of(...SEEN, 'completion: success'), null);
  assert.equal(of(...SEEN, failed), 'LOGIN_REFUSED');
  for (const reason of [
    'unable to get local issuer certificate',
    'self-signed certificate in certificate chain',
    'certificate signature failure',
  ]) {
    const alert = 'local TLS alert: unknown CA';
    assert.equal(of(...BEGUN, verified + reason, alert, failed), 'LOGIN_SERVER_UNTRUSTED');
  }
  assert.equal(
    of(...BEGUN, `${verified}Domain suffix mismatch`, 'local TLS alert: internal error', failed),
    'LOGIN_SERVER_NAME_WRONG',
  );
  assert.equal(of(...BEGUN, `${verified}certificate has expired`, failed), 'LOGIN_SERVER_EXPIRED');
  assert.equal(of(...BEGUN, `${verified}certificate is not yet valid`), 'LOGIN_SERVER_EXPIRED');
  assert.equal(of('started: ', 'refuse proposed method: TTLS', failed), 'LOGIN_METHOD_REFUSED');
  assert.equal(of(...BEGUN, 'local TLS alert: protocol version', failed), 'LOGIN_TLS_TOO_OLD');
  assert.equal(of(), 'LOGIN_NO_ANSWER');
  assert.equal(of(...BEGUN), 'LOGIN_NO_ANSWER');
});

test('the last try that came to an end counts', () => {
  const failed = [...SEEN, 'completion: failure'];
  assert.equal(loginFailureOf(events(...failed, ...SEEN, 'completion: success')), null);
  assert.equal(loginFailureOf(events(...SEEN, 'completion: success', ...failed)), 'LOGIN_REFUSED');
  assert.equal(loginFailureOf(events(...failed, 'started: ')), 'LOGIN_REFUSED');
  const named = 'remote certificate verification: Domain suffix mismatch';
  assert.equal(
    loginFailureOf(events(...failed, ...BEGUN, named, 'completion: failure')),
    'LOGIN_SERVER_NAME_WRONG',
  );
});

test('whatever is said, there is a sentence for it, or the sign-in succeeded', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('started', 'completion', 'success', 'failure', 'local TLS alert'),
  );
  const event = fc.record({ status: word, parameter: word });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (said) => {
      const failure = loginFailureOf(said);
      if (failure !== null) assert.ok(Object.hasOwn(LOGIN_FAILURES, failure));
      else assert.ok(said.some(({ parameter }) => parameter === 'success'));
    }),
  );
});
