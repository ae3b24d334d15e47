/**
 * Targets of the cart's screen relay: the real relay between a source and a viewer, of which one says anything at all.
 *
 * What it counted at its end, and how it ended, must not depend on how the bytes were cut.
 */
import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';
import { openScreen } from '@chaperone/cart/screen/relay/relay.ts';
import type { ScreenEnd } from '@chaperone/cart/screen/relay/screen-options.ts';
import type { ScreenSource } from '@chaperone/cart/screen/source/source.ts';
import { FLVFrames, MalformedVideo } from '@chaperone/cart/device/film-encoder/flv.ts';
import { JPEGFrames } from '@chaperone/cart/device/film-encoder/jpeg-frames.ts';
import { reEncoded } from '@chaperone/cart/screen/re-encoder/re-encoder.ts';
import { ViewerNotCapable } from '@chaperone/cart/screen/screen-error.ts';
import { ScriptedSource } from '@chaperone/cart/screen/testing/scripted-source.ts';
import { MalformedRFB } from '@chaperone/protocol/rfb/malformed-rfb.ts';
import { writeClientMessage } from '@chaperone/protocol/rfb/write-client-message.ts';
import { Chance } from '../engine/chance.ts';
import { sameInAnyChunks } from '../engine/streaming.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';
import { CLIENT_MESSAGES, FORMATS, SERVER_MESSAGES, SIZE } from './rfb.ts';

const GREETING = Buffer.from('RFB 003.008\n\x01\x01', 'latin1');
const ENCODINGS = [7, 1, 0, 16, -239, -223, -224, -258, -308, -312, -313];
/** Without the update whose encodings the cart does not ask its source for. */
const PASSING = SERVER_MESSAGES.toSpliced(1, 1);
const WHOLE = { x: 0, y: 0, ...SIZE };

interface Ended {
  readonly told: string;
  readonly error: Error | null;
}

/** A viewer that asks properly, and a source that answers with anything. The first byte is the viewer's format. */
const fromSource: Target = {
  name: 'screen-relay-source',
  entry: 'cart/src/screen/relay/relay.ts › openScreen (source-link, unit-pass, viewer-updates)',
  refusals: [MalformedRFB, ViewerNotCapable],
  limits: 'as rfb-server-message; the same in any chunks',
  form: 'bytes',
  weight: 0.3,
  seeds: () => [
    ...PASSING.map((message) => Buffer.concat([Buffer.of(0), message])),
    Buffer.concat([Buffer.of(0), ...PASSING]),
    Buffer.concat([Buffer.of(2), ...PASSING.slice(1)]),
  ],
  feed: async (input) => {
    const format = FORMATS[(input[0] ?? 0) % FORMATS.length] ?? FORMATS[0];
    const said = input.subarray(1);
    const asks = [
      GREETING,
      ...(format === undefined ? [] : [writeClientMessage({ type: 'set-pixel-format', format })]),
      writeClientMessage({ type: 'set-encodings', encodings: ENCODINGS }),
      writeClientMessage({ type: 'update-request', incremental: false, area: WHOLE }),
    ];
    const play = async (chunks: readonly Buffer[]): Promise<Ended> => {
      let begun = false;
      const source = new ScriptedSource(SIZE, ({ type }, { stream }) => {
        if (type !== 'update-request' || begun) return;
        begun = true;
        for (const chunk of chunks) stream.write(chunk);
        stream.end();
      });
      return await endOf(source, (viewer) => {
        for (const ask of asks) viewer.write(ask);
      });
    };
    return alike(await play([said]), await play(new Chance(input.length).chunks(said)));
  },
};

/** A source that only listens, and a viewer that says anything. */
const fromViewer: Target = {
  name: 'screen-relay-viewer',
  entry: 'cart/src/screen/relay/relay.ts › openScreen (input-filter, viewer-wishes)',
  refusals: [MalformedRFB, ViewerNotCapable],
  limits: 'as rfb-client-message; nothing reaches the panel; the same in any chunks',
  form: 'bytes',
  weight: 0.3,
  seeds: () => [
    ...CLIENT_MESSAGES.map((message) => Buffer.concat([GREETING, writeClientMessage(message)])),
    Buffer.concat([GREETING, ...CLIENT_MESSAGES.map(writeClientMessage)]),
  ],
  feed: async (input) => {
    const play = async (chunks: readonly Buffer[]): Promise<Ended> => {
      const panel = { x: 0, y: 0, width: 100, height: 100 };
      const source = new ScriptedSource(SIZE, (message) => {
        if (message.type !== 'pointer' || message.buttons === 0) return;
        holds(message.x >= 100 || message.y >= 100, 'the panel was clicked');
      });
      return await endOf(
        source,
        (viewer) => {
          for (const chunk of chunks) viewer.write(chunk);
          viewer.end();
        },
        [panel],
      );
    };
    return alike(await play([input]), await play(new Chance(input.length).chunks(input)));
  },
};

/** The same source behind the re-encoder: it draws into a picture, and what the viewer gets is made of that. */
const reEncodedSource: Target = {
  name: 'screen-re-encoder-source',
  entry: 'cart/src/screen/re-encoder/re-encoder.ts › reEncoded (source-view, connection)',
  refusals: [MalformedRFB, ViewerNotCapable],
  limits:
    'as rfb-server-message; pictures of 33 million pixels; bytes to the viewer as for its pictures',
  form: 'bytes',
  weight: 0.2,
  seeds: () => [
    ...PASSING.map((message) => Buffer.concat([Buffer.of(0), message])),
    Buffer.concat([Buffer.of(1), ...PASSING]),
  ],
  feed: async (input) => {
    const said = input.subarray(1);
    const still = STILL_ENCODINGS[(input[0] ?? 0) % STILL_ENCODINGS.length] ?? 0;
    let begun = false;
    const source = new ScriptedSource(SIZE, ({ type }, { stream }) => {
      if (type !== 'update-request' || begun) return;
      begun = true;
      for (const chunk of new Chance(input.length).chunks(said)) stream.write(chunk);
      stream.end();
    });
    const shown = reEncoded(source, { videoProgram: null, sourceLostMaxMs: 0 });
    const { reason } = await runFor(shown, (viewer) => {
      viewer.write(GREETING);
      viewer.write(writeClientMessage({ type: 'set-encodings', encodings: [still, -239, -307] }));
      viewer.write(writeClientMessage({ type: 'update-request', incremental: false, area: WHOLE }));
    });
    holds(reason === 'source-lost' || reason === 'viewer-refused', `it ended with ${reason}`);
    return reason;
  },
};

const STILL_ENCODINGS = [7, 16, 0];

/** What the video program writes: it is another program, if ours to choose. */
const video: Target = {
  name: 'screen-video',
  entry: 'cart/src/device/film-encoder/flv.ts › FLVFrames',
  refusals: [MalformedVideo],
  limits: 'frames of 4 MiB; the same in any chunks',
  form: 'bytes',
  seeds: () => [
    Buffer.from(
      '464c5601010000000900000000' +
        '090000140000000000000017000000000164001fffe100026709010002680800000000' +
        '0900000d00000000000000170100000000000002650700000000',
      'hex',
    ),
  ],
  feed: (input) =>
    sameInAnyChunks(input, () => {
      const frames = new FLVFrames();
      return (chunk, say) => {
        for (const frame of frames.push(chunk)) say(frame.toString('hex'));
      };
    }),
};

/** What it writes when the film goes as JPEG. */
const images: Target = {
  name: 'screen-images',
  entry: 'cart/src/device/film-encoder/jpeg-frames.ts › JPEGFrames',
  refusals: [MalformedVideo],
  limits: 'images of 4 MiB; the same in any chunks',
  form: 'bytes',
  seeds: () => [Buffer.from('ffd8fffe0006ffd9ffd9ffda0002ff00d9ffd0ff00ffd9ffd8ffd9', 'hex')],
  feed: (input) =>
    sameInAnyChunks(input, () => {
      const frames = new JPEGFrames();
      return (chunk, say) => {
        for (const image of frames.push(chunk)) say(image.toString('hex'));
      };
    }),
};

async function endOf(
  source: ScreenSource,
  begin: (viewer: Duplex) => void,
  excluded: readonly { x: number; y: number; width: number; height: number }[] = [],
): Promise<Ended> {
  const { reason, error, counts } = await runFor(source, begin, excluded);
  const isOurs = error instanceof MalformedRFB || error instanceof ViewerNotCapable;
  return { told: JSON.stringify([reason, counts]), error: isOurs ? error : null };
}

async function runFor(
  source: ScreenSource,
  begin: (viewer: Duplex) => void,
  excluded: readonly { x: number; y: number; width: number; height: number }[] = [],
): Promise<ScreenEnd> {
  const [relayStream, viewer] = duplexPair();
  viewer.on('error', () => undefined);
  relayStream.once('close', () => viewer.destroy());
  viewer.resume();
  const screen = openScreen({
    source,
    viewer: relayStream,
    activities: ['view', 'control'],
    inputAllowed: () => true,
    paused: () => false,
    excludedRegions: () => excluded,
    signal: new AbortController().signal,
  });
  begin(viewer);
  const end = await screen.done;
  await source.close();
  return end;
}

function alike(one: Ended, other: Ended): string {
  holds(one.error?.constructor === other.error?.constructor, 'chunks decide whether it is refused');
  // A refusal may come before or after the answer to what stood before it.
  if (one.error !== null) throw one.error;
  holds(one.told === other.told, `chunks decide what passes: ${one.told}, ${other.told}`);
  return one.told;
}

export const SCREEN_TARGETS: readonly Target[] = [
  fromSource,
  fromViewer,
  reEncodedSource,
  video,
  images,
];
