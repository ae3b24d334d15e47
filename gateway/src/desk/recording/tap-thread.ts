/**
 * The thread of one recorded screen: what its cart sends is taken apart, unpacked and packed again here, and nowhere else of the
 * gateway. It gives way to everything else of the process. Started by `threaded-tap.ts`.
 */
import { parentPort } from 'node:worker_threads';
import type { PixelFormat } from '@chaperone/protocol/rfb/pixel-format.ts';
import type { FramebufferSize } from '@chaperone/protocol/rfb/server-message.ts';
import { giveWay } from '../../platform/thread/give-way.ts';
import { ScreenNotRecordable } from './recording-error.ts';
import { ScreenTap } from './screen-tap.ts';

export type TapOrder =
  | { readonly is: 'take'; readonly bytes: Uint8Array }
  | { readonly is: 'format'; readonly format: PixelFormat }
  | { readonly is: 'begin-key' }
  | { readonly is: 'end-key' };

/** What became of what a cart said. */
export interface Taken {
  /** Whole RFB messages with what the viewer is shown by it; null: nothing. */
  readonly shown: Uint8Array | null;
  readonly size: FramebufferSize | null;
  /** Whether the whole picture was drawn since the key was begun. */
  readonly isKeyWhole: boolean;
  /** The last key at which somebody can still begin; told once, Infinity while no later one is broken. */
  readonly lastGoodKey: number;
  readonly workMs: number;
}

export type TapAnswer =
  | { readonly is: 'taken'; readonly taken: Taken }
  | {
      readonly is: 'key';
      readonly size: FramebufferSize;
      readonly messages: Uint8Array;
    }
  | { readonly is: 'done' }
  | { readonly is: 'refused'; readonly why: string };

/** Steps of niceness below the rest of the process: few, since what is shown waits for it. */
const NICER = 3;

const tap = new ScreenTap();

giveWay(NICER);
parentPort?.on('message', (order: TapOrder) => {
  const answer = answerTo(order);
  // What is given away is not copied; each has a memory of its own.
  const given: ArrayBuffer[] = [];
  if (answer.is === 'taken' && answer.taken.shown !== null)
    given.push(answer.taken.shown.buffer as ArrayBuffer);
  parentPort?.postMessage(answer, given);
});

function answerTo(order: TapOrder): TapAnswer {
  try {
    return carryOut(order);
  } catch (fault) {
    // Anything else is a fault of this program, and ends the thread.
    if (fault instanceof ScreenNotRecordable) return { is: 'refused', why: fault.message };
    throw fault;
  }
}

function carryOut(order: TapOrder): TapAnswer {
  switch (order.is) {
    case 'take':
      return { is: 'taken', taken: take(order.bytes) };
    case 'format':
      tap.setFormat(order.format);
      return { is: 'done' };
    case 'begin-key': {
      const { size, messages } = tap.beginKey();
      return { is: 'key', size, messages: Uint8Array.from(messages) };
    }
    case 'end-key':
      tap.endKey();
      return { is: 'done' };
  }
}

function take(bytes: Uint8Array): Taken {
  const beganMs = performance.now();
  const shown = tap.fromCart(bytes);
  return {
    shown: shown === null ? null : Uint8Array.from(shown),
    size: tap.size,
    isKeyWhole: tap.isKeyWhole,
    lastGoodKey: shown === null ? Infinity : tap.takeLastGoodKey(),
    workMs: performance.now() - beganMs,
  };
}
