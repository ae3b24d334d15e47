/**
 * Goal: an address that cannot be one is refused with its own error. Method: escapes that are none, which a URL may
 * hold and which cannot be decoded.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseMisconfigured } from './database-error.ts';
import { parsePostgresqlUrl } from './postgresql-url.ts';

test('a "%" that begins no escape is refused as a wrong address, in the name and in the database', () => {
  for (const url of ['postgresql://a@b/%', 'postgresql://a@b/%zz', 'postgresql://%ff@b/c']) {
    assert.throws(() => parsePostgresqlUrl(url), DatabaseMisconfigured, url);
  }
  assert.equal(parsePostgresqlUrl('postgresql://a%25b@c/d').name, 'a%b');
});
