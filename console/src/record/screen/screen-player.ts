/**
 * Plays a recording: which moment is shown, how fast it goes on, and how it is reached from the nearest point before it.
 *
 * It knows no React; a component subscribes. One run at a time goes through the pieces; another place, unless it is close
 * ahead, begins another run, whose picture takes the place of the old one only once it is there.
 */
import type { Piece, RecordingReading } from './recording-reading.ts';

export const SPEEDS = [1, 2, 4, 8] as const;
export type Speed = (typeof SPEEDS)[number];

export interface PlayerState {
  readonly positionMs: number;
  readonly durationMs: number;
  readonly isPlaying: boolean;
  readonly speed: Speed;
  /** A moment is being reached: what is shown is another one still. */
  readonly isSeeking: boolean;
  readonly fault: Error | null;
}

/** A picture that pieces are drawn into. */
export interface Picture {
  draw(messages: Uint8Array): Promise<void>;
  show(): void;
  close(): void;
}

export interface PlayerOptions {
  readonly reading: Pick<RecordingReading, 'foot' | 'pieces' | 'pointBefore'>;
  /** Makes a picture that begins with a key. */
  readonly begin: (key: Uint8Array) => Picture;
  readonly nowMs?: () => number;
}

interface Run {
  /** Up to where it draws without a pause. */
  targetMs: number;
  /** The time of the last picture that it has drawn; negative before the first. */
  drawnMs: number;
  picture: Picture | null;
  isOver: boolean;
}

export class ScreenPlayer {
  readonly #options: PlayerOptions;
  readonly #nowMs: () => number;
  readonly #listeners = new Set<() => void>();
  #state: PlayerState;
  /** The moment at which it plays on, and when that was; null while it stands still. */
  #clock: { readonly fromMs: number; readonly sinceMs: number } | null = null;
  #run: Run | null = null;
  #shown: Picture | null = null;
  #wake: (() => void) | null = null;
  #isClosed = false;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#state = {
      positionMs: 0,
      durationMs: options.reading.foot.durationMs,
      isPlaying: false,
      speed: 1,
      isSeeking: false,
      fault: null,
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly state = (): PlayerState => this.#state;

  /** Shows the beginning. */
  start(): void {
    this.seek(0);
  }

  play(): void {
    const { positionMs, durationMs, isPlaying } = this.#state;
    if (isPlaying || this.#isClosed) return;
    if (positionMs >= durationMs) this.seek(0);
    this.#become({ isPlaying: true });
    this.#goOn();
  }

  pause(): void {
    if (!this.#state.isPlaying) return;
    const positionMs = this.#position();
    this.#clock = null;
    this.#become({ isPlaying: false, positionMs });
    if (this.#run !== null) this.#run.targetMs = Math.max(this.#run.targetMs, positionMs);
    this.#stir();
  }

  toggle(): void {
    if (this.#state.isPlaying) this.pause();
    else this.play();
  }

  setSpeed(speed: Speed): void {
    const positionMs = this.#position();
    if (this.#clock !== null) this.#clock = { fromMs: positionMs, sinceMs: this.#nowMs() };
    this.#become({ speed, positionMs });
    this.#stir();
  }

  /** Goes to a moment; whether it plays on stays as it is. */
  seek(toMs: number): void {
    if (this.#isClosed) return;
    const targetMs = Math.min(Math.max(0, toMs), this.#state.durationMs);
    this.#clock = null;
    this.#become({ positionMs: targetMs, isSeeking: true, fault: null });
    const run = this.#run;
    const point = this.#options.reading.pointBefore(targetMs);
    const isAhead =
      run !== null && !run.isOver && run.drawnMs <= targetMs && point.atMs <= run.drawnMs;
    if (isAhead) {
      run.targetMs = targetMs;
      return this.#stir();
    }
    if (run !== null) run.isOver = true;
    const next: Run = { targetMs, drawnMs: -1, picture: null, isOver: false };
    this.#run = next;
    this.#stir();
    void this.#go(next, point.offset);
  }

  by(ms: number): void {
    this.seek(this.#position() + ms);
  }

  /** The position as it is now, for who draws it while it plays. */
  tick(): void {
    if (this.#clock !== null) this.#become({ positionMs: this.#position() });
  }

  close(): void {
    this.#isClosed = true;
    if (this.#run !== null) this.#run.isOver = true;
    this.#stir();
    this.#run?.picture?.close();
    this.#shown?.close();
  }

  async #go(run: Run, offset: number): Promise<void> {
    try {
      for await (const piece of this.#options.reading.pieces(offset)) {
        // Its first picture is drawn whenever it came: before it there was none.
        while (!run.isOver && run.drawnMs >= 0 && piece.atMs > run.targetMs) {
          this.#reached(run);
          const dueMs = this.#dueMs(piece.atMs);
          if (dueMs === 0) break;
          await this.#rest(dueMs);
        }
        if (run.isOver) break;
        await this.#draw(run, piece);
        if (piece.kind === 'picture') run.drawnMs = Math.max(run.drawnMs, piece.atMs);
      }
      while (!run.isOver) {
        this.#reached(run);
        const { isPlaying, durationMs } = this.#state;
        if (isPlaying && this.#position() >= durationMs) this.pause();
        await this.#rest(isPlaying ? this.#dueMs(durationMs) : null);
      }
    } catch (fault) {
      if (!run.isOver) {
        run.isOver = true;
        this.#clock = null;
        this.#become({ isPlaying: false, isSeeking: false, fault: asError(fault) });
      }
    } finally {
      if (run.picture !== null && run.picture !== this.#shown) run.picture.close();
    }
  }

  async #draw(run: Run, { kind, content, atMs }: Piece): Promise<void> {
    if (kind === 'key') {
      // Later keys are for who begins there.
      run.picture ??= this.#options.begin(content);
      return;
    }
    await run.picture?.draw(content);
    if (atMs > this.#state.durationMs) this.#become({ durationMs: atMs });
  }

  /** What was to be reached is drawn: it is shown, and plays on from there. */
  #reached(run: Run): void {
    if (run.picture !== null && run.picture !== this.#shown) {
      run.picture.show();
      this.#shown?.close();
      this.#shown = run.picture;
    }
    if (!this.#state.isSeeking) return;
    this.#become({ isSeeking: false });
    this.#goOn();
  }

  #goOn(): void {
    const { isPlaying, isSeeking, positionMs } = this.#state;
    if (isPlaying && !isSeeking) this.#clock = { fromMs: positionMs, sinceMs: this.#nowMs() };
    this.#stir();
  }

  /** How long until a moment is due; 0 when it is, null while it stands still. */
  #dueMs(atMs: number): number | null {
    if (this.#clock === null) return null;
    return Math.max(0, (atMs - this.#position()) / this.#state.speed);
  }

  async #rest(ms: number | null): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = ms === null ? undefined : setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #stir(): void {
    this.#wake?.();
  }

  #position(): number {
    const { positionMs, speed, durationMs } = this.#state;
    if (this.#clock === null) return positionMs;
    const { fromMs, sinceMs } = this.#clock;
    return Math.min(durationMs, fromMs + (this.#nowMs() - sinceMs) * speed);
  }

  #become(change: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function asError(fault: unknown): Error {
  return fault instanceof Error ? fault : new Error(String(fault));
}
