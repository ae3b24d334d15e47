/**
 * Goal: a gateway whose root keys are in a token does all that one with files does, starts only with its token, and goes
 * on with what runs while the token is away. Method: real gateways, in this process and as the program, on a real token
 * of SoftHSM; carts enrol by EST, workstations by the console.
 */
import { equal, match, ok, rejects } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, beforeEach, test } from 'node:test';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { decodePEM } from '@chaperone/protocol/x509/pem.ts';
import { readRevocationList } from '@chaperone/protocol/x509/revocation-list.ts';
import { newTestTokens } from '../platform/token/testing/softhsm.ts';
import type { TokenSettings } from '../platform/token/token.ts';
import { TokenUnusable } from '../platform/token/token.ts';
import { establishGateway, startGateway } from '../composition.ts';
import type { RunningGateway } from '../composition.ts';
import { silentLog } from '../platform/log/log.ts';
import type { Configuration } from '../platform/configuration/configuration.ts';
import { BUILT_IN_DEMO_PEOPLE } from '../directory/demo/demo.ts';
import {
  enrolByCode,
  enrolCart,
  demoConfiguration,
  Technician,
} from './testing/gateway-harness.ts';

const MAIN = path.join(import.meta.dirname, '../main.ts');
const tokens = newTestTokens();
const token = tokens.add('chaperone');
after(() => tokens[Symbol.dispose]());

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'chaperone-token-gateway-'));
  writeFileSync(path.join(directory, 'people.json'), JSON.stringify(BUILT_IN_DEMO_PEOPLE), {
    mode: 0o600,
  });
});
afterEach(() => rmSync(directory, { recursive: true }));

const configured = (settings: TokenSettings): Configuration => {
  const plain = demoConfiguration(directory);
  const keys = { kind: 'pkcs11', ...settings } as const;
  return { ...plain, authority: { ...plain.authority, keys } };
};
const start = async (settings = token): Promise<RunningGateway> =>
  await startGateway(configured(settings), { log: silentLog() });
const firstOf = (pem: string, label: 'CERTIFICATE' | 'X509 CRL'): Uint8Array =>
  decodePEM(label, pem)[0] ?? new Uint8Array();

test('carts and workstations are licensed, certified and revoked, before and after a restart', async () => {
  const { facts } = await establishGateway(configured(token), { by: 'test' }, { log: silentLog() });
  for (const file of readdirSync(path.join(directory, 'gateway/authority')))
    ok(!file.endsWith('.key.pem'), file);
  const running = await start();
  try {
    equal(running.authority.facts.fingerprints.cart, facts.fingerprints.cart);
    await enrolCart(running, 'US-1001');
    await Technician.signIn(running, 'tara');
    await running.authority.retireCart(parseCartSerial('US-1001'));
  } finally {
    await running.close();
  }
  const again = await start();
  try {
    await enrolCart(again, 'US-1002');
    await Technician.signIn(again, 'lena');
    const { cartRootPEM } = again.authority.publicRoots;
    const list = firstOf(await again.authority.revocationList('cart'), 'X509 CRL');
    const { revocations } = readRevocationList(list, firstOf(cartRootPEM, 'CERTIFICATE'));
    equal(revocations.length, 1);
  } finally {
    await again.close();
  }
});

test('without its token nothing is certified, what runs goes on, and with it all is as before', async () => {
  await establishGateway(configured(token), { by: 'test' }, { log: silentLog() });
  const running = await start();
  try {
    const technician = await Technician.signIn(running, 'tara');
    const cart = parseCartSerial('US-1003');
    const { code } = await running.authority.issueCartLicence(cart, { by: 'test' });
    renameSync(tokens.tokensDirectory, `${tokens.tokensDirectory}-away`);
    await rejects(enrolByCode(running, cart, code), /enrolment: 503.*TOKEN_UNUSABLE/s);
    // A licence is signed by a key of the token, too.
    await rejects(running.authority.issueCartLicence(cart, { by: 'test' }), TokenUnusable);
    equal((await technician.ask('GET', '/api/carts')).status, 200);
    renameSync(`${tokens.tokensDirectory}-away`, tokens.tokensDirectory);
    await enrolByCode(running, cart, code);
  } finally {
    if (existsSync(`${tokens.tokensDirectory}-away`))
      renameSync(`${tokens.tokensDirectory}-away`, tokens.tokensDirectory);
    await running.close();
  }
  await rejects(start({ ...token, tokenLabel: 'elsewhere' }), TokenUnusable);
  await rejects(start({ ...token, pinFile: tokens.pinFile('11111') }), TokenUnusable);
});

test('the program says in a sentence what is wrong with the token, and establishes with a right one', () => {
  const config = path.join(directory, 'gateway.json');
  const establish = (tokenLabel: string) => {
    const { authority: _authority, ...plain } = demoConfiguration(directory);
    const { module, pinFile } = token;
    const keys = { kind: 'pkcs11', module, pinFile, tokenLabel };
    writeFileSync(config, JSON.stringify({ ...plain, authority: { keys } }));
    return spawnSync(process.execPath, [MAIN, 'establish', '--config', config], {
      encoding: 'utf8',
    });
  };
  const wrong = establish('elsewhere');
  equal(wrong.status, 1);
  match(wrong.stderr, /no token with the label "elsewhere"/);
  ok(!/^\s+at /m.test(wrong.stderr), wrong.stderr);
  const right = establish(token.tokenLabel);
  equal(right.status, 0, right.stderr);
  const place = path.join(directory, 'gateway/authority');
  match(readFileSync(path.join(place, 'cart.key.json'), 'utf8'), /"kind": "pkcs11"/);
});
