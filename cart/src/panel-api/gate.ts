/**
 * Decides whether a request to the loopback listener can come from the operator's panel.
 *
 * | check | against |
 * |---|---|
 * | Host is the listener's own address | a page whose name was made to point to 127.0.0.1 (DNS rebinding) |
 * | Sec-Fetch-Site, if sent, is same-origin (or none, for the page itself) | any other page in a browser |
 * | Origin of a POST is the listener's own | any other page, and requests without one |
 * | credential on everything but the built pages | other programs and accounts on the cart |
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { PanelCredential } from './credential.ts';
import { PanelCredentialRefused, PanelHostRefused, PanelOriginRefused } from './panel-refused.ts';

export interface GateOptions {
  readonly credential: PanelCredential;
  /** Such as `127.0.0.1:8700`; known once the listener has its port. */
  readonly host: () => string;
}

export interface Knock {
  readonly method: string;
  /** Whether what was matched (not what was written: escapes are decoded on the way) is one of the built pages. */
  readonly isPage: boolean;
  readonly headers: IncomingHttpHeaders;
}

/** Lets a request pass. @throws PanelHostRefused, PanelOriginRefused, PanelCredentialRefused */
export function admitToPanel({ method, isPage, headers }: Knock, options: GateOptions): void {
  const host = options.host();
  if (headers.host !== host) throw new PanelHostRefused('The request names another host.');
  const site = headers['sec-fetch-site'];
  const isOwnPage = site === undefined || site === 'same-origin' || (site === 'none' && isPage);
  if (!isOwnPage) throw new PanelOriginRefused('The request comes from another page.');
  const { origin } = headers;
  const isForeign = origin !== undefined && origin !== `http://${host}`;
  if (isForeign || (method !== 'GET' && origin === undefined)) {
    throw new PanelOriginRefused('The request comes from another page.');
  }
  if (!isPage && !options.credential.isIn(headers.authorization)) {
    throw new PanelCredentialRefused('This is not the panel that this agent started.');
  }
}
