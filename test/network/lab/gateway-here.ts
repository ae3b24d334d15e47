/**
 * A program for a namespace: a whole gateway, carts that are enrolled with it, and beside it a server with a certificate of the
 * same root and the wrong name. Prints one line of JSON when it is ready, and runs until it is ended.
 *
 * | argument | |
 * |---|---|
 * | 1 | directory for the carts' data |
 * | 2 | how many carts |
 */
import { once } from 'node:events';
import { createServer as createPageServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createServer } from 'node:tls';
import { EnrolmentUnreachable, enrol } from '@chaperone/cart/licence/licence.ts';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { newTestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { CART_ALPN } from '@chaperone/protocol/cart-api/version.ts';
import { EST_ALPN } from '@chaperone/protocol/est/est.ts';

export interface GatewayHere {
  readonly edgePort: number;
  readonly misnamedPort: number;
  /** Data directories of enrolled carts. */
  readonly carts: readonly string[];
  /** The same of a cart that was retired after it was enrolled. */
  readonly retired: string;
  /** Of carts whose licence has ended, ends within days, and was retired without the cart. */
  readonly expired: string;
  readonly ending: string;
  readonly unlicensed: string;
  readonly oldPort: number;
  /** SHA-256, hexadecimal. */
  readonly rootFingerprint: string;
}

const EXPIRES_MS = 4000;
const AGAIN_MS = 250;
const TRIES_MAX = 40;
const DAY_MS = 86_400_000;
const [, , folder = '', count = '1'] = process.argv;
await using gateway = await newTestGateway();
const { running } = gateway;
const { authority } = running;
const { fingerprints } = authority.facts;
const { port } = running.edgeAddress;

async function enrolled(serial: string, validUntilUtcMs?: number): Promise<string> {
  const plate = parseCartSerial(serial);
  const { code } = await authority.issueCartLicence(plate, {
    by: 'lab',
    ...(validUntilUtcMs === undefined ? {} : { validUntilUtcMs }),
  });
  const directory = path.join(folder, serial);
  const options = {
    directory,
    gateway: { host: '127.0.0.1', port, serverName: 'localhost' },
    proxy: { kind: 'none' as const },
    serial,
    licenceCode: code,
    rootFingerprint: fingerprints.cart,
    signal: new AbortController().signal,
  };
  // The edge lets one address make so many handshakes a second, and all of these come from one: what was refused is done again.
  for (let tries = 0; ; tries += 1) {
    try {
      await enrol(options);
      return directory;
    } catch (fault) {
      if (!(fault instanceof EnrolmentUnreachable) || tries === TRIES_MAX) throw fault;
      await pause(AGAIN_MS);
    }
  }
}

const carts: string[] = [];
for (let index = 0; index < Number(count); index += 1)
  carts.push(await enrolled(`US-${1000 + index}`));
const retired = await enrolled('US-RETIRED');
await authority.retireCart(parseCartSerial('US-RETIRED'));

// Enrolled at the last moment: by the time that somebody validates with it, it is over.
const expired = await enrolled('US-EXPIRED', Date.now() + EXPIRES_MS);
const ending = await enrolled('US-ENDING', Date.now() + 10 * DAY_MS);
const unlicensed = await enrolled('US-UNLICENSED');
const [licence] = await authority.licences();
if (licence !== undefined) await authority.retireLicence(licence.id);

// A gateway of the time before carts were commissioned.
const old = createPageServer(authority.tunnelServerOptions([EST_ALPN]), (_request, response) => {
  response.writeHead(404).end();
});
old.listen(0, '127.0.0.1');
await once(old, 'listening');

// It asks nobody for a name, as a server behind a wrong address would not.
const misnamed = createServer(authority.tunnelServerOptions([EST_ALPN, CART_ALPN]), (socket) => {
  socket.on('error', () => socket.destroy());
});
misnamed.listen(0, '127.0.0.1');
await once(misnamed, 'listening');

const here: GatewayHere = {
  edgePort: port,
  misnamedPort: (misnamed.address() as AddressInfo).port,
  carts,
  retired,
  expired,
  ending,
  unlicensed,
  oldPort: (old.address() as AddressInfo).port,
  rootFingerprint: fingerprints.cart,
};
console.log(JSON.stringify(here));
await once(process, 'SIGTERM');
misnamed.close();
old.close();
