/**
 * Keys and buttons that a screen source could not be told to release, because it was away or did not read: they are released as
 * soon as it can be, whether a viewer comes back or not.
 *
 * Where the source has a way of its own (an X display, at the X server itself) that one is taken; else the releases are said on
 * a connection of their own, over and over until the source has answered after them. Nothing is ever pressed. Life: until it is
 * done; it keeps no program alive. Each source has one.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { ClientMessage } from '@chaperone/protocol/rfb/client-message.ts';
import { writeClientMessage } from '@chaperone/protocol/rfb/write-client-message.ts';
import { greetSource } from '../relay/greet-source.ts';
import { ScreenSourceUnreachable } from '../screen-error.ts';
import type { ScreenSource } from '../source/source.ts';

/** Time for the source to shake hands, and then to answer. */
const ANSWER_TIMEOUT_MS = 2000;
/** Between two tries: at once at first, for a server that is being restarted; then so that nobody is disturbed. */
const RETRY_MS = { first: 100, most: 5000 } as const;
/** Messages that are kept; more than all keys of two connections are none. */
const MESSAGES_MAX = 600;

export interface OwedReleases {
  /** Takes what has to be released; nothing of it: nothing is owed. */
  owe(releases: readonly ClientMessage[]): void;
  /** Settles when nothing is owed any more. */
  readonly settled: Promise<void>;
}

const BY_SOURCE = new WeakMap<ScreenSource, Debt>();

/** Finds what is owed to a source. */
export function owedReleases(source: ScreenSource): OwedReleases {
  let debt = BY_SOURCE.get(source);
  if (debt === undefined) BY_SOURCE.set(source, (debt = new Debt(source)));
  return debt;
}

class Debt implements OwedReleases {
  readonly #source: ScreenSource;
  #releases: readonly ClientMessage[] = [];
  #running: Promise<void> | null = null;

  constructor(source: ScreenSource) {
    this.#source = source;
  }

  get settled(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  owe(releases: readonly ClientMessage[]): void {
    if (releases.length === 0) return;
    this.#releases = [...this.#releases, ...releases].slice(-MESSAGES_MAX);
    this.#running ??= this.#pay().finally(() => {
      this.#running = null;
    });
  }

  async #pay(): Promise<void> {
    let waitMs: number = RETRY_MS.first;
    while (this.#releases.length > 0) {
      const paying = this.#releases;
      try {
        await (this.#source.releaseHeld?.() ?? this.#say(paying));
        this.#releases = this.#releases.slice(paying.length);
      } catch (failure) {
        if (!(failure instanceof DomainError)) throw failure;
        await pause(waitMs, undefined, { ref: false });
        waitMs = Math.min(RETRY_MS.most, waitMs * 2);
      }
    }
  }

  async #say(releases: readonly ClientMessage[]): Promise<void> {
    const late = AbortSignal.timeout(2 * ANSWER_TIMEOUT_MS);
    const { stream, rest } = await greetSource(this.#source, ANSWER_TIMEOUT_MS, late);
    try {
      for (const each of releases) stream.write(writeClientMessage(each));
      const area = { x: 0, y: 0, width: 1, height: 1 };
      stream.write(writeClientMessage({ type: 'update-request', incremental: false, area }));
      if (rest.length === 0) await answerOf(stream, late);
    } finally {
      stream.destroy();
    }
  }
}

/** Waits for a word of the source. @throws ScreenSourceUnreachable */
function answerOf(stream: NodeJS.ReadableStream, late: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (): void =>
      reject(new ScreenSourceUnreachable("The cart's screen source does not answer."));
    late.addEventListener('abort', fail, { once: true });
    stream.once('data', () => resolve());
    stream.once('close', fail);
    stream.resume();
  });
}
