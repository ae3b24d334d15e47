/**
 * Goal: a cart's licence has terms that are signed, stand in the ledger before anybody can have them, are replaced by later ones and
 * by nothing else; and only the cart itself is told them. Method: the real authority on SQLite and PostgreSQL, with keys in files and in
 * a token of SoftHSM; EST asked over TLS by the certificate of a cart that enrolled there; a ledger that is full; a clock that is turned.
 */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { after, before, test } from 'node:test';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { LICENCE_FEATURES, parseLicenceDate } from '@chaperone/domain/licence/licence-terms.ts';
import {
  LicenceRetired,
  LicenceUnknown,
  MalformedLicence,
  newLicenceId,
} from '@chaperone/domain/licence/licence.ts';
import { readCertificatesOnly } from '@chaperone/protocol/est/certificates-only.ts';
import { decodeESTBody, encodeESTBody } from '@chaperone/protocol/est/est.ts';
import { readLicenceStatement } from '@chaperone/protocol/licence/licence-statement.ts';
import { makeCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { decodePEM, encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import { systemRandom } from '../../platform/random/random.ts';
import type { Authority } from '../contract.ts';
import { tokenKeys } from '../establishment/establishment.ts';
import { AUTHORITY_MIGRATIONS, ChainRetired } from '../registry/registry.ts';
import { newTestAuthority, serveEST } from '../testing/authority-harness.ts';
import type { TestAuthority } from '../testing/authority-harness.ts';
import { newTestTokens } from '../../platform/token/testing/softhsm.ts';
import type { TestTokens } from '../../platform/token/testing/softhsm.ts';

const by = 'admin';
const serial = parseCartSerial('US-1001');
const UNTIL = parseLicenceDate('2031-12-31', 'until');

let tokens: TestTokens;
before(() => {
  tokens = newTestTokens();
});
after(() => tokens[Symbol.dispose]());

const rootOf = (authority: Authority): Uint8Array =>
  decodePEM('CERTIFICATE', authority.publicRoots.licenceRootPEM)[0] ?? new Uint8Array();

interface EnrolledCart {
  /** Asks for the terms as this cart. */
  ask(): Promise<{ readonly status: number; readonly text: string }>;
  close(): Promise<void>;
}

/** Enrols a cart by EST, and keeps the connection's key and certificate. */
async function enrol({ authority }: TestAuthority, code: string): Promise<EnrolledCart> {
  const est = await serveEST(authority);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const answer = await exchange(authority, est.port, 'simpleenroll', {
    headers: {
      authorization: `Basic ${Buffer.from(`${serial}:${code}`).toString('base64')}`,
      'content-type': 'application/pkcs10',
    },
    body: encodeESTBody(makeCertificationRequest(serial, privateKey)),
  });
  equal(answer.status, 200, answer.text);
  const [certificate = new Uint8Array()] = readCertificatesOnly(decodeESTBody(answer.text, 65_536));
  const shown = { key: privateKey, certificate };
  return {
    ask: async () => await exchange(authority, est.port, 'chaperone/licence', { shown }),
    close: async () => await est[Symbol.asyncDispose](),
  };
}

async function exchange(
  authority: Authority,
  port: number,
  path: string,
  sent: {
    readonly headers?: Record<string, string>;
    readonly body?: string;
    readonly shown?: { readonly key: KeyObject; readonly certificate: Uint8Array };
  },
): Promise<{ readonly status: number; readonly text: string }> {
  const request = httpsRequest({
    host: '127.0.0.1',
    port,
    servername: 'gateway.test',
    ca: authority.publicRoots.cartRootPEM,
    agent: false,
    path: `/.well-known/est/${path}`,
    method: sent.body === undefined ? 'GET' : 'POST',
    headers: sent.headers ?? {},
    ...(sent.shown === undefined
      ? {}
      : {
          key: sent.shown.key.export({ type: 'pkcs8', format: 'pem' }),
          cert: encodePEM('CERTIFICATE', sent.shown.certificate),
        }),
  });
  request.end(sent.body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode ?? 0, text };
}

forEachDatabase('licences', (open) => {
  for (const kind of ['files', 'a token'] as const)
    test(`keys in ${kind}: a cart is told its terms, and later ones take their place without another key`, async () => {
      const settings = kind === 'files' ? null : tokens.add(`licence-${process.pid}-${Date.now()}`);
      await using held = await newTestAuthority(
        await open(AUTHORITY_MIGRATIONS),
        settings === null ? {} : { newKeys: () => tokenKeys(settings) },
      );
      const { authority, ledger } = held;
      const { licence, code } = await authority.issueCartLicence(serial, {
        by,
        features: ['fetch-files', 'view'],
        validUntilUtcMs: UNTIL,
        facility: ' Klinikum Süd ',
        model: 'EPIQ 7',
      });
      const cart = await enrol(held, code);
      const first = await cart.ask();
      equal(first.status, 200, first.text);
      const read = await readLicenceStatement(first.text, rootOf(authority));
      deepEqual(
        [read.id, read.number, read.serial, read.features, read.validUntilUtcMs],
        [licence.id, 1, serial, ['view', 'fetch-files'], UNTIL],
      );
      const known = await authority.cartLicence(serial);
      deepEqual([known?.terms?.facility, known?.terms?.model], ['Klinikum Süd', 'EPIQ 7']);

      const renewed = await authority.renewLicence(licence.id, { by, validUntilUtcMs: null });
      deepEqual(renewed.terms?.features, ['view', 'fetch-files'], 'features stay');
      equal(renewed.terms?.facility, 'Klinikum Süd', 'where it stands stays');
      const second = await readLicenceStatement((await cart.ask()).text, rootOf(authority));
      deepEqual([second.number, second.validUntilUtcMs], [2, null]);
      deepEqual(
        ledger.facts.flatMap((fact) => ('terms' in fact ? [[fact.kind, fact.terms] as const] : [])),
        [
          ['licence-issued', termsOf(read)],
          ['licence-renewed', termsOf(second)],
        ],
      );
      const { items } = await authority.searchLicences({
        text: '',
        offset: 0,
        count: 10,
        subjects: ['cart'],
      });
      deepEqual(
        items.map(({ terms }) => terms?.number),
        [2],
      );
      const reopened = await held.reopen();
      equal((await reopened.cartLicence(serial))?.terms?.number, 2);
      await authority.retireLicence(licence.id);
      const gone = await cart.ask();
      deepEqual([gone.status, gone.text.includes('LICENCE_RETIRED')], [403, true]);
      await rejects(
        authority.renewLicence(licence.id, { by, validUntilUtcMs: null }),
        LicenceRetired,
      );
      await cart.close();
    });

  test('without a cart’s certificate nobody is told any terms', async () => {
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS));
    await using est = await serveEST(held.authority);
    const answer = await exchange(held.authority, est.port, 'chaperone/licence', {});
    deepEqual([answer.status, /CART_REFUSED/.test(answer.text)], [403, true]);
  });

  test('nothing is renewed that the ledger cannot say, and several at once are counted one by one', async () => {
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS));
    const { authority, ledger } = held;
    const { licence } = await authority.issueCartLicence(serial, { by });
    ledger.isFull = true;
    await rejects(authority.renewLicence(licence.id, { by, validUntilUtcMs: UNTIL }), /full/);
    equal((await authority.cartLicence(serial))?.terms?.number, 1);
    ledger.isFull = false;
    const renewals = [1, 2, 3].map(
      async () => await authority.renewLicence(licence.id, { by, validUntilUtcMs: UNTIL }),
    );
    deepEqual(
      (await Promise.all(renewals)).map(({ terms }) => terms?.number),
      [2, 3, 4],
    );
  });

  test('what is asked for wrongly is refused, and nothing is issued', async () => {
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS));
    const { authority } = held;
    const wrong = [
      { features: ['control'] },
      { features: ['everything'] },
      { features: [] },
      { validUntilUtcMs: 0 },
      { validFromUtcMs: UNTIL, validUntilUtcMs: UNTIL },
      { facility: 'x'.repeat(101) },
      { model: 'EPIQ\u202E7' },
    ];
    for (const change of wrong)
      await rejects(authority.issueCartLicence(serial, { by, ...change }), MalformedLicence);
    equal((await authority.licences()).length, 0);
    const id = newLicenceId(systemRandom);
    await rejects(authority.renewLicence(id, { by, validUntilUtcMs: null }), LicenceUnknown);
    const workstation = await authority.issueWorkstationLicence('One', { by });
    equal(workstation.licence.terms, null);
    await rejects(
      authority.renewLicence(workstation.licence.id, { by, validUntilUtcMs: null }),
      MalformedLicence,
    );
    const { licence } = await authority.issueCartLicence(serial, { by });
    await authority.retireChain('cart');
    await rejects(authority.renewLicence(licence.id, { by, validUntilUtcMs: null }), ChainRetired);
  });

  test('a licence of an earlier version allows everything without an end, and says so from the next start on', async () => {
    const database = await open(AUTHORITY_MIGRATIONS);
    await using held = await newTestAuthority(database);
    const now = Date.now();
    await database
      .db<Record<string, Record<string, unknown>>>()
      .insertInto('authority_licence')
      .values({
        id: String(newLicenceId(systemRandom)),
        kind: 'cart',
        name: serial,
        code_hash: 'ab'.repeat(32),
        state: 'issued',
        issued_at: now,
        issued_by: 'before',
        expires_at: now + 1000,
        redeemed_at: null,
        key_thumbprint: null,
        retired_at: null,
      })
      .execute();
    equal((await held.authority.cartLicence(serial))?.terms, null);
    const reopened = await held.reopen();
    const { terms } = (await reopened.cartLicence(serial)) ?? {};
    deepEqual(
      [terms?.number, terms?.features, terms?.validUntilUtcMs],
      [1, LICENCE_FEATURES, null],
    );
    ok((terms?.validFromUtcMs ?? Infinity) <= now);
  });
});

function termsOf(read: Awaited<ReturnType<typeof readLicenceStatement>>) {
  const { number, features, validFromUtcMs, validUntilUtcMs } = read;
  return { number, features, validFromUtcMs, validUntilUtcMs };
}
