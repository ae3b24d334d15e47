/**
 * A technician's viewer that watches the cart's screen as the console does, and asks again and again how long a picture is
 * under way: a fence (rfbproto, "ClientFence") goes through desk, tunnel and cart to the screen's source, and comes back
 * behind the pictures that are on their way.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { ServerMessageParser } from '@chaperone/protocol/rfb/server-message.ts';
import type { ServerUnit } from '@chaperone/protocol/rfb/server-message.ts';
import { SourceHandshake } from '@chaperone/protocol/rfb/source-handshake.ts';
import {
  FENCE_REQUEST_FLAG,
  writeClientMessage,
  writeFence,
} from '@chaperone/protocol/rfb/write-client-message.ts';
import type { Technician } from '@chaperone/test/harness/technician.ts';

type Socket = Awaited<ReturnType<Technician['openRawScreen']>>;

const EVERY_MS = 20;
const ENCODINGS = [ENCODING.copyRect, ENCODING.tight, ENCODING.raw, ENCODING.desktopSize];

export class Watcher {
  readonly #socket: Socket;
  readonly #handshake = new SourceHandshake();
  #parser: ServerMessageParser | null = null;
  #answered: (() => void) | null = null;
  #isClosed = false;
  pictures = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (bytes) => this.#take(bytes as Buffer));
    socket.on('close', () => {
      this.#isClosed = true;
      this.#answered?.();
    });
  }

  static async open(technician: Technician, caseId: string): Promise<Watcher> {
    const watcher = new Watcher(await technician.openRawScreen(caseId));
    while (watcher.pictures === 0) await pause(EVERY_MS);
    return watcher;
  }

  /** Measures until told to stop. @returns milliseconds of each fence there and back */
  async measure(until: AbortSignal): Promise<readonly number[]> {
    const took: number[] = [];
    while (!until.aborted) {
      if (this.#isClosed) throw new Error('the screen was closed while it was measured');
      const began = performance.now();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#answered = resolve;
      this.#socket.send(writeFence(FENCE_REQUEST_FLAG, Buffer.alloc(0)));
      await promise;
      took.push(performance.now() - began);
      await pause(EVERY_MS);
    }
    return took;
  }

  close(): void {
    this.#socket.close();
  }

  #take(bytes: Buffer): void {
    if (this.#parser === null) {
      const { reply, done } = this.#handshake.push(bytes);
      if (reply.length > 0) this.#socket.send(reply);
      if (done === null) return;
      this.#parser = new ServerMessageParser(done.size);
      this.#parser.push(done.rest);
      this.#socket.send(writeClientMessage({ type: 'set-encodings', encodings: ENCODINGS }));
      this.#request(false);
    } else {
      this.#parser.push(bytes);
    }
    for (let unit = this.#parser.next(); unit !== null; unit = this.#parser.next())
      this.#note(unit);
  }

  #note({ type }: ServerUnit): void {
    if (type === 'fence') this.#answered?.();
    if (type !== 'update-ends') return;
    this.pictures += 1;
    this.#request(true);
  }

  #request(incremental: boolean): void {
    const { width = 0, height = 0 } = this.#parser?.size ?? {};
    const area = { x: 0, y: 0, width, height };
    this.#socket.send(writeClientMessage({ type: 'update-request', incremental, area }));
  }
}
