/**
 * Asks one name server one question, over UDP or over TCP (RFC 1035 section 4.2, RFC 7766), and says what became of it.
 *
 * Nothing here is trusted but what `answer.ts` lets through: ids and ports are by chance, and what does not answer the
 * question is not heard. Whoever can lie here leads the cart to a gateway that cannot prove who it is (docs/threat-model.md).
 */
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import net from 'node:net';
import { encode, RECURSION_DESIRED } from 'dns-packet';
import type { OptAnswer } from 'dns-packet';
import { AnswerMalformed, readAnswer } from './answer.ts';
import type { Answer, Question } from './answer.ts';

export interface NameServer {
  readonly address: string;
  readonly port: number;
}

export const NAME_TRANSPORTS = ['udp', 'tcp'] as const;
export type NameTransport = (typeof NAME_TRANSPORTS)[number];

/** `closed`: it says by itself that nothing listens there. `broken`: something answers that is no name server. */
export type Asked = Answer | { readonly is: 'silent' | 'closed' | 'broken' };

/** A name server of a hospital answers within milliseconds, or after it has asked others. */
const ASK_TIMEOUT_MS = 2500;
/** Datagrams get lost: the same question again. */
const UDP_AGAIN_MS = 800;
const LENGTH_BYTES = 2;

/**
 * Asks for the IPv4 addresses of a name.
 * @param options `asksWhy`: offers EDNS (RFC 6891), without which no server says why it denies a name; some very old ones answer
 *   it with an error
 * @throws the signal's reason, and nothing else
 */
export async function askNameServer(
  server: NameServer,
  name: string,
  transport: NameTransport,
  signal: AbortSignal,
  { asksWhy = false }: { readonly asksWhy?: boolean } = {},
): Promise<Asked> {
  signal.throwIfAborted();
  const question = { id: randomInt(0x1_0000), name, asksWhy };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ASK_TIMEOUT_MS)]);
  const asked = await (transport === 'udp'
    ? askOverUDP(server, question, limit)
    : askOverTCP(server, question, limit));
  signal.throwIfAborted();
  return asked;
}

type AskedQuestion = Question & { readonly asksWhy: boolean };
/** 1232 bytes go over every path in one datagram (RFC 9715). */
const OFFERS_EDNS: OptAnswer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: 1232,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

function encoded({ id, name, asksWhy }: AskedQuestion): Buffer {
  return encode({
    ...{ type: 'query', id, flags: RECURSION_DESIRED, questions: [{ type: 'A', name }] },
    additionals: asksWhy ? [OFFERS_EDNS] : [],
  });
}

function askOverUDP(
  server: NameServer,
  question: AskedQuestion,
  limit: AbortSignal,
): Promise<Asked> {
  return new Promise((resolve) => {
    const socket = createSocket(net.isIPv6(server.address) ? 'udp6' : 'udp4');
    let again: NodeJS.Timeout | undefined;
    let isOver = false;
    const settle = (asked: Asked): void => {
      if (isOver) return;
      isOver = true;
      clearInterval(again);
      limit.removeEventListener('abort', onLimit);
      socket.close();
      resolve(asked);
    };
    const onLimit = (): void => settle({ is: 'silent' });
    // A connected socket hears of a closed port, and of nobody but this server.
    socket.on('error', (fault: NodeJS.ErrnoException) =>
      settle({ is: fault.code === 'ECONNREFUSED' ? 'closed' : 'silent' }),
    );
    socket.on('message', (bytes) => {
      const answer = heard(bytes, question);
      if (answer !== null) settle(answer);
    });
    // With a callback, Node tells a missing route to that alone and not as an error.
    socket.once('connect', () => {
      if (isOver) return;
      const bytes = encoded(question);
      const send = (): void => socket.send(bytes, () => undefined);
      again = setInterval(send, UDP_AGAIN_MS);
      send();
    });
    socket.connect(server.port, server.address);
    limit.addEventListener('abort', onLimit, { once: true });
  });
}

function askOverTCP(
  server: NameServer,
  question: AskedQuestion,
  limit: AbortSignal,
): Promise<Asked> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: server.address, port: server.port });
    let got = Buffer.alloc(0);
    const settle = (asked: Asked): void => {
      limit.removeEventListener('abort', onLimit);
      socket.destroy();
      resolve(asked);
    };
    const onLimit = (): void => settle({ is: 'silent' });
    socket.on('error', (fault: NodeJS.ErrnoException) =>
      settle({ is: fault.code === 'ECONNREFUSED' ? 'closed' : 'silent' }),
    );
    socket.once('connect', () => {
      const bytes = encoded(question);
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt16BE(bytes.length);
      socket.write(Buffer.concat([length, bytes]));
    });
    socket.on('data', (chunk) => {
      // Two bytes of length bound what is kept: nobody gets more than 64 KiB, and a chunk, in here.
      got = Buffer.concat([got, chunk]);
      if (got.length < LENGTH_BYTES) return;
      const end = LENGTH_BYTES + got.readUInt16BE(0);
      if (got.length < end) return;
      settle(heard(got.subarray(LENGTH_BYTES, end), question) ?? { is: 'broken' });
    });
    socket.once('end', () => settle({ is: 'broken' }));
    limit.addEventListener('abort', onLimit, { once: true });
  });
}

function heard(bytes: Buffer, question: Question): Answer | null {
  try {
    return readAnswer(bytes, question);
  } catch (fault) {
    if (fault instanceof AnswerMalformed) return null;
    throw fault;
  }
}
