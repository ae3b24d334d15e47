/**
 * Goal: the credential is read once, leaves the address bar, and survives a reload of the same tab only.
 * Method: the few parts of a window that it touches, as plain objects.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeCredential } from './credential.ts';

function tab(hash: string): {
  readonly window: Parameters<typeof takeCredential>[0];
  readonly shown: string[];
} {
  const kept = new Map<string, string>();
  const shown: string[] = [];
  return {
    shown,
    window: {
      location: { hash, pathname: '/', search: '' },
      history: { replaceState: (_data, _unused, url) => void shown.push(url) },
      sessionStorage: {
        getItem: (key) => kept.get(key) ?? null,
        setItem: (key, value) => void kept.set(key, value),
      },
    },
  };
}

test('a credential in the fragment is taken, kept and stripped', () => {
  const { window, shown } = tab('#credential=abcdefghijklmnop-_0123');
  assert.equal(takeCredential(window), 'abcdefghijklmnop-_0123');
  assert.deepEqual(shown, ['/']);
  assert.equal(
    takeCredential({ ...window, location: { ...window.location, hash: '' } }),
    'abcdefghijklmnop-_0123',
  );
});

test('without one, or with something else, there is none', () => {
  for (const hash of [
    '',
    '#',
    '#credential=',
    '#credential=short',
    '#credential=has spaces in it, really',
    '#other=abcdefghijklmnop',
  ]) {
    assert.equal(takeCredential(tab(hash).window), null, hash);
  }
});
