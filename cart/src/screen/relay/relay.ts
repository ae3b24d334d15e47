/**
 * Shows the cart's screen to one viewer, for as long as the cart allows.
 *
 * The cart is itself the RFB server that the viewer talks to, and itself the viewer of its screen source.
 * What the source draws passes rectangle by rectangle, not decoded; what the viewer sends passes only if it
 * may (see `InputFilter`). Life: opening → flowing ⇄ covered → ended. While covered there is no connection
 * to the source at all, and the viewer holds one solid colour. Masks and re-encoding are not made here.
 */
import assert from 'node:assert/strict';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { ClientMessageParser, type ClientMessage } from '@chaperone/protocol/rfb/client-message.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { MalformedRFB } from '@chaperone/protocol/rfb/malformed-rfb.ts';
import { DESKTOP_NAME } from '@chaperone/protocol/rfb/picture-state.ts';
import type { FramebufferSize } from '@chaperone/protocol/rfb/server-message.ts';
import { ViewerHandshake } from '@chaperone/protocol/rfb/viewer-handshake.ts';
import { writeFence } from '@chaperone/protocol/rfb/write-client-message.ts';
import { ViewerNotCapable, ViewerStalled } from '../screen-error.ts';
import { FENCE_REQUEST_FLAG, FenceCount } from './fence-count.ts';
import { DEFAULT_BLOCKED_KEYS } from '@chaperone/domain/key-block/key-block.ts';
import { PacedInput } from '../input/paced-input.ts';
import { Heartbeat, isHeartbeatAnswer } from './heartbeat.ts';
import { InputFilter, isInput, type InputMessage, type InputRefusal } from './input-filter.ts';
import type {
  Screen,
  ScreenCounts,
  ScreenEnd,
  ScreenEndReason,
  ScreenLimits,
  ScreenOptions,
} from './screen-options.ts';
import { greetSource } from './greet-source.ts';
import { SourceLink } from './source-link.ts';
import { cannotFollowSize, UnitPass } from './unit-pass.ts';
import { ViewerUpdates } from './viewer-updates.ts';
import { ViewerWishes } from './viewer-wishes.ts';

/** Time for the source, and then for the viewer, to finish its handshake. */
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Time for which a viewer may leave its stream full: long enough for a bad line, short for a dead one. */
const VIEWER_STALL_MS = 30_000;

/** Shows a screen source to a viewer until the signal, the viewer or the source ends it. */
export function openScreen(options: ScreenOptions): Screen {
  assert(options.activities.includes('view'), 'a screen is only opened under a grant to view');
  const relay = new Relay(options);
  relay.start();
  return relay;
}

type Phase = 'opening' | 'flowing' | 'covered' | 'resuming' | 'ended';

class Relay implements Screen {
  readonly done: Promise<ScreenEnd>;
  readonly #options: ScreenOptions;
  readonly #limits: ScreenLimits;
  readonly #settle: (end: ScreenEnd) => void;
  readonly #isControlGranted: boolean;
  readonly #input: InputFilter;
  readonly #updates: ViewerUpdates;
  readonly #messages = new ClientMessageParser();
  readonly #wishes: ViewerWishes;
  readonly #fences = new FenceCount();
  readonly #units: UnitPass;
  readonly #heartbeat: Heartbeat;
  readonly #paced: PacedInput;
  #phase: Phase = 'opening';
  #handshake: ViewerHandshake | null = null;
  #handshakeTimer: NodeJS.Timeout | null = null;
  #stallTimer: NodeJS.Timeout | null = null;
  #link: SourceLink | null = null;
  /** Ends an attempt to connect to the source. */
  #connecting: AbortController | null = null;
  #size: FramebufferSize = { width: 1, height: 1 };
  #frames = 0;
  #bytesToViewer = 0;
  #inputsPassed = 0;
  #inputsRefused = 0;

  constructor(options: ScreenOptions) {
    this.#options = options;
    this.#limits = {
      handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS,
      viewerStallMs: VIEWER_STALL_MS,
      ...options.limits,
    };
    this.#isControlGranted = options.activities.includes('control');
    const isPanelOnDisplay = options.isPanelOnDisplay ?? false;
    const blocked = options.blockedKeys ?? DEFAULT_BLOCKED_KEYS;
    this.#input = new InputFilter(this.#isControlGranted, isPanelOnDisplay, blocked);
    this.#paced = new PacedInput({
      onInput: (message) => this.#handleInput(message),
      onDropped: ({ type }) => this.#refuseInput(type, 'too-fast'),
    });
    const isReEncoded = options.source.isReEncoded ?? false;
    this.#wishes = new ViewerWishes(this.#isControlGranted && !isPanelOnDisplay, isReEncoded);
    const onBytes = (count: number): void => {
      this.#bytesToViewer += count;
      options.onBytes?.(count);
    };
    this.#updates = new ViewerUpdates(options.viewer, onBytes, isReEncoded);
    this.#units = new UnitPass(this.#updates, this.#wishes, this.#fences, isReEncoded, {
      isClipboardShown: () => this.#isControlGranted && options.inputAllowed(),
      onFrame: () => this.#countFrame(),
      onResize: (size) => {
        this.#size = size;
      },
    });
    this.#heartbeat = new Heartbeat(
      () => this.#bytesToViewer,
      () => this.#updates.takes(ENCODING.fence) && !this.#updates.isOpen && !this.#isViewerFull(),
      (bytes) => options.viewer.write(bytes),
    );
    const { promise, resolve } = Promise.withResolvers<ScreenEnd>();
    this.done = promise;
    this.#settle = resolve;
  }

  start(): void {
    const { viewer, signal } = this.#options;
    viewer.on('error', () => this.#end('viewer-left'));
    viewer.once('close', () => this.#end('viewer-left'));
    viewer.once('end', () => this.#end('viewer-left'));
    viewer.on('drain', () => this.#onViewerDrain());
    if (signal.aborted) {
      this.#end('ended');
      return;
    }
    signal.addEventListener('abort', this.#onAbort);
    this.#connect((link) => this.#greetViewer(link));
  }

  counts(): ScreenCounts {
    return {
      frames: this.#frames,
      bytesToViewer: this.#bytesToViewer,
      inputsPassed: this.#inputsPassed,
      inputsRefused: this.#inputsRefused,
    };
  }

  refresh(): void {
    const { paused, inputAllowed } = this.#options;
    if (this.#phase === 'covered' && !paused()) this.#resume();
    else if (this.#phase !== 'covered' && paused()) this.#cover();
    if (!inputAllowed()) this.#releaseInput();
  }

  readonly #onAbort = (): void => this.#end('ended');

  // The source

  #connect(onLink: (link: SourceLink) => void): void {
    const connecting = new AbortController();
    this.#connecting = connecting;
    const { source } = this.#options;
    greetSource(source, this.#limits.handshakeTimeoutMs, connecting.signal).then(
      (greeted) => {
        if (connecting.signal.aborted) {
          greeted.stream.destroy();
          return;
        }
        this.#guard('source-malformed', () => {
          const link = new SourceLink(greeted, this.#wishes.format, {
            onUnits: () => this.#pump(),
            onDrain: () => this.#readViewer(),
            onLost: (error) => this.#end('source-lost', error),
          });
          this.#connecting = null;
          this.#link = link;
          onLink(link);
        });
      },
      (error: Error) => {
        if (connecting.signal.aborted) return;
        this.#end(error instanceof MalformedRFB ? 'source-malformed' : 'source-lost', error);
      },
    );
  }

  /** Passes units on for as long as the viewer reads them. */
  #pump(): void {
    this.#guard('source-malformed', () => {
      for (;;) {
        const link = this.#link;
        if (link === null || this.#phase !== 'flowing') return;
        if (this.#options.paused()) {
          this.#cover();
          return;
        }
        if (this.#isViewerFull()) {
          link.setFlowing(false);
          return;
        }
        const unit = link.next();
        if (unit === null) break;
        this.#units.pass(unit, link.size);
      }
      this.#link?.setFlowing(true);
    });
  }

  #countFrame(): void {
    this.#frames += 1;
    if (this.#frames === 1) this.#options.onFirstFrame?.();
  }

  // The viewer

  #greetViewer(link: SourceLink): void {
    const { viewer } = this.#options;
    this.#size = link.initialSize;
    this.#phase = 'flowing';
    this.#handshake = new ViewerHandshake(this.#size, DESKTOP_NAME);
    this.#handshakeTimer = setTimeout(
      () => this.#end('viewer-refused', new ViewerStalled('The viewer does not shake hands.')),
      this.#limits.handshakeTimeoutMs,
    );
    this.#updates.write(this.#handshake.greeting);
    viewer.on('data', (bytes: Buffer) => {
      this.#guard('viewer-refused', () => this.#takeFromViewer(bytes));
    });
    if (this.#options.paused()) this.#cover();
    else link.setFlowing(true);
  }

  #takeFromViewer(bytes: Buffer): void {
    if (this.#handshake === null) {
      this.#messages.push(bytes);
      this.#readViewer();
      return;
    }
    const step = this.#handshake.push(bytes);
    if (step.reply.length > 0) this.#updates.write(step.reply);
    if (step.rest === null) return;
    this.#handshake = null;
    if (this.#handshakeTimer !== null) clearTimeout(this.#handshakeTimer);
    this.#messages.push(step.rest);
    this.#readViewer();
  }

  /** Handles what the viewer said, for as long as neither side has too much waiting. */
  #readViewer(): void {
    this.#guard('viewer-refused', () => {
      const { viewer } = this.#options;
      while (this.#phase !== 'ended') {
        if (this.#link?.isFull === true || this.#isViewerFull()) {
          viewer.pause();
          return;
        }
        const message = this.#messages.next();
        if (message === null) break;
        this.#handle(message);
      }
      if (this.#phase !== 'ended') viewer.resume();
    });
  }

  #handle(message: ClientMessage): void {
    if (isInput(message)) {
      // What is refused anyway is counted as it comes.
      if (this.#isControlGranted) this.#paced.take(message);
      else this.#handleInput(message);
      return;
    }
    switch (message.type) {
      case 'set-pixel-format':
        if (this.#wishes.setFormat(message.format)) this.#link?.setFormat(message.format);
        return;
      case 'set-encodings':
        this.#updates.setEncodings(message.encodings);
        this.#link?.send(this.#wishes.setEncodings(message.encodings));
        return;
      case 'update-request':
        this.#wishes.setRequested();
        if (this.#phase === 'flowing') this.#link?.send(message);
        else if (!message.incremental) this.#updates.cover(this.#size, this.#wishes.format);
        return;
      case 'continuous-updates':
        this.#setContinuous(message);
        return;
      case 'fence':
        this.#answerFence(message);
        return;
    }
  }

  #handleInput(message: InputMessage): void {
    const { inputAllowed, excludedRegions } = this.#options;
    const isFlowing = this.#phase === 'flowing' && this.#link !== null;
    const verdict = this.#input.admit(message, {
      isAllowed: isFlowing && !this.#options.paused() && inputAllowed(),
      excluded: excludedRegions(),
      size: this.#size,
      nowMs: performance.now(),
    });
    for (const forwarded of verdict.forward) this.#link?.send(forwarded);
    if (verdict.refusal === null) {
      this.#inputsPassed += 1;
      return;
    }
    this.#refuseInput(message.type, verdict.refusal);
  }

  #refuseInput(kind: InputMessage['type'], refusal: InputRefusal): void {
    this.#inputsRefused += 1;
    this.#options.onInputRefused?.(kind, refusal);
  }

  /** Switching continuous updates off is answered; while covered the cart answers for the source. */
  #setContinuous(message: Extract<ClientMessage, { type: 'continuous-updates' }>): void {
    this.#wishes.setContinuous(message);
    if (!message.enable) this.#units.expectContinuousEnd();
    if (this.#phase === 'flowing') this.#link?.send(message);
    else if (!message.enable) this.#units.endContinuous();
  }

  #answerFence(message: Extract<ClientMessage, { type: 'fence' }>): void {
    if (isHeartbeatAnswer(message)) return;
    const isRequest = (message.flags & FENCE_REQUEST_FLAG) !== 0;
    if (!isRequest && !this.#fences.admitAnswer()) return;
    if (this.#phase === 'flowing') {
      this.#link?.send(message);
    } else if (isRequest) {
      const flags = (message.flags & ~FENCE_REQUEST_FLAG) >>> 0;
      this.#updates.write(writeFence(flags, message.payload));
    }
  }

  // Pause and resume

  #cover(): void {
    if (this.#phase === 'opening' || this.#phase === 'ended') return;
    this.#phase = 'covered';
    this.#connecting?.abort();
    this.#link?.close(this.#input.releaseAll());
    this.#link = null;
    this.#fences.sourceGone();
    if (this.#wishes.hasRequested) this.#updates.cover(this.#size, this.#wishes.format);
    this.#readViewer();
  }

  #resume(): void {
    this.#phase = 'resuming';
    this.#connect((link) => {
      this.#phase = 'flowing';
      const size = link.initialSize;
      const isResized = size.width !== this.#size.width || size.height !== this.#size.height;
      if (isResized && !this.#updates.followsSize) throw cannotFollowSize();
      this.#size = size;
      if (isResized) this.#updates.resize(size);
      this.#units.restart();
      if (this.#wishes.hasRequested) this.#updates.cover(size, this.#wishes.format);
      for (const message of this.#wishes.replay(size)) link.send(message);
      link.setFlowing(true);
    });
  }

  #releaseInput(): void {
    for (const message of this.#input.releaseAll()) this.#link?.send(message);
  }

  // Limits and the end

  /** Tells whether the viewer has bytes waiting, and sees to it that they do not wait for ever. */
  #isViewerFull(): boolean {
    const isFull = this.#options.viewer.writableNeedDrain;
    if (isFull) {
      this.#stallTimer ??= setTimeout(
        () => this.#end('viewer-refused', new ViewerStalled('The viewer does not read.')),
        this.#limits.viewerStallMs,
      );
    }
    return isFull;
  }

  #onViewerDrain(): void {
    if (this.#stallTimer !== null) clearTimeout(this.#stallTimer);
    this.#stallTimer = null;
    this.#pump();
    this.#readViewer();
  }

  /** Runs a step; what a peer did wrong ends the screen, what we did wrong is not caught. */
  #guard(reason: ScreenEndReason, step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.#end(error instanceof ViewerNotCapable ? 'viewer-refused' : reason, error);
    }
  }

  #end(reason: ScreenEndReason, error: Error | null = null): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    this.#heartbeat.stop();
    this.#paced.stop();
    if (this.#handshakeTimer !== null) clearTimeout(this.#handshakeTimer);
    if (this.#stallTimer !== null) clearTimeout(this.#stallTimer);
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#connecting?.abort();
    this.#link?.close(this.#input.releaseAll());
    this.#link = null;
    this.#options.viewer.destroy();
    this.#settle({ reason, error, counts: this.counts() });
  }
}
