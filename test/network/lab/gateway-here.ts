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
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createServer } from 'node:tls';
import { enrol } from '@chaperone/cart/licence/licence.ts';
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
  /** SHA-256, hexadecimal. */
  readonly rootFingerprint: string;
}

const [, , folder = '', count = '1'] = process.argv;
await using gateway = await newTestGateway();
const { running } = gateway;
const { authority } = running;
const { fingerprints } = authority.facts;
const { port } = running.edgeAddress;

async function enrolled(serial: string): Promise<string> {
  const plate = parseCartSerial(serial);
  const { code } = await authority.issueCartLicence(plate, { by: 'lab' });
  const directory = path.join(folder, serial);
  await enrol({
    directory,
    gateway: { host: '127.0.0.1', port, serverName: 'localhost' },
    proxy: { kind: 'none' },
    serial,
    licenceCode: code,
    rootFingerprint: fingerprints.cart,
    signal: new AbortController().signal,
  });
  return directory;
}

const carts: string[] = [];
for (let index = 0; index < Number(count); index += 1)
  carts.push(await enrolled(`US-${1000 + index}`));
const retired = await enrolled('US-RETIRED');
await authority.retireCart(parseCartSerial('US-RETIRED'));

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
  rootFingerprint: fingerprints.cart,
};
console.log(JSON.stringify(here));
await once(process, 'SIGTERM');
misnamed.close();
