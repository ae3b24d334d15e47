/**
 * Puts a re-encoder in front of a screen source: RFB in, RFB out, at a fraction of the bytes (decision 0045).
 *
 * What comes out is a screen source itself, so that the relay stays the only gate between it and a technician. Each
 * opening has its own connection to the source, its own picture and, where something moves, its own video encoder.
 */
import { accessSync, constants } from 'node:fs';
import { duplexPair, type Duplex } from 'node:stream';
import { FilmEncoder, type FilmKind } from '../encoder/film.ts';
import { RunAllowance } from '../encoder/run-allowance.ts';
import { ScreenFilmUnavailable } from '../screen-error.ts';
import type { Masking } from '../mask/masking.ts';
import type { ScreenSource } from '../source/source.ts';
import { Connection } from './connection.ts';
import { SourceView } from './source-view.ts';

export interface ReEncoderOptions {
  /** Path of ffmpeg; null for none. */
  readonly videoProgram: string | null;
  /** Told when a viewer that takes film gets stills for as long as it is connected. */
  readonly onFilmUnavailable?: (why: ScreenFilmUnavailable) => void;
  /** How long a source that went away is looked for again; default 15 s. */
  readonly sourceLostMaxMs?: number;
  /** What of the picture is covered before anything reads it; default: nothing. */
  readonly masking?: Masking;
}

/** Makes a source that shows another one re-encoded. */
export function reEncoded(source: ScreenSource, options: ReEncoderOptions): ScreenSource {
  const streams = new Set<Duplex>();
  return {
    description: source.description,
    isReEncoded: true,
    async open(signal) {
      const { sourceLostMaxMs, masking } = options;
      const view = await SourceView.open(source, signal, sourceLostMaxMs, masking);
      const [near, far] = duplexPair();
      // A pair of streams does not tell one end that the other was destroyed.
      near.once('close', () => far.destroy());
      far.once('close', () => near.destroy());
      streams.add(far);
      far.once('close', () => streams.delete(far));
      const runs = new RunAllowance();
      new Connection(far, view, (kind) => filmEncoder(kind, runs, options));
      return near;
    },
    async close() {
      for (const stream of streams) stream.destroy();
      await source.close();
    },
  };
}

function filmEncoder(
  kind: FilmKind,
  runs: RunAllowance,
  options: ReEncoderOptions,
): FilmEncoder | null {
  const { videoProgram, onFilmUnavailable } = options;
  if (videoProgram !== null && isExecutable(videoProgram)) {
    const onFailed = (): void => onFilmUnavailable?.(failing(videoProgram));
    return new FilmEncoder(videoProgram, kind, runs, onFailed);
  }
  onFilmUnavailable?.(
    new ScreenFilmUnavailable(
      videoProgram === null
        ? 'What moves on the screen goes as stills: no program for film is configured (screen.encoder.ffmpeg).'
        : `What moves on the screen goes as stills: ${videoProgram} is not there or may not be run. Install ffmpeg, or name it in screen.encoder.ffmpeg.`,
    ),
  );
  return null;
}

function failing(program: string): ScreenFilmUnavailable {
  return new ScreenFilmUnavailable(
    `What moves on the screen goes as stills: ${program} failed several times. Try it by itself; it needs the encoders libx264 and mjpeg.`,
  );
}

/** Tells whether there is such a program. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
