/**
 * A program for a namespace: one validation of the road from there. Takes its settings as one line of JSON (argument 1), prints
 * a step a line, as it is done.
 */
import { loadIdentity } from '@chaperone/cart/licence/licence.ts';
import type { LinkSight } from '@chaperone/cart/validation/validation.ts';
import { validate } from '@chaperone/cart/validation/validation.ts';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';

export interface ValidationHere {
  readonly host: string;
  readonly port: number;
  readonly serverName: string;
  readonly proxy: ProxySettings;
  /** A cart's data directory; null: it is not enrolled. */
  readonly cart: string | null;
  readonly rootFingerprint: string | null;
  readonly idleSeconds: number;
  readonly measureMs: number;
  /** How far the cart's clock is ahead. */
  readonly clockAheadMs: number;
  /** What a network service says; the kernel alone is asked where it is absent. */
  readonly sights?: readonly LinkSight[];
}

const given = JSON.parse(process.argv[2] ?? '') as ValidationHere;
const { sights } = given;
await validate(
  {
    road: {
      gateway: { host: given.host, port: given.port, serverName: given.serverName },
      proxy: given.proxy,
    },
    identity: given.cart === null ? null : await loadIdentity(given.cart),
    rootFingerprint: given.rootFingerprint,
    idleSeconds: given.idleSeconds,
    measureMs: given.measureMs,
    utcMs: () => Date.now() + given.clockAheadMs,
    ...(sights === undefined ? {} : { links: async () => sights }),
  },
  (report) => console.log(JSON.stringify(report)),
  new AbortController().signal,
);
// Nothing of a validation outlives it; what a broken network still holds open is not waited for.
process.exit();
