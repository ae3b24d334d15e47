/**
 * Goal: the answer in the address is taken once and stays neither in address bar nor history; the technician is where they
 * were; nobody is sent anywhere but to an https:// page. Method: a window with just the members that are used.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goToProvider, takeProviderAnswer } from './provider-return.ts';

function windowAt(pathname: string, search: string, kept: Readonly<Record<string, string>> = {}) {
  const shown: string[] = [];
  const gone: string[] = [];
  const store = new Map(Object.entries(kept));
  const window = {
    location: { pathname, search, assign: (url: string) => gone.push(url) },
    history: {
      state: null,
      replaceState: (_s: unknown, _u: string, url: string) => shown.push(url),
    },
    sessionStorage: {
      getItem: (name: string) => store.get(name) ?? null,
      setItem: (name: string, value: string) => store.set(name, value),
      removeItem: (name: string) => store.delete(name),
    },
  } as unknown as Window;
  return { window, shown, gone, store };
}

test('there and back again: the place stays, the answer does not', () => {
  const away = windowAt('/cases', '?state=all');
  goToProvider(away.window, 'https://provider.example/authorize?x=1');
  assert.deepEqual(away.gone, ['https://provider.example/authorize?x=1']);
  const back = windowAt('/sign-in/returned', '?code=abc&state=s', Object.fromEntries(away.store));
  assert.equal(takeProviderAnswer(back.window), '?code=abc&state=s');
  assert.deepEqual(back.shown, ['/cases?state=all']);
  assert.equal(back.store.size, 0);
});

test('a place that is none, or not of this site, is the first page', () => {
  for (const place of [
    '//evil.example/',
    'https://evil.example/',
    '',
    '/sign-in/returned?code=1',
  ]) {
    const { window, shown } = windowAt('/sign-in/returned', '', { 'place-before-provider': place });
    assert.equal(takeProviderAnswer(window), '');
    assert.deepEqual(shown, ['/'], place);
  }
});

test('any other address is left alone', () => {
  const { window, shown } = windowAt('/cases', '?code=abc');
  assert.equal(takeProviderAnswer(window), null);
  assert.deepEqual(shown, []);
});

test('only an https:// page is gone to', () => {
  for (const address of [
    'javascript:alert(1)',
    'http://provider.example/',
    'data:text/html,x',
    'x',
  ]) {
    const { window, gone } = windowAt('/', '');
    assert.throws(() => goToProvider(window, address), TypeError);
    assert.deepEqual(gone, []);
  }
});
