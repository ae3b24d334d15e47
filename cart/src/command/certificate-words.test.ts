/** Goal: a terminal says how the certificate stands, and what to do only where something is. Method: each standing, in words. */
import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { certificateWords } from './certificate-words.ts';

const CERTIFICATE = {
  notice: 'none',
  renewalDueUtcMs: Date.UTC(2027, 4, 1),
  expiresUtcMs: Date.UTC(2028, 0, 1),
  failure: null,
  advice: null,
} as const;

test('dates always, a failure and an advice where there is one', () => {
  const dates = 'Certificate: until 2028-01-01, renewed from 2027-05-01 on';
  deepEqual(certificateWords(CERTIFICATE), [dates]);
  const failing = { ...CERTIFICATE, failure: 'PORT_CLOSED', advice: 'Look at the network.' };
  deepEqual(certificateWords(failing), [
    dates,
    'The newest attempt to renew it failed: PORT_CLOSED',
    'Look at the network.',
  ]);
});
