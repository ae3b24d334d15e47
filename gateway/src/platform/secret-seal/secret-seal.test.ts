/**
 * Goal: a sealed secret opens for its account, with its key, unaltered; and for nothing else. Method: real files; each byte
 * of what was sealed is flipped in turn.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { SecretFileUnusable } from '../../platform/secret/secret.ts';
import { FactorSecretDamaged, SecretSeal } from './secret-seal.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-seal-'));
after(() => rmSync(directory, { recursive: true }));
const owner = newId('technician', systemRandom);
const secret = Buffer.from('twenty bytes, secret');

test('what was sealed opens after a restart, for its own account only', async () => {
  const file = path.join(directory, 'restart.key');
  const sealed = await new SecretSeal(file, systemRandom).seal(owner, secret);
  assert.ok(!Buffer.from(sealed, 'base64url').includes(secret));
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const again = new SecretSeal(file, systemRandom);
  assert.deepEqual(Buffer.from(await again.unseal(owner, sealed)), secret);
  await assert.rejects(
    again.unseal(newId('technician', systemRandom), sealed),
    FactorSecretDamaged,
  );
  // Twice the same is not seen to be.
  assert.notEqual(await again.seal(owner, secret), sealed);
});

test('every flipped byte, another key and a damaged key are noticed, and nothing makes a new key', async () => {
  const file = path.join(directory, 'damage.key');
  const seal = new SecretSeal(file, systemRandom);
  const sealed = Buffer.from(await seal.seal(owner, secret), 'base64url');
  for (let at = 0; at < sealed.length; at += 1) {
    const bad = Buffer.from(sealed);
    bad[at] = (bad[at] ?? 0) ^ 1;
    await assert.rejects(seal.unseal(owner, bad.toString('base64url')), FactorSecretDamaged);
  }
  for (const short of ['', 'AAAA']) {
    await assert.rejects(seal.unseal(owner, short), FactorSecretDamaged);
  }
  const other = new SecretSeal(path.join(directory, 'other.key'), systemRandom);
  await assert.rejects(other.unseal(owner, sealed.toString('base64url')), FactorSecretDamaged);
  const key = readFileSync(file, 'utf8');
  writeFileSync(file, key.slice(0, 20));
  const damaged = new SecretSeal(file, systemRandom);
  await assert.rejects(damaged.unseal(owner, sealed.toString('base64url')), FactorSecretDamaged);
  await assert.rejects(damaged.seal(owner, secret), FactorSecretDamaged);
  writeFileSync(file, key, { mode: 0o600 });
  assert.deepEqual(Buffer.from(await damaged.unseal(owner, sealed.toString('base64url'))), secret);
});

test('a key that others on the machine may read is not used', async () => {
  const file = path.join(directory, 'exposed.key');
  writeFileSync(file, Buffer.alloc(32).toString('base64url'), { mode: 0o644 });
  await assert.rejects(new SecretSeal(file, systemRandom).seal(owner, secret), SecretFileUnusable);
});
