/**
 * Asks an HTTP proxy to connect the cart with the gateway (CONNECT, RFC 9110 section 9.3.6) and says plainly why it does not.
 *
 * Node's own client reads the answer, with limits on its head and on its time. Each ask has a connection of its own: what a proxy
 * says after a 407 is not read. Credentials go out only in answer to a challenge, and only to this proxy.
 */
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { ProxyCredentials } from '@chaperone/domain/network/proxy-settings.ts';
import {
  authorityOf,
  ProxyAuthenticationUnknown,
  ProxyCredentialsMissing,
  ProxyCredentialsRefused,
  ProxyCredentialsWithheld,
  ProxyGatewayUnreachable,
  ProxyNotAProxy,
  ProxyPortRefused,
  ProxySlow,
} from '../road-error.ts';
import { readChallenges } from './challenge.ts';
import type { Challenge } from './challenge.ts';
import { isStale, makeProof } from './proof.ts';
import type { Proof } from './proof.ts';

export interface ProxyAsk {
  readonly proxy: { readonly host: string; readonly port: number };
  /** `host:port` of the gateway. */
  readonly target: string;
  /** `withheld`: there are some, and they are not for this proxy. */
  readonly credentials: ProxyCredentials | null | 'withheld';
  /** A new connection to the proxy. */
  readonly connect: (signal: AbortSignal) => Promise<Socket>;
}

export interface ProxyAnswer {
  readonly socket: Socket;
  readonly authentication: 'none' | 'basic' | 'digest';
}

/** From the question to the end of the answer's head. Shorter than the time of a whole dialling. */
const ANSWER_TIMEOUT_MS = 7000;
/** What honest proxies say fits many times. */
const HEAD_BYTES_MAX = 16 * 1024;
const SCHEMES_CHARACTERS_MAX = 80;
/** Without a proof, with one, and with one for a newer nonce. */
const ASKS_MAX = 3;
/** 500 is what Squid says of a name that it cannot look up. */
const GATEWAY_UNREACHABLE: ReadonlySet<number> = new Set([500, 502, 503, 504]);
const BUSY: ReadonlySet<number> = new Set([429]);

/**
 * Asks the proxy, and once more with a proof of who the cart is when it is asked for one.
 * @throws ProxyNotAProxy, ProxySlow, ProxyPortRefused, ProxyGatewayUnreachable, ProxyCredentialsMissing,
 *   ProxyCredentialsWithheld, ProxyCredentialsRefused, ProxyAuthenticationUnknown, what `connect` throws, and the signal's reason
 *   unless it is a time-out
 */
export async function connectThrough(ask: ProxyAsk, signal: AbortSignal): Promise<ProxyAnswer> {
  let proof: Proof | null = null;
  for (let count = 1; ; count += 1) {
    const { status, socket, challenges } = await askOnce(ask, proof, signal);
    if (status >= 200 && status < 300) {
      return { socket, authentication: proof?.authentication ?? 'none' };
    }
    socket.destroy();
    if (status !== 407) throw refusal(ask, status);
    proof = nextProof(ask, challenges, proof, count);
  }
}

function nextProof(
  ask: ProxyAsk,
  challenges: readonly Challenge[],
  shown: Proof | null,
  count: number,
): Proof {
  const at = authorityOf(ask.proxy.host, ask.proxy.port);
  if (ask.credentials === null) throw new ProxyCredentialsMissing(at);
  if (ask.credentials === 'withheld') throw new ProxyCredentialsWithheld(at);
  if (shown !== null && (!isStale(challenges) || count >= ASKS_MAX)) {
    throw new ProxyCredentialsRefused(at);
  }
  const proof = makeProof(challenges, ask.credentials, { method: 'CONNECT', target: ask.target });
  if (proof !== null) return proof;
  const schemes = challenges.map(({ scheme }) => scheme).join(', ');
  throw new ProxyAuthenticationUnknown(
    at,
    schemes.slice(0, SCHEMES_CHARACTERS_MAX) || 'none named',
  );
}

function refusal({ proxy, target }: ProxyAsk, status: number): Error {
  const at = authorityOf(proxy.host, proxy.port);
  if (status === 403) return new ProxyPortRefused(at, target);
  if (GATEWAY_UNREACHABLE.has(status)) return new ProxyGatewayUnreachable(at, target, status);
  if (BUSY.has(status)) return new ProxySlow(at, target, `says that it is too busy (${status})`);
  return new ProxyNotAProxy(at, `it answers ${status}`);
}

interface HeadOfAnswer {
  readonly status: number;
  readonly socket: Socket;
  readonly challenges: readonly Challenge[];
}

async function askOnce(
  ask: ProxyAsk,
  proof: Proof | null,
  signal: AbortSignal,
): Promise<HeadOfAnswer> {
  const connection = await ask.connect(signal);
  const limit = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  try {
    return await headOfAnswer(ask, proof, connection, AbortSignal.any([signal, limit]));
  } catch (cause) {
    connection.destroy();
    const at = authorityOf(ask.proxy.host, ask.proxy.port);
    if (limit.aborted || isOutOfTime(signal)) {
      throw new ProxySlow(at, ask.target, 'does not answer in time', { cause });
    }
    signal.throwIfAborted();
    const { code } = cause as NodeJS.ErrnoException;
    const what =
      code === 'HPE_HEADER_OVERFLOW'
        ? 'its answer has no end'
        : code?.startsWith('HPE_') === true
          ? 'it does not speak HTTP'
          : 'it closes the connection without an answer';
    throw new ProxyNotAProxy(at, what, { cause });
  }
}

/** When the time of the whole dialling ends while a proxy is asked, it is the proxy that was slow. */
function isOutOfTime({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof DOMException && reason.name === 'TimeoutError';
}

function headOfAnswer(
  ask: ProxyAsk,
  proof: Proof | null,
  connection: Socket,
  signal: AbortSignal,
): Promise<HeadOfAnswer> {
  return new Promise((resolve, reject) => {
    const asking = request({
      method: 'CONNECT',
      path: ask.target,
      headers: {
        Host: ask.target,
        ...(proof === null ? {} : { 'Proxy-Authorization': proof.field }),
      },
      createConnection: () => connection,
      maxHeaderSize: HEAD_BYTES_MAX,
      signal,
    });
    asking.on('error', reject);
    // Whatever the status of an answer to CONNECT is, Node gives it here.
    asking.once('connect', (answer: IncomingMessage, socket: Socket, rest: Buffer) => {
      socket.on('error', () => undefined);
      if (rest.length > 0) socket.unshift(rest);
      resolve({
        status: answer.statusCode ?? 0,
        socket,
        challenges: readChallenges((answer.headersDistinct['proxy-authenticate'] ?? []).join(', ')),
      });
    });
    asking.end();
  });
}
