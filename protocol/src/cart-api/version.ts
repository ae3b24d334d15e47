/** Names and numbers that both ends of the tunnel share. Normative text: docs/protocol.md. */

/** ALPN name of a cart's tunnel connection. */
export const CART_ALPN = 'chaperone-cart/1';
export const PROTOCOL_VERSION = 1;

export const GRANT_HEADER = 'chaperone-grant';
export const TRANSFER_HEADER = 'chaperone-transfer';
/** The `:authority` of the CONNECT request that opens the screen. */
export const SCREEN_AUTHORITY = 'screen';

/** HTTP/2 windows in bytes: small where latency counts, large where only throughput does (facts in docs/protocol.md). */
export const WINDOWS = {
  interactive: { streamBytes: 256 * 1024, connectionBytes: 1024 * 1024 },
  bulk: { streamBytes: 4 * 1024 * 1024, connectionBytes: 16 * 1024 * 1024 },
} as const;

/** How soon a silent peer counts as lost, in milliseconds, and how often each end asks with an HTTP/2 PING. */
export const LIVENESS = {
  inSession: { pingEveryMs: 1000, lostAfterMs: 3000 },
  otherwise: { pingEveryMs: 5000, lostAfterMs: 15_000 },
} as const;
