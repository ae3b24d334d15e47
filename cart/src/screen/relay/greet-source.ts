/** The beginning of a connection to a screen source: until its handshake is over. */
import type { Duplex } from 'node:stream';
import type { FramebufferSize } from '@chaperone/protocol/rfb/server-message.ts';
import { SourceHandshake } from '@chaperone/protocol/rfb/source-handshake.ts';
import { ScreenSourceUnreachable } from '../screen-error.ts';
import type { ScreenSource } from '../source/source.ts';

export interface Greeted {
  readonly source: ScreenSource;
  /** Paused. */
  readonly stream: Duplex;
  readonly size: FramebufferSize;
  /** What the source has said since. */
  readonly rest: Buffer;
}

/**
 * Connects to a screen source and shakes hands with it.
 *
 * @throws ScreenSourceUnreachable @throws MalformedRFB @throws RefusedByRFBServer
 */
export async function greetSource(
  source: ScreenSource,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Greeted> {
  const stream = await source.open(signal);
  // Whoever reads the stream learns of its end by 'close'; an error must have a listener at every moment.
  stream.on('error', () => undefined);
  return new Promise<Greeted>((resolve, reject) => {
    const handshake = new SourceHandshake();
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onGone);
      stream.off('data', onData).off('error', onGone).off('end', onGone).off('close', onGone);
    };
    const fail = (error: unknown): void => {
      settle();
      stream.destroy();
      reject(error instanceof Error ? error : new Error('The handshake failed.', { cause: error }));
    };
    const onGone = (): void =>
      fail(new ScreenSourceUnreachable("The cart's screen source closed the connection."));
    const onData = (bytes: Buffer): void => {
      try {
        const step = handshake.push(bytes);
        if (step.reply.length > 0) stream.write(step.reply);
        if (step.done === null) return;
        stream.pause();
        settle();
        resolve({ source, stream, ...step.done });
      } catch (error) {
        fail(error);
      }
    };
    const timer = setTimeout(
      () => fail(new ScreenSourceUnreachable("The cart's screen source does not answer.")),
      timeoutMs,
    );
    if (signal.aborted) {
      fail(new ScreenSourceUnreachable('The screen ended before its source answered.'));
      return;
    }
    signal.addEventListener('abort', onGone);
    stream.on('data', onData).on('error', onGone).on('end', onGone).on('close', onGone);
  });
}
