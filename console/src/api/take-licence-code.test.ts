/**
 * Goal: a licence code in the address is taken once and does not stay in address bar or history.
 * Method: a window with just the members that are used.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeLicenceCode } from './take-licence-code.ts';

function windowAt(hash: string): { readonly window: Window; readonly shown: string[] } {
  const shown: string[] = [];
  const location = { hash, pathname: '/cases', search: '?state=all' };
  const history = {
    state: null,
    replaceState: (_state: unknown, _unused: string, url: string) => shown.push(url),
  };
  return { window: { location, history } as unknown as Window, shown };
}

test('the code is taken, and the place stays', () => {
  const { window, shown } = windowAt('#workstation-licence=ABCDE-FGHJK-MNPQR-STVWX');
  assert.equal(takeLicenceCode(window), 'ABCDE-FGHJK-MNPQR-STVWX');
  assert.deepEqual(shown, ['/cases?state=all']);
});

test('any other address is left alone', () => {
  for (const hash of ['', '#', '#content', '#licence=1']) {
    const { window, shown } = windowAt(hash);
    assert.equal(takeLicenceCode(window), null);
    assert.deepEqual(shown, []);
  }
});
