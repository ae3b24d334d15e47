/** Test support: one EST request, on which everything is verified. */
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { text as readAll } from 'node:stream/consumers';
import { encodeESTBody } from '@chaperone/protocol/est/est.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import type { Authority } from '../contract.ts';

export interface AskedEST {
  /** Below `/.well-known/est/`; `simpleenroll` unless given. */
  readonly path?: string;
  /** PEM of the root to believe; the authority's own unless given. */
  readonly root?: string;
  readonly credentials?: string;
  /** PKCS#10; makes it a POST. */
  readonly request?: Uint8Array;
  readonly shown?: { readonly privateKey: KeyObject; readonly certificate: Uint8Array };
}

/** Asks, and gives status, body and the code of a problem. */
export async function askEST(authority: Authority, port: number, asked: AskedEST) {
  const { path = 'simpleenroll', root, credentials, request: wanted, shown } = asked;
  const request = httpsRequest({
    host: '127.0.0.1',
    port,
    servername: 'gateway.test',
    ca: root ?? authority.publicRoots.cartRootPEM,
    agent: false,
    path: `/.well-known/est/${path}`,
    method: wanted === undefined ? 'GET' : 'POST',
    headers: wanted === undefined ? {} : { 'content-type': 'application/pkcs10' },
    ...(credentials === undefined ? {} : { auth: credentials }),
    ...(shown === undefined
      ? {}
      : {
          key: shown.privateKey.export({ type: 'pkcs8', format: 'pem' }),
          cert: encodePEM('CERTIFICATE', shown.certificate),
        }),
  });
  request.end(wanted === undefined ? undefined : encodeESTBody(wanted));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const text = await readAll(response);
  const isProblem = response.headers['content-type'] === 'application/problem+json';
  const code = isProblem ? (JSON.parse(text) as { readonly code: string }).code : null;
  return { status: response.statusCode ?? 0, text, code };
}
