/**
 * Which names a browser may use for the console, and whose pages may change something.
 *
 * Every request must name the console as its host: a name that an attacker points at this address (DNS rebinding) is
 * refused. What changes state, and every WebSocket, must also come from a page of the console (CSRF); the cookie is
 * SameSite=Strict besides.
 */
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import type { RelyingParty } from '../second-factor/second-factor.ts';
import { OriginRefused } from './console-error.ts';

export class Origins {
  readonly #hosts: ReadonlySet<string>;
  readonly #scheme: 'http' | 'https';

  constructor(scheme: 'http' | 'https', names: readonly string[], port: number) {
    this.#scheme = scheme;
    const isDefault = port === (scheme === 'https' ? 443 : 80);
    const hosts = names.map((name) => (isIPv6(name) ? `[${name}]` : name));
    this.#hosts = new Set([...hosts.map((host) => `${host}:${port}`), ...(isDefault ? hosts : [])]);
  }

  /** The WebSocket addresses that pages may connect to. */
  get webSocketOrigins(): readonly string[] {
    return [...this.#hosts].map((host) => `${this.#scheme === 'https' ? 'wss' : 'ws'}://${host}`);
  }

  /** The console as this browser names it, for passkeys; its host was admitted. */
  relyingParty(request: IncomingMessage): RelyingParty {
    const { protocol, host, hostname } = new URL(
      `${this.#scheme}://${(request.headers.host ?? '').toLowerCase()}`,
    );
    return { id: hostname, origin: `${protocol}//${host}` };
  }

  /** @throws OriginRefused */
  admitHost(request: IncomingMessage): void {
    if (!this.#hosts.has((request.headers.host ?? '').toLowerCase())) throw new OriginRefused();
  }

  /** @throws OriginRefused unless a page of the console asks */
  admitOrigin(request: IncomingMessage): void {
    const expected = `${this.#scheme}://${(request.headers.host ?? '').toLowerCase()}`;
    if (request.headers.origin !== expected) throw new OriginRefused();
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin') throw new OriginRefused();
  }
}
