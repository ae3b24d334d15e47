/** Requests that have no meaning, and what each is answered with. */
import { gzipSync } from 'node:zlib';
import type { ProblemCode } from '@chaperone/cart/platform/problem-table.ts';
import { TEST_CASE } from '@chaperone/cart/platform/testing/licensed-workstation.ts';
import type { Asked } from '@chaperone/cart/platform/testing/scripted-desk.ts';

export interface Abuse {
  readonly name: string;
  readonly operation: string;
  readonly code: ProblemCode;
  readonly method: string;
  readonly target: string;
  readonly asked?: Asked;
}

const JSON_OFFER = JSON.stringify({ case: TEST_CASE, requests: [] });

function badOffer(name: string, asked: Asked, code: ProblemCode = 'REQUEST_MALFORMED'): Abuse {
  return { name, operation: 'PUT offer', code, method: 'PUT', target: '/v1/offer', asked };
}

function unknown(method: string, target: string): Abuse {
  return {
    name: `unknown: ${method} ${target}`,
    operation: 'unknown',
    code: 'ROUTE_NOT_FOUND',
    method,
    target,
    asked: method === 'POST' ? { body: {} } : {},
  };
}

export const ABUSES: readonly Abuse[] = [
  badOffer('a body of 65 KiB', { body: Buffer.alloc(65 * 1024, ' ') }, 'REQUEST_TOO_LARGE'),
  badOffer('a body of 8 MB', { body: Buffer.alloc(8_000_000, ' ') }, 'REQUEST_TOO_LARGE'),
  badOffer('no body', { body: '' }),
  badOffer('a body that is not JSON', { body: '<case/>' }),
  badOffer('a body that is not UTF-8', { body: Buffer.from([0x22, 0xff, 0x22]) }),
  badOffer('a compressed body', {
    body: gzipSync(JSON_OFFER),
    headers: { 'content-encoding': 'gzip' },
  }),
  badOffer('sixty thousand brackets', { body: '['.repeat(60_000) }),
  badOffer('a list instead of an object', { body: '[]' }),
  badOffer('a member that nobody knows', { body: { case: null, requests: [], more: true } }),
  badOffer('a member named __proto__', {
    body: '{"case":null,"requests":[],"__proto__":{"isAdmin":true}}',
  }),
  badOffer('a thousand requests in one offer', {
    body: { case: TEST_CASE, requests: Array.from({ length: 1000 }, () => 'a.b.c') },
  }),
  badOffer('nine requests in one offer', {
    body: { case: TEST_CASE, requests: Array.from({ length: 9 }, () => 'a.b.c') },
  }),
  badOffer('a request of 17 KiB', {
    body: { case: TEST_CASE, requests: [`a.${'b'.repeat(17 * 1024)}.c`] },
  }),
  badOffer('a case that is no case', {
    body: { case: { id: 'case-../..', number: '1', facility: 'F' }, requests: [] },
  }),
  badOffer('a facility of 10,000 characters', {
    body: { case: { ...TEST_CASE, facility: 'F'.repeat(10_000) }, requests: [] },
  }),
  badOffer(
    'a body of text',
    { body: JSON_OFFER, headers: { 'content-type': 'text/plain' } },
    'MEDIA_TYPE_UNSUPPORTED',
  ),
  badOffer(
    'a body of a form',
    { body: JSON_OFFER, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    'MEDIA_TYPE_UNSUPPORTED',
  ),
  unknown('GET', '/'),
  unknown('GET', '/v2/hello'),
  unknown('GET', '/v1/hello/'),
  unknown('GET', '//v1/hello'),
  unknown('GET', '/v1/../v1/hello'),
  unknown('GET', '/v1/%68ello'),
  unknown('PUT', '/v1/hello'),
  unknown('TRACE', '/v1/hello'),
  unknown('OPTIONS', '*'),
  unknown('POST', '/v1/press'),
  unknown('POST', '/v1/notice/accept'),
  unknown('POST', '/v1/consent'),
  unknown('POST', '/v1/session/pause'),
  unknown('POST', '/api/press'),
  unknown('POST', '/api/consent'),
  unknown('GET', '/api/views'),
  unknown('GET', '/v1/content/../../etc'),
  unknown('CONNECT', 'shell'),
  unknown('CONNECT', '127.0.0.1:22'),
  unknown('CONNECT', 'SCREEN'),
  {
    name: "an end in the operator's name",
    operation: 'POST session/end',
    code: 'REQUEST_MALFORMED',
    method: 'POST',
    target: '/v1/session/end',
    asked: { body: { reason: 'operator-ended' } },
  },
  {
    name: 'a journal from nowhere',
    operation: 'GET journal',
    code: 'REQUEST_MALFORMED',
    method: 'GET',
    target: '/v1/journal?from=1e9',
  },
  {
    name: 'a journal from two places',
    operation: 'GET journal',
    code: 'REQUEST_MALFORMED',
    method: 'GET',
    target: '/v1/journal?from=1&from=2',
  },
];
