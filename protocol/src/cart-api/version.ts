/** Names and numbers that both ends of the tunnel share. Normative text: docs/protocol.md. */

/** ALPN name of a cart's tunnel connection. */
export const CART_ALPN = 'chaperone-cart/1';
/** The versions that this code speaks, at either end. A desk uses what a cart of version 1 does not know only with one that says 2. */
export const PROTOCOL_VERSIONS = { min: 1, max: 4 } as const;
/** From here on: blocks and folders of files, and what waits and is held (docs/protocol.md, "Blocks"). */
export const BLOCKS_SINCE_VERSION = 2;
/** From here on: what is covered on the screen, and asking for it (docs/protocol.md, "Masks"). */
export const MASKS_SINCE_VERSION = 3;
/** From here on: what holds input and screen off, in the view; and heartbeats on the screen's stream (docs/protocol.md, "Clinical interlock"). */
export const HOLDS_SINCE_VERSION = 4;
/** Of a desk that does not say its version: the last one in which none did. */
export const UNSAID_VERSION = 3;
/** From here on: an offer says whether the screen is recorded (docs/protocol.md, "Recording"). */
export const RECORDING_TOLD_SINCE_VERSION = 4;
/** From here on: a second technician who watches (docs/protocol.md, "Watching"). */
export const WATCHING_SINCE_VERSION = 4;

/** In the request for hello: the highest version that the desk speaks, from version 4 on. */
export const PROTOCOL_HEADER = 'chaperone-protocol';
export const GRANT_HEADER = 'chaperone-grant';
export const TRANSFER_HEADER = 'chaperone-transfer';
/** The size of a block in bytes: asks for, and announces, the digests of the blocks before the first byte. */
export const BLOCKS_HEADER = 'chaperone-blocks';
/** What an answer is that begins with digests of blocks. */
export const BLOCKS_MEDIA_TYPE = 'application/vnd.chaperone.blocks';
/** `yes` where the cart gives what it has de-identified, with a report under `/v1/deidentification/{transfer}`. */
export const DEIDENTIFIED_HEADER = 'chaperone-deidentified';
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
