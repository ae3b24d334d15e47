/**
 * Encodes one update at a time for one viewer: what goes without loss, and the film's next frame.
 *
 * What it returns is sent, all of it; what must not be sent any more it does not return, and asks the plan for again.
 */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import type { FilmEncoder, FilmFrame, FilmKind } from '../encoder/film.ts';
import { StillEncoder } from '../encoder/still.ts';
import type { Picture } from '../picture/picture.ts';
import type { RateControl } from '../rate/rate-control.ts';
import { bytesIn, within } from './rectangles.ts';
import type { SourceView } from './source-view.ts';
import { tilesIn, type Update, type UpdatePlan } from './update-plan.ts';
import { isSameFilm, type ViewerTerms } from './viewer-terms.ts';

/** What goes without loss may be longer by this factor than the road was thought to take; the rest waits. */
const STILL_OVER = 1.5;

/** Makes an encoder for what a viewer takes as film; null if there is no program for it. */
export type FilmMaker = (kind: FilmKind) => FilmEncoder | null;

export interface EncodedPixels {
  readonly rectangles: readonly Buffer[];
  readonly film: FilmFrame | null;
  /** Whether the viewer, with these, has the whole picture as it was when they were read. */
  readonly isWhole: boolean;
}

export class UpdateEncoder {
  readonly #view: SourceView;
  readonly #rate: RateControl;
  readonly #makeFilm: FilmMaker;
  readonly #still = new StillEncoder();
  #kind: FilmKind | null = null;
  #film: FilmEncoder | null = null;

  constructor(view: SourceView, rate: RateControl, makeFilm: FilmMaker) {
    this.#view = view;
    this.#rate = rate;
    this.#makeFilm = makeFilm;
  }

  /** Chooses what goes as film. */
  setFilm(kind: FilmKind | null): void {
    if (isSameFilm(kind, this.#kind)) return;
    this.#kind = kind;
    this.#film?.close();
    this.#film = kind === null ? null : this.#makeFilm(kind);
  }

  /** Whether there is a program that makes film. */
  get hasFilm(): boolean {
    return this.#film?.isUsable === true;
  }

  /** Pixels along a row of a frame of film; 0: none can be made now. */
  filmWidthMax(nowMs: number): number {
    return this.#film?.mayEncode(nowMs) === true ? this.#film.widthMax : 0;
  }

  /** A frame that came out is not sent: those after it would lack it. */
  restartFilm(): void {
    this.#film?.restart();
  }

  /** Somebody wants the whole picture, and may have no frame of the film. */
  beginFilmAnew(): void {
    this.#film?.beginAnew();
  }

  close(): void {
    this.#film?.close();
  }

  /** Encodes an update; null if there is another picture meanwhile, or another cover, so that it must not be sent. */
  async encode(
    update: Update,
    picture: Picture,
    plan: UpdatePlan,
    terms: ViewerTerms,
  ): Promise<EncodedPixels | null> {
    const { still, film: filmed } = update;
    const { maskings } = this.#view;
    const film = filmed === null ? null : this.#encodeFilm(picture, filmed);
    const encoding = this.#still.encode(picture, still, terms);
    const [frame, encoded] = await Promise.all([film, encoding]);
    if (picture !== this.#view.shown || maskings !== this.#view.maskings) {
      this.#still.keep(0);
      if (picture === this.#view.shown) this.#anew(update, plan);
      return null;
    }
    const kept = this.#withinRoad(still, encoded, plan);
    if (filmed !== null && frame === null) plan.repeat(filmed);
    this.#still.keep(kept.length);
    return {
      rectangles: [...(frame === null ? [] : [frame.rectangle]), ...kept.flat()],
      film: frame,
      isWhole: update.isWhole && kept.length === encoded.length,
    };
  }

  async #encodeFilm(picture: Picture, area: Rectangle): Promise<FilmFrame | null> {
    return (await this.#film?.encode(picture, area, this.#rate.level)) ?? null;
  }

  /** What was read of the picture is void: it is read again, and a film that goes on from it begins anew. */
  #anew({ still, film }: Update, plan: UpdatePlan): void {
    for (const area of film === null ? still : [...still, film]) plan.repeat(area);
    this.#film?.restart();
  }

  /** Leaves out what the road would be at for too long; it goes with the next update, as it is then. */
  #withinRoad(
    areas: readonly Rectangle[],
    encoded: readonly Buffer[][],
    plan: UpdatePlan,
  ): readonly Buffer[][] {
    const kept = within(encoded, this.#rate.stillBytes(performance.now()) * STILL_OVER);
    this.#rate.seenStill(tilesIn(areas.slice(0, kept.length)), bytesIn(kept));
    for (const area of areas.slice(kept.length)) plan.repeat(area);
    return kept;
  }
}
