/**
 * Runs a PAC file's `FindProxyForURL` where it can do no harm: in QuickJS inside WebAssembly, in a thread of its own, with limits on
 * time, memory and questions. It sees no file, no network and no object of the agent; it may look up names, and that is all.
 */
import { createSocket } from 'node:dgram';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { PACBroken } from '../road-error.ts';
import type { PACSurroundings } from './pac-surroundings.ts';

export interface PACQuestion {
  readonly url: string;
  readonly text: string;
  /** `host:port` of the gateway. */
  readonly target: string;
  readonly host: string;
}

/** What the thread is started with. */
export interface PACThreadData {
  readonly text: string;
  readonly target: string;
  readonly host: string;
  readonly ownAddress: string;
  readonly runMs: number;
  readonly memoryBytes: number;
  readonly questionsMax: number;
  /** One number: 1 when an answer lies in the port. */
  readonly answered: SharedArrayBuffer;
  readonly port: MessagePort;
}

export type PACThreadMessage =
  | { readonly is: 'question'; readonly host: string }
  | { readonly is: 'result'; readonly named: string }
  | { readonly is: 'broken'; readonly what: string };

/** A PAC file takes milliseconds, and as long as name servers take. */
const EVALUATION_TIMEOUT_MS = 5000;
/** Of which it may compute this long. */
const RUN_MS = 1500;
const MEMORY_BYTES_MAX = 32 * 1024 * 1024;
const QUESTIONS_MAX = 32;
/** A script that waits for a dead name server goes on with "no such name". */
const QUESTION_TIMEOUT_MS = 2000;
/** Nothing is sent there: it only says which way packets would leave (RFC 5737). */
const ELSEWHERE = '192.0.2.1';

/** Gives what the script names, as it stands. @throws PACBroken, and the signal's reason */
export async function evaluatePAC(
  { url, text, target, host }: PACQuestion,
  { find, signal }: PACSurroundings,
): Promise<string> {
  signal.throwIfAborted();
  const ownAddress = await ownAddressOf();
  const channel = new MessageChannel();
  const answered = new SharedArrayBuffer(4);
  const data: Omit<PACThreadData, 'port'> = {
    ...{ text, target, host, ownAddress, answered },
    ...{ runMs: RUN_MS, memoryBytes: MEMORY_BYTES_MAX, questionsMax: QUESTIONS_MAX },
  };
  const thread = new Worker(new URL('./pac-thread.ts', import.meta.url), {
    workerData: { ...data, port: channel.port2 },
    transferList: [channel.port2],
    env: {},
    stdin: false,
    resourceLimits: { maxOldGenerationSizeMb: 64 },
  });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(EVALUATION_TIMEOUT_MS)]);
  const answer = (address: string | null): void => {
    channel.port1.postMessage(address);
    Atomics.store(new Int32Array(answered), 0, 1);
    Atomics.notify(new Int32Array(answered), 0);
  };
  try {
    return await new Promise<string>((resolve, reject) => {
      const broken = (what: string, cause?: unknown): void =>
        reject(new PACBroken(url, what, { cause }));
      thread.on('message', (message: PACThreadMessage) => {
        if (message.is === 'result') resolve(message.named);
        else if (message.is === 'broken') broken(message.what);
        else void firstAddress(message.host, find).then(answer);
      });
      thread.once('error', (cause) => broken('its script takes more than it may', cause));
      thread.once('exit', () => broken('its script ends without a result'));
      const onLimit = (): void => broken('its script comes to no end');
      if (limit.aborted) onLimit();
      limit.addEventListener('abort', onLimit, { once: true });
    });
  } catch (failure) {
    signal.throwIfAborted();
    throw failure;
  } finally {
    channel.port1.close();
    await thread.terminate();
  }
}

async function firstAddress(host: string, find: PACSurroundings['find']): Promise<string | null> {
  const late = new Promise<null>((resolve) => {
    setTimeout(() => resolve(null), QUESTION_TIMEOUT_MS).unref();
  });
  const found = find(host).then(
    ({ addresses }) => addresses[0] ?? null,
    () => null,
  );
  return await Promise.race([found, late]);
}

/** The address from which the cart would leave its network. */
function ownAddressOf(): Promise<string> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const settle = (address: string): void => {
      socket.close();
      resolve(address);
    };
    socket.once('error', () => settle('127.0.0.1'));
    // With a callback, Node tells a missing route to that alone and not as an error.
    socket.once('connect', () => settle(socket.address().address));
    socket.connect(9, ELSEWHERE);
  });
}
