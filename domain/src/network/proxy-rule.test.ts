// Goal: a place of the gateway or a proxy that could not work is refused beside the field that is wrong, with a sentence that says what
// to type; what may work passes. No password is repeated. Method: tables of what people type, and properties over all texts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { refusedGateway } from './gateway-rule.ts';
import { refusedProxy } from './proxy-rule.ts';
import type { ProxySettings } from './proxy-settings.ts';

const GATEWAY = { host: 'gateway.example.com', port: 443, serverName: 'gateway.example.com' };

test('names and addresses of gateways as they are', () => {
  for (const host of ['gateway.example.com', 'GW-1', '192.0.2.7', 'a_b.example', '1st.example']) {
    assert.deepEqual(refusedGateway({ ...GATEWAY, host }), [], host);
  }
});

const WRONG_HOSTS: readonly [string, RegExp][] = [
  ['', /^Type a name/],
  ['  ', /^Type a name/],
  ['https://gateway.example.com', /without "http/],
  ['gateway.example.com:443', /its own field/],
  ['192.0.2', /not complete/],
  ['192.0.2.256', /out of range/],
  ['192.0.2.010', /out of range/],
  ['2001:db8::1', /IPv6/],
  ['gateway example', /letters, digits/],
  ['gateway..example', /letters, digits/],
  ['-gateway.example', /letters, digits/],
  [`${'a'.repeat(64)}.example`, /letters, digits/],
  [`${'a.'.repeat(130)}example`, /letters, digits/],
];
for (const [host, words] of WRONG_HOSTS) {
  test(`a gateway or proxy at "${host.slice(0, 30)}" is refused with its reason`, () => {
    const [refused, ...others] = refusedGateway({ ...GATEWAY, host });
    assert.deepEqual([refused?.field, refused?.code, others], ['host', 'HOST_MALFORMED', []]);
    assert.match(refused?.message ?? '', words);
    const manual = { kind: 'manual', host, port: 8080, credentials: null } as const;
    assert.deepEqual(refusedProxy(manual), [refused]);
  });
}

test('ports and names in certificates', () => {
  for (const port of [0, -1, 65_536, 1.5, Number.NaN]) {
    assert.deepEqual(
      refusedGateway({ ...GATEWAY, port }).map(({ field, code }) => [field, code]),
      [['port', 'PORT_MALFORMED']],
    );
  }
  for (const serverName of ['', '192.0.2.7', '*.example.com', 'a_b.example', 'x y']) {
    assert.deepEqual(
      refusedGateway({ ...GATEWAY, serverName }).map(({ code }) => code),
      ['SERVER_NAME_MALFORMED'],
      serverName,
    );
  }
  const all = refusedGateway({ host: '', port: 0, serverName: '' }).map(({ field }) => field);
  assert.deepEqual(all, ['host', 'port', 'serverName']);
});

test('addresses of PAC files', () => {
  const pac = (url: string): ProxySettings => ({ kind: 'pac', url, credentials: null });
  for (const url of [
    'http://wpad/wpad.dat',
    'https://proxy.example.com:8443/proxy.pac?site=7#x',
    'HTTP://192.0.2.1',
  ]) {
    assert.deepEqual(refusedProxy(pac(url)), [], url);
  }
  const wrong: readonly [string, RegExp][] = [
    ['', /whole address/],
    ['proxy.pac', /whole address/],
    ['ftp://proxy.example.com/proxy.pac', /whole address/],
    ['file:///etc/proxy.pac', /whole address/],
    ['http://', /Type a name/],
    ['http://proxy.example.com/a b', /whole address/],
    ['http://cart:secret@proxy.example.com/', /without a name and a password/],
    ['http://proxy.example.com:99999/', /65535/],
    [`http://proxy.example.com/${'x'.repeat(2000)}`, /whole address/],
  ];
  for (const [url, words] of wrong) {
    const [refused, ...others] = refusedProxy(pac(url));
    assert.deepEqual([refused?.code, refused?.field, others], ['PAC_URL_MALFORMED', 'url', []]);
    assert.match(refused?.message ?? '', words);
    assert.doesNotMatch(refused?.message ?? '', /secret/);
  }
});

test('names and passwords for a proxy', () => {
  const codes = (name: string, password: string): readonly string[] =>
    refusedProxy({
      ...{ kind: 'manual', host: 'proxy', port: 3128 },
      credentials: { name, password },
    }).map(({ code }) => code);
  assert.deepEqual(codes('HOSPITAL\\cart', 'a:b "ü" 密码'), []);
  assert.deepEqual(codes('', ''), ['PROXY_NAME_MALFORMED', 'PROXY_PASSWORD_MISSING']);
  assert.deepEqual(codes('a:b', 'x'), ['PROXY_NAME_MALFORMED']);
  assert.deepEqual(codes('a\r\nX: y', 'x\ny'), ['PROXY_NAME_MALFORMED', 'PROXY_PASSWORD_MISSING']);
});

test('whatever is typed, the answer is a list, and nothing that passes could break a request', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer(), fc.string(), (text, port, name) => {
      const credentials = { name, password: text };
      const manual: ProxySettings = { kind: 'manual', host: text, port, credentials };
      if (refusedProxy(manual).length === 0) {
        assert.match(`${text}:${port}`, /^[A-Za-z0-9._-]+:\d+$/);
        assert.doesNotMatch(`${name}${text}`, /[\r\n]/);
      }
      const pac: ProxySettings = { kind: 'pac', url: `http://${text}`, credentials: null };
      if (refusedProxy(pac).length === 0) assert.ok(URL.canParse(`http://${text}`), text);
    }),
  );
});
