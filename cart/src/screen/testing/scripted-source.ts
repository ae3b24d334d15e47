/** A screen source for tests that shakes hands properly and then says whatever the test wants. */
import { duplexPair, type Duplex } from 'node:stream';
import { ClientMessageParser, type ClientMessage } from '@chaperone/protocol/rfb/client-message.ts';
import type { FramebufferSize } from '@chaperone/protocol/rfb/server-message.ts';
import { ViewerHandshake } from '@chaperone/protocol/rfb/viewer-handshake.ts';
import type { ScreenSource } from '../source/source.ts';

export interface ScriptedConnection {
  readonly stream: Duplex;
  /** What the relay has said after the handshake. */
  readonly heard: ClientMessage[];
}

export class ScriptedSource implements ScreenSource {
  readonly description = 'scripted';
  readonly connections: ScriptedConnection[] = [];
  readonly #waiting: (() => void)[] = [];
  size: FramebufferSize;
  readonly #onMessage: (message: ClientMessage, connection: ScriptedConnection) => void;

  constructor(
    size: FramebufferSize,
    onMessage: (message: ClientMessage, connection: ScriptedConnection) => void,
  ) {
    this.size = size;
    this.#onMessage = onMessage;
  }

  /** Waits until the relay has said what makes a condition true. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  open(): Promise<Duplex> {
    const [near, far] = duplexPair();
    const connection: ScriptedConnection = { stream: far, heard: [] };
    this.connections.push(connection);
    const handshake = new ViewerHandshake(this.size, 'scripted');
    const messages = new ClientMessageParser();
    let isGreeted = false;
    far.write(handshake.greeting);
    far.on('error', () => undefined);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
    far.on('data', (bytes: Buffer) => {
      if (isGreeted) {
        messages.push(bytes);
      } else {
        const step = handshake.push(bytes);
        far.write(step.reply);
        if (step.rest === null) return;
        isGreeted = true;
        messages.push(step.rest);
      }
      for (let message = messages.next(); message !== null; message = messages.next()) {
        connection.heard.push(message);
        this.#onMessage(message, connection);
        for (const wake of this.#waiting.splice(0)) wake();
      }
    });
    return Promise.resolve(near);
  }

  close(): Promise<void> {
    for (const { stream } of this.connections) stream.destroy();
    return Promise.resolve();
  }
}
