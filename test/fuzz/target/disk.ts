/** Targets of files that the programs themselves wrote: after a bad disk, a bad copy, or somebody's editor. */
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  ConfigurationInvalid as CartConfigurationInvalid,
  readConfiguration,
} from '@chaperone/cart/configuration/configuration.ts';
import { StorageFailed } from '@chaperone/cart/files/file-error.ts';
import { NameCommitments } from '@chaperone/cart/files/name-commitment.ts';
import { JournalDamaged, openJournal } from '@chaperone/cart/journal/journal.ts';
import { IdentityDamaged, NotEnrolled } from '@chaperone/cart/licence/enrolment-error.ts';
import { loadIdentity, storeIdentity } from '@chaperone/cart/licence/identity.ts';
import {
  WaitingLicenceDamaged,
  keepWaitingLicence,
  readWaitingLicence,
} from '@chaperone/cart/licence/waiting-licence.ts';
import { holdWaitingKey } from '@chaperone/cart/licence/waiting-key.ts';
import { lockDataDirectory } from '@chaperone/cart/platform/database/data-directory-lock.ts';
import { parseId } from '@chaperone/domain/id/id.ts';
import {
  AuthorityDamaged,
  AuthorityNotEstablished,
  establishAuthority,
  loadAuthority,
} from '@chaperone/gateway/authority/establishment/establishment.ts';
import { AUTHORITY_MIGRATIONS } from '@chaperone/gateway/authority/registry/registry.ts';
import { announceRoot } from '@chaperone/gateway/authority/rollover/rollover.ts';
import { openDatabase } from '@chaperone/gateway/platform/database/database.ts';
import {
  readKeyId,
  writeKeyId,
} from '@chaperone/gateway/authority/establishment/token-key-file.ts';
import {
  BUILT_IN_DEMO_PEOPLE,
  DemoPeopleUnusable,
  readDemoPeople,
} from '@chaperone/gateway/directory/demo/demo.ts';
import { LedgerBroken } from '@chaperone/gateway/ledger/contract.ts';
import { makeLine, readLine } from '@chaperone/gateway/ledger/ledger-store.ts';
import { openSigningKey } from '@chaperone/gateway/ledger/signing-key.ts';
import {
  ConfigurationInvalid,
  loadConfiguration,
} from '@chaperone/gateway/platform/configuration/configuration.ts';
import {
  DataDirectoryForeign,
  DataDirectoryNewer,
  openDataDirectory,
} from '@chaperone/gateway/platform/data-directory/data-directory.ts';
import { SecretFileUnusable, readSecretFile } from '@chaperone/gateway/platform/secret/secret.ts';
import { CaseKeyMissing, RecordDamaged } from '@chaperone/gateway/vault/contract.ts';
import { Keyring } from '@chaperone/gateway/vault/keyring/keyring.ts';
import { parseLicenceId } from '@chaperone/domain/licence/licence.ts';
import { makeLicenceStatement } from '@chaperone/protocol/licence/licence-statement.ts';
import { signerOf } from '@chaperone/protocol/x509/signer.ts';
import { makeAnchors } from '@chaperone/protocol/est/anchors.ts';
import {
  NOW_MS,
  SERIAL,
  cartCertificate,
  cartKey,
  cartRoot,
  ledgerLine,
  pem,
  workstationRoot,
} from '../fixture/authorities.ts';
import { folderTarget } from '../fixture/folder.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';
import { CART_CONFIGURATION, GATEWAY_CONFIGURATION } from './configuration.ts';

const CASE = parseId('case', 'case-00000000000000000000000001');
const SESSION = parseId('session', 'sess-00000000000000000000000001');
const random = (length: number): Uint8Array => new Uint8Array(length).fill(5);
const clock = { utcMs: () => NOW_MS };

const cartIdentity = folderTarget({
  name: 'disk-cart-identity',
  entry: 'cart/src/licence/identity.ts › loadIdentity',
  refusals: [IdentityDamaged, NotEnrolled],
  limits: '64 KiB a file; all parts belong together',
  weight: 0.1,
  make: async (folder) => {
    const anchors = {
      workstationCA: pem(workstationRoot.certificate),
      licenceCA: pem(workstationRoot.certificate),
      ledgerKey: ledgerLine,
      issuedAtMs: NOW_MS,
    };
    await storeIdentity(folder, {
      keyPem: String(cartKey.export({ type: 'pkcs8', format: 'pem' })),
      certificatePem: pem(cartCertificate),
      cartRootPem: pem(cartRoot.certificate),
      anchorsJWS: await makeAnchors(cartRoot, anchors),
      anchors,
      licenceJWS: await makeLicenceStatement(signerOf(workstationRoot.privateKey), {
        id: parseLicenceId(`lcnc-${'0'.repeat(26)}`),
        number: 1,
        serial: SERIAL,
        features: ['view'],
        validFromUtcMs: NOW_MS,
        validUntilUtcMs: null,
        issuedUtcMs: NOW_MS,
      }),
    });
    // Links are not laid out: the identity in use becomes a folder of its own.
    const [own = ''] = await readdir(path.join(folder, 'identities'));
    await rm(path.join(folder, 'identity'));
    await rename(path.join(folder, 'identities', own), path.join(folder, 'identity'));
  },
  open: async (folder) => {
    const identity = await loadIdentity(folder);
    holds(identity.serial === SERIAL, 'the identity of another cart');
    return identity;
  },
});

const waitingLicence = folderTarget({
  name: 'disk-waiting-licence',
  entry: 'cart/src/licence/waiting-licence.ts › readWaitingLicence',
  refusals: [WaitingLicenceDamaged],
  limits: '200 characters of code and of fingerprint',
  make: async (folder) =>
    await keepWaitingLicence(folder, {
      code: 'K7QM2-XNPD0-00000-00000',
      rootFingerprint: 'ab'.repeat(32),
      gateway: { host: '192.0.2.1', port: 443, serverName: 'gateway.example' },
      licence: 'lic-7',
    }),
  open: async (folder) => await readWaitingLicence(folder),
});

const cartJournal = folderTarget({
  name: 'disk-cart-journal',
  entry: 'cart/src/journal/journal.ts › openJournal (line-file.ts, journal-mark.ts)',
  refusals: [JournalDamaged],
  limits: 'what the mark vouches for is there and unaltered',
  words: ['\n', '{}\n', 'null\n', '{"index":0,"utcMs":1,"fact":{"kind":"x"}}\n'],
  make: async (folder) => {
    const journal = await openJournal({ directory: folder, key: cartKey, serial: SERIAL, clock });
    await journal.append([{ kind: 'agent-started', version: '1' }]);
    await journal.append([{ kind: 'notice-accepted', noticeVersion: '1', sessionId: SESSION }]);
    await journal.append([{ kind: 'tunnel-opened', sessionId: SESSION }]);
    await journal.close();
  },
  open: async (folder) => {
    const journal = await openJournal({ directory: folder, key: cartKey, serial: SERIAL, clock });
    await journal.close();
    return true;
  },
});

const cartConfiguration = folderTarget({
  name: 'disk-cart-configuration',
  entry: 'cart/src/configuration/configuration.ts › readConfiguration',
  refusals: [CartConfigurationInvalid],
  limits: '256 KiB',
  form: 'text',
  make: async (folder) =>
    await writeFile(path.join(folder, 'c'), JSON.stringify(CART_CONFIGURATION)),
  open: async (folder) => await readConfiguration(path.join(folder, 'c')),
});

const nameSecret = folderTarget({
  name: 'disk-name-commitment-secret',
  entry: 'cart/src/files/name-commitment.ts › NameCommitments.open',
  refusals: [StorageFailed],
  limits: '32 bytes',
  make: async (folder) => void (await NameCommitments.open(folder)),
  open: async (folder) => await NameCommitments.open(folder),
});

const waitingKey = folderTarget({
  name: 'disk-waiting-key',
  entry: 'cart/src/licence/waiting-key.ts › holdWaitingKey',
  refusals: [],
  limits: 'a damaged key is made anew',
  make: async (folder) => void (await holdWaitingKey(folder, 'enrolment')),
  open: async (folder) => await holdWaitingKey(folder, 'enrolment'),
});

const cartLock = folderTarget({
  name: 'disk-cart-lock',
  entry: 'cart/src/platform/database/data-directory-lock.ts › lockDataDirectory',
  refusals: [],
  limits: 'holds no data: nothing in it keeps the agent from starting',
  make: async (folder) => await writeFile(path.join(folder, 'agent.lock'), ''),
  open: (folder) => lockDataDirectory(folder).release(),
});

const gatewayConfiguration = folderTarget({
  name: 'disk-gateway-configuration',
  entry: 'gateway/src/platform/configuration/configuration.ts › loadConfiguration',
  refusals: [ConfigurationInvalid],
  limits: '1 MiB',
  form: 'text',
  make: async (folder) =>
    await writeFile(path.join(folder, 'c'), JSON.stringify(GATEWAY_CONFIGURATION)),
  open: async (folder) => await loadConfiguration(path.join(folder, 'c')),
});

const dataDirectory = folderTarget({
  name: 'disk-gateway-data-directory',
  entry: 'gateway/src/platform/data-directory/data-directory.ts › openDataDirectory (file-lock.ts)',
  refusals: [DataDirectoryForeign, DataDirectoryNewer],
  limits: 'another format is not touched; the lock holds no data',
  words: ['chaperone-gateway-data 2\n', '\n', '0'],
  make: async (folder) => {
    await writeFile(path.join(folder, 'format'), 'chaperone-gateway-data 1\n');
    await writeFile(path.join(folder, 'gateway.lock'), '');
    await writeFile(path.join(folder, 'gateway.pid'), '4711\n');
  },
  open: async (folder) => {
    const directory = await openDataDirectory(folder);
    await directory.release();
    return true;
  },
});

const authority = folderTarget({
  name: 'disk-authority',
  entry:
    'gateway/src/authority/establishment/establishment.ts › loadAuthority (manifest.ts, cart-roots.ts)',
  refusals: [AuthorityDamaged, AuthorityNotEstablished],
  limits: 'all parts belong together',
  weight: 0.08,
  make: async (folder) => {
    const directory = path.join(folder, 'authority');
    await establishAuthority({ directory, serviceCentre: 'Centre', by: 'test', nowMs: NOW_MS });
    // With a second cart root that has been announced: more files that belong together.
    const database = await openDatabase({ location: { kind: 'sqlite', file: ':memory:' } });
    await database.migrate(AUTHORITY_MIGRATIONS);
    const ledger = { append: async () => undefined };
    await announceRoot({ directory, database, ledger, by: 'test', nowMs: NOW_MS });
    await database.close();
  },
  open: async (folder) => await loadAuthority(path.join(folder, 'authority')),
});

const tokenKey = folderTarget({
  name: 'disk-token-key',
  entry: 'gateway/src/authority/establishment/token-key-file.ts › readKeyId',
  refusals: [AuthorityDamaged],
  limits: '64 KiB; the id of a key in a token, 16 bytes',
  make: async (directory) => await writeKeyId({ directory, name: 'cart' }, '0f'.repeat(16)),
  open: async (directory) => await readKeyId({ directory, name: 'cart' }),
});

const signingKey = folderTarget({
  name: 'disk-ledger-key',
  entry: 'gateway/src/ledger/signing-key.ts › openSigningKey',
  refusals: [LedgerBroken],
  limits: 'an Ed25519 key, or none',
  make: async (folder) => void (await openSigningKey(folder, 'gateway.example/ledger', false)),
  open: async (folder) => await openSigningKey(folder, 'gateway.example/ledger', true),
});

const keyring = folderTarget({
  name: 'disk-keyring',
  entry:
    'gateway/src/vault/keyring/keyring.ts › Keyring.open, keysOf (wrapping-key.ts › parseWrappingKey, secrets-file.ts › parseEntries)',
  refusals: [RecordDamaged, CaseKeyMissing],
  limits: '32 bytes of wrapping key, 91 of each case',
  make: async (folder) => {
    const ring = await Keyring.open({ directory: folder, random });
    await ring.create(CASE);
    await ring.close();
  },
  open: async (folder) => {
    const ring = await Keyring.open({ directory: folder, random });
    try {
      return await ring.keysOf(CASE);
    } finally {
      await ring.close();
    }
  },
});

const secretFile = folderTarget({
  name: 'disk-secret-file',
  entry: 'gateway/src/platform/secret/secret.ts › readSecretFile',
  refusals: [SecretFileUnusable],
  limits: '64 KiB',
  make: async (folder) => await writeFile(path.join(folder, 's'), 'a password\n', { mode: 0o600 }),
  open: async (folder) => await readSecretFile(path.join(folder, 's')),
});

const people = folderTarget({
  name: 'disk-demo-people',
  entry: 'gateway/src/directory/demo/demo.ts › readDemoPeople',
  refusals: [DemoPeopleUnusable],
  limits: 'a hundred people',
  form: 'text',
  make: async (folder) =>
    await writeFile(path.join(folder, 'p'), JSON.stringify(BUILT_IN_DEMO_PEOPLE)),
  open: (folder) => readDemoPeople(path.join(folder, 'p')),
});

const ledgerRow: Target = {
  name: 'disk-ledger-line',
  entry: 'gateway/src/ledger/ledger-store.ts › readLine',
  refusals: [LedgerBroken],
  limits: 'the line of its row',
  form: 'json',
  seeds: () => [
    Buffer.from(makeLine(3, NOW_MS, { kind: 'gateway-started', version: '1', demo: false }).line),
  ],
  feed: (input) => readLine(3, input.toString('utf8')),
};

export const DISK_TARGETS: readonly Target[] = [
  cartIdentity,
  waitingLicence,
  cartJournal,
  cartConfiguration,
  nameSecret,
  waitingKey,
  cartLock,
  gatewayConfiguration,
  dataDirectory,
  authority,
  tokenKey,
  signingKey,
  keyring,
  secretFile,
  people,
  ledgerRow,
];
