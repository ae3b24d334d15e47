/** Test support: the beginning of a handshake, for those that go no further. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:tls';
import { EST_ALPN } from '@chaperone/protocol/est/est.ts';

/** Gives the first bytes that a cart sends on the enrolment road. */
export async function clientHello(serverName: string): Promise<Buffer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const dialling = connect({
    ...{ host: '127.0.0.1', port, servername: serverName, ALPNProtocols: [EST_ALPN] },
  });
  dialling.on('error', () => undefined);
  const [socket] = (await once(server, 'connection')) as [Socket];
  const [hello] = (await once(socket, 'data')) as [Buffer];
  dialling.destroy();
  socket.destroy();
  server.close();
  return hello;
}
