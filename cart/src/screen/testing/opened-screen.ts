/** Opens a screen for tests, with everything that the cart would decide in plain sight. */
import { duplexPair, type Duplex } from 'node:stream';
import type { TestContext } from 'node:test';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { openScreen } from '../relay/relay.ts';
import type { Screen, ScreenLimits } from '../relay/screen-options.ts';
import type { ScreenSource } from '../source/source.ts';
import { RecordingViewer } from './recording-viewer.ts';

export interface OpenedScreen {
  readonly screen: Screen;
  readonly viewer: RecordingViewer;
  /** The viewer's end of the stream, and the relay's. */
  readonly viewerStream: Duplex;
  readonly relayStream: Duplex;
  readonly ending: AbortController;
  readonly refused: string[];
  /** Waits until this many input messages have been refused. */
  untilRefused(count: number): Promise<void>;
  isPaused: boolean;
  isInputAllowed: boolean;
  excluded: Rectangle[];
  firstFrames: number;
}

/** Opens a screen between a source and a recording viewer. */
export function openForTest(
  context: TestContext,
  source: ScreenSource,
  activities: readonly Activity[],
  limits: Partial<ScreenLimits> = {},
): OpenedScreen {
  const [relayStream, viewerStream] = duplexPair();
  relayStream.once('close', () => viewerStream.destroy());
  viewerStream.once('close', () => relayStream.destroy());
  const ending = new AbortController();
  let onRefusal = Promise.withResolvers<void>();
  const opened: Omit<OpenedScreen, 'screen'> = {
    viewer: new RecordingViewer(viewerStream),
    viewerStream,
    relayStream,
    ending,
    refused: [],
    untilRefused: async (count) => {
      while (opened.refused.length < count) await onRefusal.promise;
    },
    isPaused: false,
    isInputAllowed: true,
    excluded: [],
    firstFrames: 0,
  };
  const screen = openScreen({
    source,
    viewer: relayStream,
    activities,
    inputAllowed: () => opened.isInputAllowed,
    paused: () => opened.isPaused,
    excludedRegions: () => opened.excluded,
    onFirstFrame: () => {
      opened.firstFrames += 1;
    },
    onInputRefused: (kind, refusal) => {
      opened.refused.push(`${kind} ${refusal}`);
      onRefusal.resolve();
      onRefusal = Promise.withResolvers();
    },
    signal: ending.signal,
    limits,
  });
  context.after(async () => {
    ending.abort();
    await screen.done;
    await source.close();
  });
  return Object.assign(opened, { screen });
}
