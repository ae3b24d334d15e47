/** Tells this machine's own addresses from all others; the demo and connections without TLS depend on it. */

const IPV4_LOOPBACK = /^127(?:\.(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])){3}$/;

/** Tells whether an address that one listens on or dials means this machine only. RFC 1122 §3.2.1.3, RFC 4291 §2.5.3. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || IPV4_LOOPBACK.test(host);
}

/** Tells whether a name can only lead to this machine; `.localhost` is reserved for that. RFC 6761 §6.3. */
export function isLoopbackName(name: string): boolean {
  return isLoopbackHost(name) || name.endsWith('.localhost');
}
