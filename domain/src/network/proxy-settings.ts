/** How the cart gets out of the hospital's network: directly, or through an HTTP proxy that is asked to CONNECT (RFC 9110 §9.3.6). */

export interface ProxyCredentials {
  readonly name: string;
  /** Secret. */
  readonly password: string;
}

export type ProxySettings =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'manual';
      readonly host: string;
      readonly port: number;
      /** For Basic (RFC 7617) or Digest (RFC 7616), as the proxy asks; null: none. */
      readonly credentials: ProxyCredentials | null;
    }
  | {
      readonly kind: 'pac';
      /** `http:` or `https:`; the file says which proxy is for which address. */
      readonly url: string;
      readonly credentials: ProxyCredentials | null;
    };

/** Gives where a proxy is, without what is secret; null: there is none. */
export function proxyAddressOf(proxy: ProxySettings): string | null {
  if (proxy.kind === 'none') return null;
  return proxy.kind === 'pac' ? proxy.url : `${proxy.host}:${proxy.port}`;
}
