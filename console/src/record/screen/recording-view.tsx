/** A recording of a cart's screen: played where it is, in the vault, with the same decoder that showed it first. */
import { FastForward, Pause, Play, Rewind } from 'lucide-react';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useShortcuts } from '../../key/shortcuts.ts';
import { IconButton } from '../../part/button.tsx';
import { Trouble } from '../../part/trouble.tsx';
import { formatBytes, formatDateTimeSeconds, formatDuration } from '../../words/format.ts';
import { VIEWER_WORDS } from '../../words/viewer.ts';
import { RangeSource } from '../reading/range-source.ts';
import type { SourceAddress } from '../reading/range-source.ts';
import { PlayedScreen } from './played-screen.ts';
import { RecordingReading } from './recording-reading.ts';
import { SPEEDS, ScreenPlayer } from './screen-player.ts';
import type { PlayerState, Speed } from './screen-player.ts';

const words = VIEWER_WORDS.recording;
/** One step with the arrow keys, milliseconds. */
const STEP_MS = 5_000;
const TICK_MS = 200;

export function RecordingView({ source }: { readonly source: SourceAddress }): ReactNode {
  const { address, bytes } = source;
  const place = useRef<HTMLElement>(null);
  const [player, setPlayer] = useState<ScreenPlayer | null>(null);
  const [reading, setReading] = useState<RecordingReading | null>(null);
  const [fault, setFault] = useState<Error | null>(null);
  useEffect(() => {
    let made: ScreenPlayer | null = null;
    let isGone = false;
    RecordingReading.open(new RangeSource({ address, bytes })).then(
      (opened) => {
        const at = place.current;
        if (isGone || at === null) return;
        made = new ScreenPlayer({ reading: opened, begin: (key) => new PlayedScreen(at, key) });
        made.start();
        setReading(opened);
        setPlayer(made);
      },
      (failed: unknown) => {
        if (!isGone) setFault(failed instanceof Error ? failed : new Error(String(failed)));
      },
    );
    return () => {
      isGone = true;
      made?.close();
    };
  }, [address, bytes]);
  return (
    <div className="recording">
      <Trouble fault={fault} />
      <figure ref={place} className="recording__place" aria-label={words.picture} />
      {player !== null && <Bar player={player} />}
      <p className="viewer__foot">
        {reading !== null && (
          <span>{words.begun(formatDateTimeSeconds(reading.foot.begunUtcMs))}</span>
        )}
        {reading?.foot.isInterrupted === true && (
          <span className="recording__cut">{words.interrupted}</span>
        )}
        <span>{formatBytes(bytes)}</span>
        <span>{words.keys}</span>
      </p>
    </div>
  );
}

function Bar({ player }: { readonly player: ScreenPlayer }): ReactNode {
  const state = useSyncExternalStore(player.subscribe, player.state);
  const { positionMs, durationMs, isPlaying, isSeeking, speed, fault } = state;
  useEffect(() => {
    if (!isPlaying) return undefined;
    const timer = setInterval(() => player.tick(), TICK_MS);
    return () => clearInterval(timer);
  }, [player, isPlaying]);
  useShortcuts({
    ' ': () => player.toggle(),
    ArrowLeft: () => player.by(-STEP_MS),
    ArrowRight: () => player.by(STEP_MS),
    Home: () => player.seek(0),
    End: () => player.seek(durationMs),
  });
  const time = words.time(clockOf(positionMs), clockOf(durationMs));
  return (
    <>
      <Trouble fault={fault} />
      <div className="recording__bar" role="toolbar" aria-label={words.tools}>
        <IconButton icon={Rewind} label={words.back} onPress={() => player.by(-STEP_MS)} />
        <IconButton
          icon={isPlaying ? Pause : Play}
          label={isPlaying ? words.pause : words.play}
          onPress={() => player.toggle()}
        />
        <IconButton icon={FastForward} label={words.on} onPress={() => player.by(STEP_MS)} />
        <input
          className="recording__slider"
          type="range"
          min={0}
          max={Math.max(1, durationMs)}
          value={Math.round(positionMs)}
          step={1}
          aria-label={words.place}
          aria-valuetext={time}
          onKeyDown={(event) => slide(event, player, state)}
          onChange={(event) => player.seek(Number(event.target.value))}
        />
        <output className="recording__time" aria-label={words.timeLabel} aria-live="off">
          {time}
        </output>
        <fieldset className="segments segments--small" aria-label={words.speed}>
          {SPEEDS.map((each: Speed) => (
            <button
              key={each}
              type="button"
              aria-pressed={speed === each}
              onClick={() => player.setSpeed(each)}
            >
              {words.speedOf(each)}
            </button>
          ))}
        </fieldset>
        <span className="recording__seeking" aria-live="polite">
          {isSeeking ? words.seeking : ''}
        </span>
      </div>
    </>
  );
}

/** The slider has the same keys as the page, and the ends of the recording beside. */
function slide(
  event: KeyboardEvent<HTMLInputElement>,
  player: ScreenPlayer,
  { durationMs }: PlayerState,
): void {
  const acts: Readonly<Record<string, (() => void) | undefined>> = {
    ' ': () => player.toggle(),
    ArrowLeft: () => player.by(-STEP_MS),
    ArrowDown: () => player.by(-STEP_MS),
    ArrowRight: () => player.by(STEP_MS),
    ArrowUp: () => player.by(STEP_MS),
    Home: () => player.seek(0),
    End: () => player.seek(durationMs),
  };
  const act = acts[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
}

function clockOf(ms: number): string {
  return formatDuration(Math.floor(ms / 1000));
}
