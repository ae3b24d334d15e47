/**
 * A light viewer in a process of its own: it shakes hands, asks as noVNC asks (continuous updates, fences answered when what
 * came before them is there), writes what it is sent into a file with the time, and decodes nothing.
 */
import { once } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { ClientMessage } from '@chaperone/protocol/rfb/client-message.ts';
import { TRUE_COLOUR_32 } from '@chaperone/protocol/rfb/pixel-format.ts';
import { ServerMessageParser } from '@chaperone/protocol/rfb/server-message.ts';
import type { ServerUnit } from '@chaperone/protocol/rfb/server-message.ts';
import { SourceHandshake } from '@chaperone/protocol/rfb/source-handshake.ts';
import {
  FENCE_REQUEST_FLAG,
  writeClientMessage,
} from '@chaperone/protocol/rfb/write-client-message.ts';
import { serve } from '../../ends/serve.ts';
import { machineMs } from '../clock.ts';
import type { Piece, Recording } from './recording.ts';

export interface Viewing {
  readonly port: number;
  readonly encodings: readonly number[];
  /** Where the bytes go. */
  readonly file: string;
}

/** What noVNC asks for: red comes first. */
const NOVNC_FORMAT = { ...TRUE_COLOUR_32, redShift: 0, blueShift: 16 };

const NOWHERE = { x: 0, y: 0, width: 0, height: 0 };

class Meter {
  readonly #socket: Socket;
  readonly #file: number;
  readonly #encodings: readonly number[];
  readonly #handshake = new SourceHandshake();
  readonly #pieces: Piece[] = [];
  readonly #arrivals: { atMs: number; bytes: number }[] = [];
  #parser: ServerMessageParser | null = null;
  #written = 0;
  #bytes = 0;
  #isContinuous = false;
  #failure: unknown = null;

  constructor(socket: Socket, { encodings, file }: Viewing) {
    this.#socket = socket;
    this.#encodings = encodings;
    this.#file = openSync(file, 'w');
    socket.on('error', (error) => (this.#failure ??= error));
    socket.on('data', (bytes: Buffer) => {
      try {
        this.#take(bytes);
      } catch (error) {
        this.#failure ??= error;
        socket.destroy();
      }
    });
  }

  /** Ends the connection. @throws what went wrong meanwhile */
  end(): Recording {
    const isLost = this.#socket.destroyed;
    this.#socket.destroy();
    closeSync(this.#file);
    if (this.#failure !== null) throw this.#failure as Error;
    if (isLost) throw new Error('the server has ended the connection');
    return { pieces: this.#pieces, arrivals: this.#arrivals };
  }

  #take(bytes: Buffer): void {
    const atMs = machineMs();
    this.#bytes += bytes.length;
    this.#arrivals.push({ atMs, bytes: this.#bytes });
    if (this.#parser === null) this.#shake(bytes);
    else this.#parser.push(bytes);
    const parser = this.#parser;
    if (parser === null) return;
    for (let unit = parser.next(); unit !== null; unit = parser.next()) this.#note(unit, atMs);
  }

  #shake(bytes: Buffer): void {
    const { reply, done } = this.#handshake.push(bytes);
    this.#socket.write(reply);
    if (done === null) return;
    this.#parser = new ServerMessageParser(done.size);
    this.#parser.push(done.rest);
    this.#say({ type: 'set-pixel-format', format: NOVNC_FORMAT });
    this.#say({ type: 'set-encodings', encodings: this.#encodings });
    this.#ask(false);
  }

  #note(unit: ServerUnit, atMs: number): void {
    switch (unit.type) {
      case 'rectangle': {
        const { encoding, area, bytes } = unit;
        writeSync(this.#file, bytes);
        const piece = { encoding, area, from: this.#written, bytes: bytes.length, atMs };
        this.#pieces.push(piece);
        this.#written += bytes.length;
        return;
      }
      case 'update-ends':
        this.#pieces.push({ encoding: null, area: NOWHERE, from: this.#written, bytes: 0, atMs });
        if (!this.#isContinuous) this.#ask(true);
        return;
      case 'continuous-updates-end':
        this.#isContinuous = true;
        this.#say({ type: 'continuous-updates', enable: true, area: this.#area });
        return;
      case 'fence': {
        if ((unit.flags & FENCE_REQUEST_FLAG) === 0) return;
        const flags = (unit.flags & ~FENCE_REQUEST_FLAG) >>> 0;
        this.#say({ type: 'fence', flags, payload: unit.payload });
        return;
      }
      case 'update-begins':
      case 'bell':
      case 'cut-text':
      case 'colour-map':
    }
  }

  #ask(incremental: boolean): void {
    this.#say({ type: 'update-request', incremental, area: this.#area });
  }

  get #area() {
    return { x: 0, y: 0, ...(this.#parser?.size ?? { width: 0, height: 0 }) };
  }

  #say(message: ClientMessage): void {
    if (!this.#socket.destroyed) this.#socket.write(writeClientMessage(message));
  }
}

let meter: Meter | null = null;

async function view(viewing: Viewing): Promise<null> {
  const socket = connect({ host: '127.0.0.1', port: viewing.port, noDelay: true });
  await once(socket, 'connect');
  meter = new Meter(socket, viewing);
  return null;
}

serve({
  view,
  end(): Recording {
    if (meter === null) throw new Error('nothing is viewed');
    return meter.end();
  },
});
