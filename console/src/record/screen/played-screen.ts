/**
 * One picture of a recording as noVNC draws it: it is told what its viewer was told, over a channel that goes nowhere.
 *
 * What noVNC says (what it would like to have, and when) is left unheard but for fences, by which it says that it has drawn
 * what came before. noVNC decodes as it did for who was shown the screen.
 *
 * @see RFC 6143 §7.1 to §7.3; rfbproto, Fence
 */
import RFB from '@novnc/novnc';
import { readKey } from '@chaperone/protocol/recording/recording-format.ts';
import { ReadingFault } from '../worker/worker-call.ts';

/** How long noVNC may need for one piece, milliseconds: a whole picture on a slow computer, and a film's first frame. */
const DRAWN_MS_MAX = 15_000;
const FENCE = 248;
/** A request that is answered when everything before it has been dealt with. */
const FENCE_FLAGS = 0x8000_0001;
const FENCE_HEAD_BYTES = 9;
/** An update without a rectangle: noVNC begins it only when what it draws beside is drawn. */
const EMPTY_UPDATE = Uint8Array.of(0, 0, 0, 0);
/**
 * A ZRLE rectangle of one pixel that begins the zlib stream: 0x78 0x01, then a stored block with a tile of one colour. In a
 * recording no rectangle begins it, so that each can be the first.
 */
const ZRLE_BEGINNING = Uint8Array.of(
  ...[0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 16],
  ...[0, 0, 0, 11, 0x78, 0x01, 0, 4, 0, 0xfb, 0xff, 1, 0, 0, 0],
);

/** As much of an RTCDataChannel as noVNC needs. */
class Channel {
  binaryType = 'arraybuffer';
  readonly protocol = '';
  readyState: 'open' | 'closed' = 'open';
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: ArrayBuffer }) => void) | null = null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly #onFence: (payload: number) => void;

  constructor(onFence: (payload: number) => void) {
    this.#onFence = onFence;
  }

  send(said: Uint8Array): void {
    if (said[0] !== FENCE || said.length < FENCE_HEAD_BYTES + 4) return;
    const view = new DataView(said.buffer, said.byteOffset, said.byteLength);
    this.#onFence(view.getUint32(FENCE_HEAD_BYTES));
  }

  close(): void {
    this.readyState = 'closed';
    // As a channel of the browser does: later. noVNC waits for it only from then on.
    setTimeout(() => this.onclose?.({ code: 1000, reason: '' }), 0);
  }

  deliver(bytes: Uint8Array): void {
    this.onmessage?.({ data: Uint8Array.from(bytes).buffer });
  }
}

export class PlayedScreen {
  readonly element = document.createElement('div');
  readonly #channel: Channel;
  readonly #rfb: RFB;
  readonly #waiting = new Map<number, { resolve: () => void; reject: (fault: Error) => void }>();
  #fences = 0;
  #isBroken = false;

  /** @param key the content of the key at which it begins */
  constructor(place: Element, key: Uint8Array) {
    const { width, height, messages } = readKey(key);
    this.element.className = 'recording__screen';
    place.append(this.element);
    this.#channel = new Channel((fence) => {
      this.#waiting.get(fence)?.resolve();
      this.#waiting.delete(fence);
    });
    // noVNC takes any channel that looks like one; its types know the browser's own only.
    this.#rfb = new RFB(this.element, this.#channel as unknown as WebSocket, { shared: true });
    this.#rfb.viewOnly = true;
    this.#rfb.focusOnClick = false;
    this.#rfb.scaleViewport = true;
    this.#rfb.background = 'transparent';
    this.#rfb.addEventListener('disconnect', () => this.#break());
    const name = new TextEncoder().encode('Recording');
    const init = new Uint8Array(24 + name.length);
    const view = new DataView(init.buffer);
    view.setUint16(0, width);
    view.setUint16(2, height);
    // 32 bits, depth 24, little-endian, true colour; 255 each, red first.
    init.set([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16], 4);
    view.setUint32(20, name.length);
    init.set(name, 24);
    this.#channel.deliver(new TextEncoder().encode('RFB 003.008\n'));
    this.#channel.deliver(Uint8Array.of(1, 1));
    this.#channel.deliver(Uint8Array.of(0, 0, 0, 0));
    this.#channel.deliver(init);
    this.#channel.deliver(ZRLE_BEGINNING);
    if (messages.length > 0) this.#channel.deliver(messages);
  }

  /** Draws what was shown, and waits until it is drawn. @throws ReadingFault when it cannot be */
  async draw(messages: Uint8Array): Promise<void> {
    if (this.#isBroken) throw broken();
    this.#fences += 1;
    const fence = this.#fences;
    const drawn = new Promise<void>((resolve, reject) => {
      this.#waiting.set(fence, { resolve, reject });
    });
    const timer = setTimeout(() => this.#break(), DRAWN_MS_MAX);
    this.#channel.deliver(messages);
    this.#channel.deliver(EMPTY_UPDATE);
    this.#channel.deliver(fenceOf(fence));
    try {
      await drawn;
    } finally {
      clearTimeout(timer);
    }
  }

  show(): void {
    this.element.dataset['shown'] = 'yes';
  }

  close(): void {
    this.#break();
    if (this.#channel.readyState === 'open') this.#rfb.disconnect();
    this.element.remove();
  }

  #break(): void {
    this.#isBroken = true;
    for (const { reject } of this.#waiting.values()) reject(broken());
    this.#waiting.clear();
  }
}

function fenceOf(fence: number): Uint8Array {
  const bytes = new Uint8Array(FENCE_HEAD_BYTES + 4);
  const view = new DataView(bytes.buffer);
  bytes[0] = FENCE;
  view.setUint32(4, FENCE_FLAGS);
  bytes[8] = 4;
  view.setUint32(FENCE_HEAD_BYTES, fence);
  return bytes;
}

function broken(): ReadingFault {
  return new ReadingFault('RECORDING_NOT_PLAYABLE');
}
