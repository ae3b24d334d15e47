/** Asks one name server over one transport, and says also how it does not answer: silence, a closed port, no way there. */
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIP } from 'node:net';
import { NAME_MESSAGE_BYTES_MAX, readNameMessage, writeNameQuestion } from './name-message.ts';
import type { NameMessage } from './name-message.ts';

export type NameTransport = 'udp' | 'tcp';
export type NameAnswer =
  | { readonly kind: 'answered'; readonly message: NameMessage }
  | { readonly kind: 'silent' | 'closed' | 'unreachable' | 'garbled' };

const PORT = 53;
/** A datagram is sent again once; a name server on the way to others takes a second at times. */
const SEND_AT_MS = [0, 1000] as const;
const ANSWER_MS = 3000;

/** Asks for the IPv4 addresses of a name. */
export async function askNameServer(
  server: string,
  name: string,
  transport: NameTransport,
  signal: AbortSignal,
): Promise<NameAnswer> {
  const id = randomInt(0x1_0000);
  const question = writeNameQuestion(id, name);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  const answer =
    transport === 'udp'
      ? await overUDP(server, question, id, limit)
      : await overTCP(server, question, id, limit);
  signal.throwIfAborted();
  return answer;
}

function overUDP(
  server: string,
  question: Buffer,
  id: number,
  limit: AbortSignal,
): Promise<NameAnswer> {
  return new Promise((resolve) => {
    const socket = createSocket(isIP(server) === 6 ? 'udp6' : 'udp4');
    const timers: NodeJS.Timeout[] = [];
    let isOver = false;
    const settle = (answer: NameAnswer): void => {
      if (isOver) return;
      isOver = true;
      for (const timer of timers) clearTimeout(timer);
      limit.removeEventListener('abort', onLate);
      socket.close();
      resolve(answer);
    };
    const onLate = (): void => settle({ kind: 'silent' });
    limit.addEventListener('abort', onLate, { once: true });
    socket.on('error', (fault) => settle({ kind: kindOf(fault) }));
    socket.on('message', (bytes) => {
      const message = readOr(bytes);
      // Somebody else's answer is no answer; the socket is connected, so it came from the server's address.
      if (message !== null && message.id === id) settle({ kind: 'answered', message });
    });
    socket.connect(PORT, server, () => {
      for (const atMs of SEND_AT_MS) {
        timers.push(
          setTimeout(
            () => socket.send(question, (fault) => fault && settle({ kind: kindOf(fault) })),
            atMs,
          ),
        );
      }
    });
    if (limit.aborted) onLate();
  });
}

function overTCP(
  server: string,
  question: Buffer,
  id: number,
  limit: AbortSignal,
): Promise<NameAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ host: server, port: PORT });
    let isOver = false;
    const settle = (answer: NameAnswer): void => {
      if (isOver) return;
      isOver = true;
      limit.removeEventListener('abort', onLate);
      socket.destroy();
      resolve(answer);
    };
    const onLate = (): void => settle({ kind: 'silent' });
    limit.addEventListener('abort', onLate, { once: true });
    socket.on('error', (fault) => settle({ kind: kindOf(fault) }));
    socket.once('close', () => settle({ kind: 'garbled' }));
    socket.once('connect', () => {
      // RFC 1035 §4.2.2: each message behind its length.
      const length = Buffer.alloc(2);
      length.writeUInt16BE(question.length);
      socket.write(Buffer.concat([length, question]));
    });
    let read = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      read = Buffer.concat([read, chunk]);
      if (read.length > NAME_MESSAGE_BYTES_MAX + 2) settle({ kind: 'garbled' });
      if (read.length < 2 || read.length < 2 + read.readUInt16BE()) return;
      const message = readOr(read.subarray(2, 2 + read.readUInt16BE()));
      settle(message?.id === id ? { kind: 'answered', message } : { kind: 'garbled' });
    });
    if (limit.aborted) onLate();
  });
}

function readOr(bytes: Uint8Array): NameMessage | null {
  try {
    return readNameMessage(bytes);
  } catch {
    return null;
  }
}

function kindOf(fault: Error): 'silent' | 'closed' | 'unreachable' {
  const code = 'code' in fault ? String(fault.code) : '';
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'closed';
  return code === 'ETIMEDOUT' ? 'silent' : 'unreachable';
}
