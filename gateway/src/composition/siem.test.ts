/**
 * Goal: a configured gateway forwards what happens in it, says to administrators and auditors how far it is, and to a terminal; it
 * runs, and says so, while the collector is away.
 * Method: a whole demo gateway, Debian's rsyslog, people of different roles at their consoles.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Rsyslog } from '../siem/testing/rsyslog.ts';
import { factsOf, newTestGateway } from './testing/gateway-harness.ts';
import { PLANTED, openCase, resolveCase } from './testing/session-script.ts';

interface ShownSiem {
  readonly confirmed: number;
  readonly size: number;
  readonly trouble: string | null;
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await isSo()) return;
    await delay(50);
  }
  assert.fail(`it never came to ${what}`);
}

test('what happens in a gateway reaches its SIEM, without a word of a patient; who may know sees how far', async () => {
  await using rsyslog = await Rsyslog.make();
  const { authorities, certificate, key } = rsyslog.files;
  const siem = {
    host: '127.0.0.1',
    port: rsyslog.port,
    serverName: 'localhost',
    authoritiesFile: authorities,
    certificateFile: certificate,
    keyFile: key,
    site: 'Service Centre',
  };
  await using gateway = await newTestGateway({}, null, 'off-demo', 'off', { siem });
  const [tara, ada, ines] = [
    await gateway.signedIn('tara'),
    await gateway.signedIn('ada'),
    await gateway.signedIn('ines'),
  ];
  const shownTo = async (who: typeof ada): Promise<ShownSiem | null> =>
    (await who.ask('GET', '/api/desk')).body['siem'] as ShownSiem | null;
  await until('trouble', async () => (await shownTo(ada))?.trouble === 'collector-unreachable');
  assert.equal(await shownTo(tara), null);

  // The collector is away, and the work goes on.
  await gateway.enrolCart();
  const serviceCase = await openCase(tara);
  assert.equal((await resolveCase(tara, serviceCase)).status, 200);
  await rsyslog.start();
  await until('everything to be confirmed', async () => {
    const shown = await shownTo(ada);
    return shown !== null && shown.trouble === null && shown.confirmed === shown.size;
  });
  const told = (await gateway.running.administer({ act: 'siem-status' })) as { siem: ShownSiem };
  assert.equal(told.siem.trouble, null);
  assert.ok(((await shownTo(ines))?.confirmed ?? 0) > 0);

  const messages = rsyslog.messages();
  const facts = await factsOf(gateway.running);
  const kinds = new Set(messages.map(({ structured }) => structured['ledger@32473']?.['kind']));
  for (const { kind } of facts.slice(0, told.siem.confirmed)) assert.ok(kinds.has(kind), kind);
  for (const { message, hostname } of messages) {
    assert.equal(hostname, 'localhost');
    assert.ok(message.includes('AuditEnterpriseSiteID="Service Centre"'));
    for (const planted of Object.values(PLANTED)) assert.equal(message.includes(planted), false);
  }
});
