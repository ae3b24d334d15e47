// Goal: the first gate against a real Active Directory: who comes in, who learns why not, and what happens when a
// controller dies. Method: Samba domains of the test's own, spoken to over LDAPS.
import assert from 'node:assert/strict';
import net from 'node:net';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { DirectoryAccountUnfit, DirectoryRefusal, DirectoryUnavailable } from '../contract.ts';
import type { UnfitReason } from '../contract.ts';
import { Secret } from '../../platform/secret/secret.ts';
import { openActiveDirectory } from './active-directory.ts';
import type { ActiveDirectoryOptions } from './active-directory.ts';
import { DOMAIN_NAME, PASSWORD, groupName, provisionDomain } from './testing/samba-domain.ts';
import type { SambaController, SambaDomain } from './testing/samba-domain.ts';

let domain: SambaDomain;
let controller: SambaController;
before(async () => {
  domain = await provisionDomain();
  controller = await domain.startController();
});
after(async () => {
  await domain[Symbol.asyncDispose]();
});

function options(changes: Partial<ActiveDirectoryOptions> = {}): ActiveDirectoryOptions {
  return {
    controllers: [controller],
    authorities: domain.authorities,
    bindName: 'reader@corp.test',
    bindPassword: new Secret(PASSWORD),
    searchBase: DOMAIN_NAME,
    roles: [
      { group: groupName('Service-Staff'), role: 'technician' },
      { group: groupName('Service-Leads'), role: 'lead' },
    ],
    timeoutMs: 5_000,
    ...changes,
  };
}

test('somebody in a group within a group comes in, by either name, in any case', async () => {
  const directory = openActiveDirectory(options());
  const expected = { login: 'member', displayName: 'Member Tester', roles: ['technician'] };
  for (const login of ['member', 'MEMBER', 'member@corp.test', ' Member@CORP.test ']) {
    assert.deepEqual(await directory.authenticate(login, PASSWORD), expected, login);
  }
  assert.deepEqual((await directory.authenticate('lead', PASSWORD)).roles, ['technician', 'lead']);
});

for (const [login, reason] of [
  ['disabled', 'disabled'],
  ['mustchange', 'password-must-change'],
  ['expired', 'password-expired'],
  ['ended', 'account-expired'],
  ['stranger', 'no-role'],
] as const satisfies readonly (readonly [string, UnfitReason])[]) {
  test(`${login}: the reason is told after the right password, and never after a wrong one`, async () => {
    const directory = openActiveDirectory(options());
    await assert.rejects(
      directory.authenticate(login, PASSWORD),
      (fault) => fault instanceof DirectoryAccountUnfit && fault.reason === reason,
    );
    await assert.rejects(directory.authenticate(login, 'not it'), DirectoryRefusal);
  });
}

test('a locked account looks like a wrong password, also with the right one', async () => {
  const directory = openActiveDirectory(options());
  for (let attempt = 0; attempt < 4; attempt += 1) {
    await assert.rejects(directory.authenticate('lockable', 'not it'), DirectoryRefusal);
  }
  await assert.rejects(directory.authenticate('lockable', PASSWORD), DirectoryRefusal);
  // Locked by a stranger's guesses: the person at work is not thrown out for that.
  assert.equal((await directory.lookUp('lockable'))?.login, 'lockable');
});

test('nobody, an empty password and names that are filters are refused alike', async () => {
  const directory = openActiveDirectory(options());
  for (const [login, password] of [
    ['nobody-at-all', PASSWORD],
    ['nobody-at-all@corp.test', PASSWORD],
    ['member', ''],
    ['', PASSWORD],
    ['*', PASSWORD],
    ['mem*', PASSWORD],
    ['member)(|(objectClass=*)', PASSWORD],
    ['*@corp.test', PASSWORD],
    ['member\0', PASSWORD],
    ['\\2a', PASSWORD],
    ['ｍember', PASSWORD],
    ['mémber', PASSWORD],
    // Cyrillic е; a zero-width space; a capital that only Unicode knows.
    ['mеmber', PASSWORD],
    ['mem\u200bber', PASSWORD],
    ['member@corp.teſt', PASSWORD],
    ['member@CORP', PASSWORD],
    ['CORP\\member', PASSWORD],
    ['CN=Member Tester,OU=Service,DC=corp,DC=test', PASSWORD],
    ['member', `${PASSWORD}\0`],
    ['member', PASSWORD.normalize('NFKD').replace('-', '\u2010')],
    ['m'.repeat(100_000), PASSWORD],
    ['member', 'x'.repeat(10_000)],
  ] as const) {
    await assert.rejects(directory.authenticate(login, password), DirectoryRefusal, login);
  }
});

test('what can be nobody is refused without asking the domain', async () => {
  const nowhere = openActiveDirectory(options({ controllers: [{ host: '127.0.0.1', port: 9 }] }));
  for (const [login, password] of [
    ['member', ''],
    ['', PASSWORD],
    ['member\0', PASSWORD],
    ['member\n', PASSWORD],
    ['m'.repeat(1_025), PASSWORD],
    ['member', 'x'.repeat(257)],
  ] as const) {
    await assert.rejects(nowhere.authenticate(login, password), DirectoryRefusal, login);
  }
  await assert.rejects(nowhere.authenticate('member', PASSWORD), DirectoryUnavailable);
});

test('a name full of signs is found as what it is', async () => {
  const person = await openActiveDirectory(options()).authenticate('odd(name)', PASSWORD);
  assert.equal(person.login, 'odd(name)');
});

test('what the domain finds by another spelling is somebody else here', async () => {
  const directory = openActiveDirectory(options());
  assert.equal((await directory.authenticate('Two Words', PASSWORD)).login, 'two words');
  // Each spelling would be counted as an account of its own when passwords are guessed.
  for (const login of ['two  words', 'two \u00a0words', 'two   words'])
    await assert.rejects(directory.authenticate(login, PASSWORD), DirectoryRefusal, login);
  assert.equal(await directory.lookUp('two  words'), null);
});

test('looking up: who was disabled, removed or has no group any more is nobody', async () => {
  await using other = await domain.startController();
  const directory = openActiveDirectory(options({ controllers: [other] }));
  for (const login of ['leaving', 'removed', 'lead']) {
    assert.equal((await directory.lookUp(login))?.login, login);
  }
  await other.administer('user', 'disable', 'leaving');
  await other.administer('user', 'delete', 'removed');
  await other.administer('group', 'removemembers', 'Service-Europe', 'lead');
  assert.equal(await directory.lookUp('leaving'), null);
  assert.equal(await directory.lookUp('removed'), null);
  assert.deepEqual((await directory.lookUp('lead'))?.roles, ['lead']);
  await other.administer('group', 'removemembers', 'Service-Leads', 'lead');
  assert.equal(await directory.lookUp('lead'), null);
});

test('of several controllers one may die, hang or be another; with none, nobody comes in', async () => {
  const second = await domain.startController();
  const hanging = net.createServer(() => undefined).listen(0, '127.0.0.1');
  await once(hanging, 'listening');
  const { port } = hanging.address() as net.AddressInfo;
  const skipped: number[] = [];
  const directory = openActiveDirectory(
    options({
      controllers: [{ host: '127.0.0.1', port }, second, controller],
      timeoutMs: 1_000,
      onUnavailable: (each) => skipped.push(each.port),
    }),
  );
  try {
    assert.equal((await directory.authenticate('member', PASSWORD)).login, 'member');
    assert.deepEqual(skipped, [port]);
    await second.kill();
    assert.equal((await directory.authenticate('member', PASSWORD)).login, 'member');
    // The one that answered is asked first from then on.
    const before = skipped.length;
    assert.equal((await directory.authenticate('member', PASSWORD)).login, 'member');
    assert.equal(skipped.length, before);
  } finally {
    hanging.close();
  }
  const gone = openActiveDirectory(options({ controllers: [second], timeoutMs: 1_000 }));
  await assert.rejects(gone.authenticate('member', PASSWORD), DirectoryUnavailable);
  await assert.rejects(gone.lookUp('member'), DirectoryUnavailable);
});

test('a controller under another authority or name, and a refused bind account, are no directory', async () => {
  const foreign = await provisionAuthorityOnly();
  const { port } = controller;
  for (const changes of [
    { authorities: foreign },
    { controllers: [{ host: 'localhost', port }] },
    { bindPassword: new Secret('not it') },
    { searchBase: 'DC=elsewhere,DC=test' },
  ]) {
    const directory = openActiveDirectory(options({ timeoutMs: 2_000, ...changes }));
    await assert.rejects(directory.authenticate('member', PASSWORD), DirectoryUnavailable);
  }
});

/** A root that has certified nothing here. */
async function provisionAuthorityOnly(): Promise<string> {
  const { rootCertificates } = await import('node:tls');
  return rootCertificates[0] ?? '';
}
