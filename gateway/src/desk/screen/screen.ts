/**
 * The screen: RFB between the technician's browser (WebSocket) and the cart (a CONNECT stream), byte for byte.
 *
 * What may pass the cart decides. What the technician is about to see is recorded before it is sent on; where that fails, the
 * screen ends (`../recording`, decision 0052). Of its own it says one thing to the cart: that the whole picture is wanted again. Back-pressure goes through in both
 * directions, so that a slow browser slows the cart's pictures instead of filling the gateway's memory. One viewer a
 * session: a newer one, by the same technician, takes the place of the older. Who watches beside (decision 0054) has a viewer, a
 * stream of the cart and a recording of their own, under the same rules.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { SessionId } from '@chaperone/domain/id/id.ts';
import type { RecordedScreen, Recordings } from '../recording/recording.ts';
import type { OpenGrant, RemoteSessions } from '../session/session.ts';
import type { StoredCase } from '../service-case/service-case.ts';
import type { Caller } from '../sign-in/sign-in.ts';
import { NoSession } from '../session/session.ts';
import { CartRefusal } from '../tunnel/tunnel.ts';

/** Bytes that may wait for a browser before the cart is asked to pause: a quarter of a second at 32 Mbit/s. */
const BROWSER_BACKLOG_BYTES_MAX = 1024 * 1024;
/** Bytes of one message from a browser: pointer and key events are tiny, clipboard text is not. */
export const BROWSER_MESSAGE_BYTES_MAX = 256 * 1024;
/** RFC 6455 §7.4.2: private codes. The reason is a code of docs/errors.md. */
const CLOSE = { over: 4000, signedOut: 4001, refused: 4003, replaced: 4009, wrong: 4400 } as const;

/** How often a viewer is asked whether it is there, and its sign-in whether it still holds. Milliseconds. */
const HEARTBEAT_MS = 15_000;

/**
 * The sign-in behind a viewer. What a viewer sends does not keep it: it asks for pictures by itself. That somebody is there
 * the page says with its other requests.
 */
export interface ViewerSignIn {
  /** Tells whether it still holds, without counting as use. */
  isHeld(): Promise<boolean>;
}

interface Viewer {
  readonly socket: WebSocket;
  readonly stream: Duplex;
  /** A newer one is being opened. The cart cuts this one as it takes the other, before the desk hears of it. */
  isBeingReplaced: boolean;
}

/** What a viewer was let in by, and whose place it takes. */
interface Admitted extends OpenGrant {
  readonly session: SessionId;
  readonly place: string;
  /** Asked once the cart has answered. */
  readonly isStill: () => boolean;
}

function watchOf(session: SessionId): string {
  return `${session} watched`;
}

export class Screens {
  readonly #sessions: RemoteSessions;
  readonly #recordings: Pick<Recordings, 'begin'>;
  readonly #viewers = new Map<string, Viewer>();

  constructor(sessions: RemoteSessions, recordings: Pick<Recordings, 'begin'>) {
    this.#sessions = sessions;
    this.#recordings = recordings;
    sessions.onInterrupted(({ session }) => this.#viewers.get(session)?.stream.destroy());
    sessions.onWatchOver(({ session }) => this.#viewers.get(watchOf(session))?.stream.destroy());
  }

  /** Connects a technician's WebSocket with the cart's screen; refuses by closing it with a code. */
  async view(
    socket: WebSocket,
    serviceCase: StoredCase,
    caller: Caller,
    signIn: ViewerSignIn,
  ): Promise<void> {
    await this.#show(socket, serviceCase, caller, signIn, async () => {
      const { link, grant } = await this.#sessions.open(serviceCase, caller, 'view');
      const session = this.#sessions.grantedOf(serviceCase.id)?.session;
      if (session === undefined) throw new NoSession('The session ended.');
      // What ends meanwhile the cart cuts itself.
      return { link, grant, session, place: session, isStill: () => true };
    });
  }

  /** The same for who watches. */
  async watch(
    socket: WebSocket,
    serviceCase: StoredCase,
    caller: Caller,
    signIn: ViewerSignIn,
  ): Promise<void> {
    // Async, so that a refusal is told as any other is.
    await this.#show(socket, serviceCase, caller, signIn, async () => {
      const open = this.#sessions.openWatch(serviceCase, caller);
      const isStill = (): boolean => this.#sessions.watches(serviceCase, caller, open.grant);
      return await Promise.resolve({ ...open, place: watchOf(open.session), isStill });
    });
  }

  async #show(
    socket: WebSocket,
    serviceCase: StoredCase,
    caller: Caller,
    signIn: ViewerSignIn,
    admit: () => Promise<Admitted>,
  ): Promise<void> {
    // What a viewer says before the cart has answered waits in the socket.
    socket.pause();
    let gone = false;
    socket.on('error', () => socket.terminate());
    socket.once('close', () => (gone = true));
    let recording: RecordedScreen | null = null;
    try {
      const { link, grant, session, place, isStill } = await admit();
      recording = await this.#recordings.begin(serviceCase, session, caller);
      const older = this.#viewers.get(place);
      const stream = await replacing(older, () => link.openScreen(grant));
      // While it was opened, it may have been ended here.
      if (gone || !isStill()) {
        stream.destroy();
        if (!gone) throw new NoSession('The session ended.');
        await recording?.end();
        return;
      }
      this.#viewers.get(place)?.socket.close(CLOSE.replaced, 'REPLACED');
      this.#viewers.get(place)?.stream.destroy();
      const viewer: Viewer = { socket, stream, isBeingReplaced: false };
      this.#viewers.set(place, viewer);
      stream.once('close', () => {
        if (this.#viewers.get(place) === viewer) this.#viewers.delete(place);
      });
      watch(socket, signIn);
      relay(socket, stream, () => viewer.isBeingReplaced, recording);
    } catch (fault) {
      await recording?.end();
      const code =
        fault instanceof CartRefusal
          ? fault.cartCode
          : fault instanceof DomainError
            ? fault.code
            : null;
      socket.resume();
      socket.close(CLOSE.refused, code ?? 'INTERNAL_FAULT');
      if (code === null) throw fault;
    }
  }
}

/** Ends a viewer that is gone without saying so, or whose sign-in has ended. */
function watch(socket: WebSocket, signIn: ViewerSignIn): void {
  let isThere = true;
  socket.on('pong', () => (isThere = true));
  const timer = setInterval(() => {
    if (!isThere) return socket.terminate();
    isThere = false;
    socket.ping();
    signIn.isHeld().then(
      (held) => {
        if (!held) socket.close(CLOSE.signedOut, 'NOT_SIGNED_IN');
      },
      () => socket.terminate(),
    );
  }, HEARTBEAT_MS);
  socket.once('close', () => clearInterval(timer));
}

/** Opens a viewer in the place of an older one, which stays what it is if that fails. */
async function replacing<T>(older: Viewer | undefined, open: () => Promise<T>): Promise<T> {
  if (older !== undefined) older.isBeingReplaced = true;
  try {
    return await open();
  } catch (fault) {
    if (older !== undefined) older.isBeingReplaced = false;
    throw fault;
  }
}

/**
 * Carries bytes both ways until either side ends.
 * @param isReplaced asked when the cart's side ends
 * @param recording takes what comes from the cart before it is sent on; ended with the screen
 */
export function relay(
  socket: WebSocket,
  stream: Duplex,
  isReplaced: () => boolean = () => false,
  recording: RecordedScreen | null = null,
): void {
  const over = (): void => {
    if (isReplaced()) socket.close(CLOSE.replaced, 'REPLACED');
    else socket.close(CLOSE.over, 'SCREEN_ENDED');
    // Paused for a cart that takes no more, it would never hear the browser's own goodbye.
    socket.resume();
  };
  /** What cannot be recorded is not shown. */
  const refuse = (fault: unknown): void => {
    const code = fault instanceof DomainError ? fault.code : 'INTERNAL_FAULT';
    socket.close(CLOSE.refused, code);
    socket.resume();
    stream.destroy();
  };
  const send = (chunk: Buffer): void => {
    socket.send(chunk, { binary: true }, () => {
      if (stream.isPaused() && socket.bufferedAmount < BROWSER_BACKLOG_BYTES_MAX / 2)
        stream.resume();
    });
    if (socket.bufferedAmount >= BROWSER_BACKLOG_BYTES_MAX) stream.pause();
    else stream.resume();
  };
  let taken = async (): Promise<void> => undefined;
  if (recording === null) stream.on('data', send);
  else taken = followRecording(stream, recording, { send, refuse });
  socket.on('message', (message: Buffer, isBinary: boolean) => {
    if (stream.destroyed) return;
    // RFB is bytes; a text message is none of it.
    if (!isBinary) return socket.close(CLOSE.wrong, 'REQUEST_MALFORMED');
    try {
      recording?.fromViewer(message);
    } catch (fault) {
      return refuse(fault);
    }
    // What had been read before the pause still comes.
    if (stream.write(message) || socket.isPaused) return;
    socket.pause();
    stream.once('drain', () => socket.resume());
  });
  stream.on('error', () => stream.destroy());
  // What came before the end is sent first.
  stream.once('close', () => void taken().then(over));
  stream.once('end', () => void taken().then(over));
  socket.once('close', () => stream.destroy());
  socket.resume();
}

interface Followed {
  readonly send: (chunk: Buffer) => void;
  readonly refuse: (fault: unknown) => void;
}

/**
 * Sends on what comes from the cart, one piece at a time, each after the recording has taken it.
 * @returns what waits until all that came so far is sent on
 */
function followRecording(
  stream: Duplex,
  recording: RecordedScreen,
  { send, refuse }: Followed,
): () => Promise<void> {
  recording.attach((message) => {
    if (stream.destroyed || stream.writableNeedDrain) return false;
    stream.write(message);
    return true;
  }, refuse);
  let taking: Promise<void> = Promise.resolve();
  stream.on('data', (chunk: Buffer) => {
    stream.pause();
    taking = taking.then(async () => {
      try {
        await recording.take(chunk);
        send(chunk);
      } catch (fault) {
        refuse(fault);
      }
    });
  });
  stream.once('close', () => void taking.then(async () => await recording.end()));
  return async () => await taking;
}
