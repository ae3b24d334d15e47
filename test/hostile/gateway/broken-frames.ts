/** Frames that break HTTP/2, or flood by it, from a peer that has said hello on stream 1. */
import { END_HEADERS, END_STREAM, FRAME, frame, getBlock, headerBlock } from './raw-frames.ts';

export interface Broken {
  readonly name: string;
  /** Whether the whole connection goes, or the stream alone. */
  readonly ends: 'connection' | 'stream';
  readonly frames: () => readonly Buffer[];
}

const request = (stream: number, payload: Buffer, flags = END_STREAM | END_HEADERS): Buffer =>
  frame(FRAME.headers, { flags, stream, payload });
const many = (count: number, make: (n: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, n) => make(n)));

export const BROKEN_FRAMES: readonly Broken[] = [
  {
    name: 'server push, though it is the client',
    ends: 'connection',
    frames: () => [
      frame(FRAME.pushPromise, {
        flags: END_HEADERS,
        stream: 1,
        payload: Buffer.concat([Buffer.from([0, 0, 0, 2]), getBlock('/v1/hello')]),
      }),
    ],
  },
  {
    name: 'twenty thousand SETTINGS',
    ends: 'connection',
    frames: () => [many(20_000, () => frame(FRAME.settings))],
  },
  {
    name: 'twenty thousand PINGs, and nobody reads the answers',
    ends: 'connection',
    frames: () => [many(20_000, () => frame(FRAME.ping, { payload: Buffer.alloc(8) }))],
  },
  {
    name: 'headers without an end',
    ends: 'connection',
    frames: () => [
      request(3, getBlock('/v1/hello'), 0),
      many(3000, (n) =>
        frame(FRAME.continuation, { stream: 3, payload: getBlock(`/${n}`, ['x', 'y'.repeat(99)]) }),
      ),
    ],
  },
  {
    name: 'two thousand requests, each taken back at once',
    ends: 'connection',
    frames: () => [
      many(4000, (n) =>
        Buffer.concat([
          request(2 * n + 3, getBlock('/v1/hello')),
          frame(FRAME.resetStream, { stream: 2 * n + 3, payload: Buffer.from([0, 0, 0, 8]) }),
        ]),
      ),
    ],
  },
  {
    name: 'a window without bounds',
    ends: 'connection',
    frames: () => [frame(FRAME.windowUpdate, { payload: Buffer.from([0x7f, 0xff, 0xff, 0xff]) })],
  },
  {
    name: 'a hundred headers',
    ends: 'stream',
    frames: () => [
      request(
        3,
        getBlock(
          '/v1/hello',
          ...Array.from({ length: 100 }, (_, n): [string, string] => [`x-${n}`, 'y']),
        ),
      ),
    ],
  },
  {
    name: 'headers of 30 KB',
    ends: 'stream',
    frames: () => [
      request(3, getBlock('/v1/hello', ['x', 'y'.repeat(15_000)]), END_STREAM),
      frame(FRAME.continuation, {
        flags: END_HEADERS,
        stream: 3,
        payload: headerBlock([['x', 'y'.repeat(15_000)]]),
      }),
    ],
  },
  {
    name: 'a header in capitals',
    ends: 'stream',
    frames: () => [request(3, getBlock('/v1/hello', ['X-Grant', 'y']))],
  },
  {
    name: 'a WebSocket over CONNECT',
    ends: 'stream',
    frames: () => [request(3, getBlock('/v1/hello', [':protocol', 'websocket']))],
  },
];
