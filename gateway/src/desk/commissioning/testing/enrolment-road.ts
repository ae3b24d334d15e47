/** Test support: the enrolment road with a real authority behind it, and carts that ask on it over kept connections. */
import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { readCertificatesOnly } from '@chaperone/protocol/est/certificates-only.ts';
import { EST_ALPN, decodeESTBody, encodeESTBody } from '@chaperone/protocol/est/est.ts';
import { makeCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import type { Authority } from '../../../authority/contract.ts';
import type { Enrolment } from '../../enrolment/enrolment.ts';

/** A cart's key and certificate. */
export interface CartCredentials {
  readonly serial: string;
  readonly key: KeyObject;
  /** DER. */
  readonly certificate: Uint8Array;
}

export interface Asked {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly json: Readonly<Record<string, unknown>>;
}

/** A connection that is kept between requests, as a validation keeps one. */
export class CartConnection {
  readonly socket: TLSSocket;
  /** When it is closed, whoever closed it. */
  readonly closed: Promise<void>;
  readonly #agent: Agent;

  constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1 });
    this.#agent.createConnection = () => socket;
    // A kept connection is unused for as long as its test wants, whatever the answer says about that.
    this.#agent.keepSocketAlive = () => true;
  }

  async ask(method: string, path: string, body?: Buffer | object): Promise<Asked> {
    const bytes = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const request = httpsRequest({ agent: this.#agent, host: 'gateway.test', method, path });
    request.end(bytes);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const answer = await buffer(response);
    const type = response.headers['content-type'] ?? '';
    const json: unknown = type.endsWith('json') ? JSON.parse(answer.toString()) : {};
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: answer,
      json: json as Asked['json'],
    };
  }
}

export interface EnrolmentRoad extends AsyncDisposable {
  readonly port: number;
  enrol(serial: string): Promise<CartCredentials>;
  /** Dials; without credentials as a stranger. */
  dial(shown?: Pick<CartCredentials, 'key' | 'certificate'>): Promise<CartConnection>;
}

/** Serves the road on a port of its own. */
export async function serveEnrolmentRoad(
  authority: Authority,
  enrolment: Enrolment,
): Promise<EnrolmentRoad> {
  const server = createServer((socket) => enrolment.accept(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const opened: CartConnection[] = [];
  const dial: EnrolmentRoad['dial'] = async (shown) => {
    const socket = connect({
      host: '127.0.0.1',
      port,
      servername: 'gateway.test',
      ca: authority.publicRoots.cartRootPEM,
      ALPNProtocols: [EST_ALPN],
      ...(shown === undefined
        ? {}
        : {
            key: shown.key.export({ type: 'pkcs8', format: 'pem' }),
            cert: encodePEM('CERTIFICATE', shown.certificate),
          }),
    });
    await once(socket, 'secureConnect');
    const connection = new CartConnection(socket);
    opened.push(connection);
    return connection;
  };
  return {
    port,
    dial,
    enrol: async (serial) => {
      const plate = parseCartSerial(serial);
      const { code } = await authority.issueCartLicence(plate, { by: 'test' });
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      const request = httpsRequest({
        host: '127.0.0.1',
        port,
        servername: 'gateway.test',
        ca: authority.publicRoots.cartRootPEM,
        agent: false,
        method: 'POST',
        path: '/.well-known/est/simpleenroll',
        auth: `${serial}:${code}`,
        headers: { 'content-type': 'application/pkcs10' },
      });
      request.end(encodeESTBody(makeCertificationRequest(plate, privateKey)));
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      const body = (await buffer(response)).toString();
      if (response.statusCode !== 200) throw new Error(`enrolment: ${body}`);
      const [certificate] = readCertificatesOnly(decodeESTBody(body, 65_536));
      if (certificate === undefined) throw new Error('no certificate');
      return { serial, key: privateKey, certificate };
    },
    [Symbol.asyncDispose]: async () => {
      for (const { socket } of opened) socket.destroy();
      enrolment.close();
      server.close();
      await once(server, 'close');
    },
  };
}
