/**
 * Goal: a secret shows itself nowhere by accident, and a file that others can read is not used as one.
 * Method: everything that turns a value into text is tried; files with different modes are read.
 */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { format, inspect } from 'node:util';
import { Secret, SecretFileUnusable, readSecretFile } from './secret.ts';

const directory = mkdtempSync(join(tmpdir(), 'chaperone-secret-'));
after(() => rmSync(directory, { recursive: true }));

test('nothing that prints it shows it', () => {
  const secret = new Secret('hunter2');
  const shown = [
    String(secret),
    `${secret as unknown as string}`,
    '' + (secret as unknown as string),
    JSON.stringify({ secret }),
    inspect({ deep: { secret } }, { depth: 9, showHidden: true }),
    format('%s %o %j', secret, secret, secret),
    JSON.stringify(Object.entries(secret)),
    JSON.stringify(structuredClone({ ...secret })),
  ];
  for (const text of shown) assert(!text.includes('hunter2'), text);
  assert.equal(secret.reveal(), 'hunter2');
});

test('a file is read without its line end', async () => {
  const file = join(directory, 'good');
  writeFileSync(file, ' pass word \n', { mode: 0o600 });
  assert.equal((await readSecretFile(file)).reveal(), ' pass word ');
});

for (const [what, content, mode] of [
  ['open to the group', 'x', 0o640],
  ['open to all', 'x', 0o604],
  ['empty', '\n', 0o600],
  ['too large', 'x'.repeat(70_000), 0o600],
] as const) {
  test(`a file that is ${what} is refused by name, without its content`, async () => {
    const file = join(directory, what.replaceAll(' ', '-'));
    writeFileSync(file, content);
    chmodSync(file, mode);
    await assert.rejects(readSecretFile(file), (fault: unknown) => {
      assert(fault instanceof SecretFileUnusable);
      assert(fault.message.includes(file));
      return true;
    });
  });
}

test('a file that is not there is refused', async () => {
  await assert.rejects(readSecretFile(join(directory, 'none')), SecretFileUnusable);
});
