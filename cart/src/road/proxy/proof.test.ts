// Goal: a proof is what RFC 7616 and 7617 say it is, for every algorithm, and what is not known gives none. Method: the examples of
// the RFCs (that for SHA-512/256 as its erratum 4897 corrects it), and lists of challenges that are wrong in some way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readChallenges } from './challenge.ts';
import { isStale, makeProof } from './proof.ts';

const MUFASA = { name: 'Mufasa', password: 'Circle of Life' };
const JASON = { name: 'Jäsøn Doe', password: 'Secret, or not?' };
const REALM = 'realm="http-auth@example.org", qop="auth, auth-int"';
const NONCE =
  'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const CNONCE = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';
const ASKED = { method: 'GET', target: '/dir/index.html' };

function proofOf(field: string, credentials = MUFASA, asked = ASKED, cnonce = CNONCE) {
  return makeProof(readChallenges(field), credentials, asked, cnonce);
}

test('RFC 7616 section 3.9.1: MD5 and SHA-256; the stronger one is chosen', () => {
  const md5 = `Digest ${REALM}, algorithm=MD5, ${NONCE}`;
  const sha256 = `Digest ${REALM}, algorithm=SHA-256, ${NONCE}`;
  assert.match(proofOf(md5)?.field ?? '', /response="8ca523f5e9506fed4657c9700eebdbec"/);
  const both = proofOf(`${md5}, ${sha256}`)?.field ?? '';
  assert.match(both, /response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"/);
  assert.match(both, /^Digest username="Mufasa", realm="http-auth@example\.org", /);
  assert.match(both, /uri="\/dir\/index\.html", algorithm=SHA-256, /);
  assert.match(both, /qop=auth, nc=00000001$/);
});

test('RFC 7616 section 3.9.2: SHA-512/256 with a hashed name beyond ASCII', () => {
  const field = [
    'Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256',
    'nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK"',
    'opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true',
  ].join(', ');
  const asked = { method: 'GET', target: '/doe.json' };
  const proof =
    proofOf(field, JASON, asked, 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v')?.field ?? '';
  assert.match(
    proof,
    /username="793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"/,
  );
  assert.match(
    proof,
    /response="3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"/,
  );
  assert.match(proof, /userhash=true$/);
  const open = proofOf(field.replace(', userhash=true', ''), JASON, asked)?.field ?? '';
  assert.match(open, /username\*=UTF-8''J%C3%A4s%C3%B8n%20Doe,/);
});

test('RFC 2069: without qop, as old proxies ask; RFC 7617: Basic as UTF-8', () => {
  // The example of RFC 2069 section 2.4, as its erratum 749 corrects it.
  const old =
    'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"';
  const proof = proofOf(old, { name: 'Mufasa', password: 'CircleOfLife' })?.field ?? '';
  assert.match(proof, /response="1949323746fe6a43ef61f9606e7febea"/);
  assert.doesNotMatch(proof, /cnonce|qop|nc=/);
  const basic = proofOf('Basic realm="foo", charset="UTF-8"', { name: 'test', password: '123£' });
  assert.equal(basic?.field, 'Basic dGVzdDoxMjPCow==');
});

test('lists of challenges as servers write them', () => {
  const schemes = (field: string): readonly string[] =>
    readChallenges(field).map(({ scheme }) => scheme);
  assert.deepEqual(schemes('Negotiate, NTLM, Basic realm="a, b = c"'), [
    'negotiate',
    'ntlm',
    'basic',
  ]);
  assert.deepEqual(schemes('Negotiate YWJj==, Basic realm=x , ,Digest a="\\"" '), [
    'negotiate',
    'basic',
    'digest',
  ]);
  assert.deepEqual(schemes('Basic realm="never closed, Digest nonce="x"'), ['basic']);
  assert.deepEqual(schemes(''), []);
  assert.equal(readChallenges('Digest REALM="a\\"b"')[0]?.parameters.get('realm'), 'a"b');
  assert.equal(readChallenges('Digest realm=a, realm=b')[0]?.parameters.size, 0);
  assert.equal(isStale(readChallenges('Digest nonce="x", stale=TRUE')), true);
  assert.equal(isStale(readChallenges('Basic stale=true')), false);
});

test('what is not known gives no proof', () => {
  for (const field of [
    '',
    'Negotiate',
    'Digest realm="r"',
    'Digest nonce="n"',
    'Digest realm="r", nonce="n", algorithm=SHA-3',
    'Digest realm="r", nonce="n", qop="auth-int"',
  ]) {
    assert.equal(proofOf(field), null, field);
  }
});

test('whatever a proxy writes, reading it ends, and a proof is one line', () => {
  const piece = fc.constantFrom(
    'Digest ',
    'Basic ',
    'realm=',
    '"',
    '\\',
    ',',
    '=',
    ' ',
    'nonce="n"',
    'ü',
    'a',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const proof = proofOf(pieces.join(''));
      assert.doesNotMatch(proof?.field ?? '', /[\r\n\0]/);
    }),
  );
});
