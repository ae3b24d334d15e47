/**
 * Goal: root keys are made in a token, never leave it, and are used only when they are what the certificates say; what
 * is wrong with token, PIN, module or key is said plainly. Method: real tokens of SoftHSM, looked into with OpenSC.
 */
import { deepEqual, equal, match, ok, rejects, throws } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, test } from 'node:test';
import { isSignature } from '@chaperone/protocol/x509/signer.ts';
import {
  AuthorityAlreadyEstablished,
  AuthorityDamaged,
  AuthorityKeysElsewhere,
  CART_KEY_KINDS,
  FILE_KEYS,
  establishAuthority,
  loadAuthority,
  tokenKeys,
} from './establishment.ts';
import type { CartKeyKind, EstablishedAuthority, RootKeys } from './establishment.ts';
import { SecretFileUnusable } from '../../platform/secret/secret.ts';
import { PIN, SOFTHSM_MODULE, newTestTokens } from '../../platform/token/testing/softhsm.ts';
import { Cryptoki, CryptokiFault } from '../../platform/token/cryptoki.ts';
import { keyAttributes } from '../../platform/token/token-key.ts';
import { TokenKeyUnfit, TokenUnusable } from '../../platform/token/token.ts';
import type { TokenSettings } from '../../platform/token/token.ts';

/** Numbers of PKCS #11 that only this test uses. */
const CKA_VALUE = 0x11;
const CKA_PRIVATE_EXPONENT = 0x123;
const CKR_ATTRIBUTE_SENSITIVE = 0x11;
const CKR_ATTRIBUTE_TYPE_INVALID = 0x12;

const tokens = newTestTokens();
after(() => tokens[Symbol.dispose]());

let parent: string;
let directory: string;
let count = 0;
const opened: RootKeys[] = [];
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'chaperone-token-keys-'));
  directory = join(parent, 'authority');
});
afterEach(async () => {
  for (const keys of opened.splice(0)) await keys.close();
  rmSync(parent, { recursive: true });
});

const newToken = (): TokenSettings => tokens.add(`token ${++count}`);

function keysIn(token: TokenSettings): RootKeys {
  const keys = tokenKeys(token);
  opened.push(keys);
  return keys;
}

const establish = async (token: TokenSettings, place = directory, cartKey: CartKeyKind = 'p256') =>
  await establishAuthority({
    directory: place,
    serviceCentre: 'Test Centre',
    by: 'test',
    nowMs: Date.now(),
    cartKey,
    keys: keysIn(token),
  });

const load = async (token: TokenSettings): Promise<EstablishedAuthority> =>
  await loadAuthority(directory, keysIn(token));

const keyIdOf = (root: string): string =>
  (JSON.parse(readFileSync(join(directory, `${root}.key.json`), 'utf8')) as { keyId: string })
    .keyId;

/** Puts another key into the token in a root's place. */
function replaceKey(token: TokenSettings, root: string, ...make: readonly string[]): void {
  const id = keyIdOf(root);
  for (const type of ['privkey', 'pubkey'])
    tokens.tool(token.tokenLabel, '--delete-object', '--type', type, '--id', id);
  tokens.tool(token.tokenLabel, ...make, '--id', id, '--label', 'replaced');
}

async function refusalOf(
  act: Promise<unknown>,
  kind: typeof TokenUnusable | typeof TokenKeyUnfit | typeof AuthorityDamaged,
): Promise<string> {
  let message = '';
  await rejects(act, (fault: unknown) => {
    ok(fault instanceof kind, String(fault));
    message = fault.message;
    return true;
  });
  return message;
}

for (const cartKey of CART_KEY_KINDS) {
  test(`${cartKey}: the keys are made in the token, sign there, and are in no file`, async () => {
    const token = newToken();
    const facts = await establish(token, directory, cartKey);
    const { facts: read, roots } = await load(token);
    deepEqual(read, facts);
    for (const [name, root] of Object.entries(roots)) {
      const certificate = new X509Certificate(root.certificate);
      ok(certificate.verify(certificate.publicKey), name);
      const isRSA = certificate.publicKey.asymmetricKeyType === 'rsa';
      equal(isRSA, name === 'cart' && cartKey === 'rsa3072');
      const algorithms = isRSA
        ? (['rsa-pkcs1-sha3-256', 'rsa-pss-sha256'] as const)
        : (['ecdsa-sha256', 'ecdsa-sha3-256'] as const);
      for (const algorithm of algorithms) {
        const signature = await root.signer.sign(algorithm, Buffer.from('statement'));
        const { publicKey } = certificate;
        ok(isSignature(algorithm, publicKey, Buffer.from('statement'), signature), algorithm);
      }
    }
    for (const name of readdirSync(directory).filter((file) => file !== 'servers'))
      ok(!readFileSync(join(directory, name), 'utf8').includes('PRIVATE'), name);
  });
}

test('OpenSC finds every private key never extractable, and the token shows none in the clear', async () => {
  const token = newToken();
  const { fingerprints } = await establish(token, directory, 'rsa3072');
  const listed = tokens.tool(token.tokenLabel, '--list-objects', '--type', 'privkey');
  const access = listed.split('\n').filter((line) => line.includes('Access:'));
  equal(access.length, Object.keys(fingerprints).length);
  for (const line of access)
    match(line, /Access:\s+sensitive, always sensitive, never extracta?ble, local/);
  const cryptoki = new Cryptoki(SOFTHSM_MODULE);
  const slot = cryptoki.slots().find((one) => cryptoki.tokenInfo(one).label === token.tokenLabel);
  ok(slot !== undefined);
  const session = cryptoki.openSession(slot, { isWritable: false });
  cryptoki.login(session, PIN);
  for (const root of Object.keys(fingerprints)) {
    const [key] = cryptoki.find(session, keyAttributes('private', keyIdOf(root)), 1);
    ok(key !== undefined);
    for (const secret of [CKA_VALUE, CKA_PRIVATE_EXPONENT]) {
      throws(
        () => cryptoki.attribute(session, key, secret),
        (fault: unknown) => {
          ok(fault instanceof CryptokiFault);
          ok([CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID].includes(fault.returned));
          return true;
        },
      );
    }
  }
  cryptoki.finalise();
});

test('of several that establish at once one succeeds, and only its keys stay in the token', async () => {
  const token = newToken();
  const results = await Promise.allSettled([establish(token), establish(token)]);
  deepEqual(results.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  for (const result of results)
    if (result.status === 'rejected') ok(result.reason instanceof AuthorityAlreadyEstablished);
  const { facts } = await load(token);
  const listed = tokens.tool(token.tokenLabel, '--list-objects');
  const roots = Object.keys(facts.fingerprints).length;
  equal(listed.match(/Private Key Object/g)?.length, roots);
  equal(listed.match(/Public Key Object/g)?.length, roots);
});

test('a wrong PIN is said, and not tried a second time; a missing or open PIN file, too', async () => {
  const token = newToken();
  await establish(token);
  const keys = keysIn({ ...token, pinFile: tokens.pinFile('999999') });
  match(
    await refusalOf(loadAuthority(directory, keys), TokenUnusable),
    /does not accept the PIN in authority\.keys\.pinFile/,
  );
  // Correcting the file does not help before the gateway is started anew: nothing is tried any more.
  writeFileSync(tokens.pinFile('999999'), '271828\n');
  await refusalOf(loadAuthority(directory, keys), TokenUnusable);
  equal((await load({ ...token, pinFile: tokens.pinFile('271828') })).facts.demo, false);
  await rejects(load({ ...token, pinFile: join(parent, 'none') }), SecretFileUnusable);
  const open = tokens.pinFile('27182');
  chmodSync(open, 0o644);
  await rejects(load({ ...token, pinFile: open }), SecretFileUnusable);
});

test('a module that is missing, is none, or may be changed by others is refused', async () => {
  const token = newToken();
  await establish(token);
  const missing = { ...token, module: '/usr/lib/none.so' };
  match(await refusalOf(load(missing), TokenUnusable), /\/usr\/lib\/none\.so .* is not there/);
  const notOne = join(parent, 'text.so');
  writeFileSync(notOne, 'no library', { mode: 0o644 });
  match(await refusalOf(load({ ...token, module: notOne }), TokenUnusable), /cannot be loaded/);
  const copy = join(parent, 'copy.so');
  copyFileSync(SOFTHSM_MODULE, copy);
  chmodSync(copy, 0o666);
  match(await refusalOf(load({ ...token, module: copy }), TokenUnusable), /changed by others/);
  chmodSync(copy, 0o644);
  ok(await load({ ...token, module: copy }));
});

test('a token that is not there, or there twice, is refused by its label', async () => {
  const token = newToken();
  await establish(token);
  const absent = await refusalOf(load({ ...token, tokenLabel: 'elsewhere' }), TokenUnusable);
  match(absent, /no token with the label "elsewhere"/);
  tokens.add(token.tokenLabel);
  match(await refusalOf(load(token), TokenUnusable), /several tokens/);
});

test('a token that goes away is said when it is to sign, and is used again when it is back', async () => {
  const token = newToken();
  await establish(token);
  const { roots } = await load(token);
  const sign = async (): Promise<Uint8Array> =>
    await roots.workstation.signer.sign('ecdsa-sha256', Buffer.from('statement'));
  await sign();
  renameSync(tokens.tokensDirectory, join(parent, 'taken'));
  await refusalOf(sign(), TokenUnusable);
  await refusalOf(sign(), TokenUnusable);
  renameSync(join(parent, 'taken'), tokens.tokensDirectory);
  const { publicKey } = new X509Certificate(roots.workstation.certificate);
  ok(isSignature('ecdsa-sha256', publicKey, Buffer.from('statement'), await sign()));
});

test('a key of another establishment, a missing one, and a damaged file are refused', async () => {
  const token = newToken();
  await establish(token);
  const other = join(parent, 'other');
  await establish(token, other);
  const own = readFileSync(join(directory, 'cart.key.json'));
  copyFileSync(join(other, 'cart.key.json'), join(directory, 'cart.key.json'));
  match(await refusalOf(load(token), AuthorityDamaged), /cart root do not belong together/);
  writeFileSync(join(directory, 'cart.key.json'), '{}');
  match(await refusalOf(load(token), AuthorityDamaged), /cart\.key\.json cannot be read/);
  writeFileSync(join(directory, 'cart.key.json'), own);
  const id = keyIdOf('cart');
  tokens.tool(token.tokenLabel, '--delete-object', '--type', 'privkey', '--id', id);
  match(await refusalOf(load(token), TokenKeyUnfit), /no private key with the id/);
});

test('a key that can be taken out, or was brought in from outside, is refused', async () => {
  const token = newToken();
  await establish(token);
  const make = ['--keypairgen', '--key-type', 'EC:prime256v1'];
  replaceKey(token, 'workstation', ...make, '--extractable');
  match(await refusalOf(load(token), TokenKeyUnfit), /can be taken out of the token/);
  const outside = join(parent, 'outside.der');
  execFileSync('openssl', [
    ...['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
    ...['-outform', 'DER', '-out', outside],
  ]);
  const id = keyIdOf('workstation');
  for (const type of ['privkey', 'pubkey'])
    tokens.tool(token.tokenLabel, '--delete-object', '--type', type, '--id', id);
  const bring = ['--write-object', outside, '--type', 'privkey', '--sensitive', '--id', id];
  tokens.tool(token.tokenLabel, ...bring);
  match(await refusalOf(load(token), TokenKeyUnfit), /was not made in the token/);
});

test('a configuration that looks for the keys in the wrong place says where they are', async () => {
  const token = newToken();
  await establish(token);
  await rejects(loadAuthority(directory, FILE_KEYS), (fault: unknown) => {
    ok(fault instanceof AuthorityKeysElsewhere);
    match(fault.message, /made in a PKCS #11 token.*authority\.keys\.kind "pkcs11"/);
    return true;
  });
  rmSync(directory, { recursive: true });
  await establishAuthority({
    directory,
    serviceCentre: 'Test Centre',
    by: 'test',
    nowMs: Date.now(),
  });
  await rejects(load(token), /made in files.*authority\.keys\.kind "files"/);
});

test('what waits for the token does not hold up the gateway', async () => {
  const token = newToken();
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await establish(token, directory, 'rsa3072');
  clearInterval(timer);
  ok(turns > 20, `${turns} turns of the loop while keys were made`);
});
