/**
 * Decides what of the picture goes into the next update, and keeps account of what the viewer still lacks.
 *
 * Every tile is, for the viewer, right, outdated (`#dirty`), or about right (`#lossy`: it came as film). What is outdated
 * outside of the film goes first and without loss; the film goes as one frame; when it stands still, what is about right
 * is sent again without loss, a strip an update, so that whatever changes in between comes first.
 */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { isTileInside, MovingRegion } from '../analysis/moving-region.ts';
import { isPhotographic } from '../analysis/photographic.ts';
import { TILE_SIDE, type Picture } from '../picture/picture.ts';
import { TileBoxes, WHOLE_TILE } from '../picture/tile-boxes.ts';
import { forEachTile, TileSet } from '../picture/tile-set.ts';

/** Tiles of one strip of refinement at most: so few that what changes next comes soon after. */
const STRIP_TILES_MAX = 200;
/** Tiles of one rectangle at most. */
const RECTANGLE_TILES_MAX = 400;

/** What the viewer and the road to it can take. */
export interface Limits {
  /** Pixels along a row of a frame of film; 0: there is none. */
  readonly filmWidthMax: number;
  /** How far frames are apart. */
  readonly framePaceMs: number;
  /** Tiles that go without loss in one update. */
  readonly tilesMax: number;
}

export interface Update {
  /** To be sent without loss. */
  readonly still: readonly Rectangle[];
  /** To be sent as the next frame of the film. */
  readonly film: Rectangle | null;
  /** Whether the viewer, with this update, has every pixel as it is now. */
  readonly isWhole: boolean;
}

export class UpdatePlan {
  readonly #picture: Picture;
  readonly #motion: MovingRegion;
  readonly #dirty: TileSet;
  readonly #lossy: TileSet;
  /** Where in what is outdated; elsewhere the viewer is right, unless it is only about right. */
  readonly #boxes: TileBoxes;
  #frameMs = Number.NEGATIVE_INFINITY;
  /** Where the next update goes on, so that what changes all the time at the top holds up nothing below it. */
  #from = 0;

  constructor(picture: Picture) {
    this.#picture = picture;
    this.#motion = new MovingRegion(picture);
    this.#dirty = new TileSet(picture);
    this.#lossy = new TileSet(picture);
    this.#boxes = new TileBoxes(picture);
  }

  /** Whether anything that changed has not been taken yet. */
  get isBehind(): boolean {
    return !this.#dirty.isEmpty;
  }

  /** Whether the viewer has, or is being sent, every pixel as it is. */
  get isWhole(): boolean {
    return this.#dirty.isEmpty && this.#lossy.isEmpty;
  }

  /** Notes that tiles have changed. @param boxes where in them; null: anywhere */
  change(tiles: readonly number[], nowMs: number, boxes: TileBoxes | null = null): void {
    for (const tile of tiles) {
      this.#dirty.add(tile);
      this.#boxes.join(tile, boxes?.of(tile) ?? WHOLE_TILE);
    }
    this.#motion.change(tiles, nowMs, (tile) => isPhotographic(this.#picture, tile));
  }

  /** Notes that the viewer wants, or must get, an area again. */
  repeat(area: Rectangle): void {
    this.#dirty.addArea(area);
    this.#boxes.joinArea(area);
  }

  /** Takes what goes into the next update, or null if there is nothing. */
  next(nowMs: number, limits: Limits): Update | null {
    this.#motion.settle(nowMs);
    const region = this.#filmRegion(limits);
    const isOutside = (tile: number): boolean =>
      region === null || !isTileInside(this.#picture, tile, region);
    const still = this.#takeStill(this.#dirty, isOutside, limits.tilesMax).map((area) =>
      this.#takeBoxes(area),
    );
    const film = region !== null && this.#isFrameDue(region, nowMs, limits) ? region : null;
    if (film !== null) this.#takeFrame(film, nowMs, limits);
    if (still.length === 0 && film === null) {
      const stripMax = Math.min(STRIP_TILES_MAX, limits.tilesMax);
      still.push(...this.#lossy.takeRectangles(isOutside, stripMax, stripMax));
    }
    if (still.length === 0 && film === null) return null;
    return { still, film, isWhole: this.isWhole };
  }

  /** When `next` may have something although nothing changes. Infinity: never. */
  nextAtMs(limits: Limits): number {
    const region = this.#filmRegion(limits);
    if (region === null) return Infinity;
    const frameAtMs = this.#dirty.touches(region) ? this.#frameMs + limits.framePaceMs : Infinity;
    return Math.min(frameAtMs, this.#motion.stillAtMs);
  }

  /** Takes as many tiles as there may be, from where the last update ended. */
  #takeStill(tiles: TileSet, isWanted: (tile: number) => boolean, tilesMax: number): Rectangle[] {
    const { columns } = this.#picture;
    const most = Math.min(RECTANGLE_TILES_MAX, tilesMax);
    const from = this.#from;
    const behind = tiles.takeRectangles((tile) => tile >= from && isWanted(tile), tilesMax, most);
    const left = tilesMax - tilesIn(behind);
    const before = left > 0 ? tiles.takeRectangles(isWanted, left, most) : [];
    const taken = [...behind, ...before];
    const last = taken.at(-1);
    const isAll = tilesIn(taken) < tilesMax;
    this.#from =
      last === undefined || isAll ? 0 : (last.y / TILE_SIDE) * columns + last.x / TILE_SIDE;
    return taken;
  }

  /** Narrows whole tiles to what of them the viewer does not have, which it has from now on. */
  #takeBoxes(area: Rectangle): Rectangle {
    const trimmed = this.#boxes.trim(area, (tile) => this.#lossy.has(tile));
    this.#boxes.clearArea(area);
    forEachTile(this.#picture, area, (tile) => this.#lossy.delete(tile));
    return trimmed;
  }

  #filmRegion({ filmWidthMax }: Limits): Rectangle | null {
    const { region, isMoving } = this.#motion;
    return isMoving && region !== null && region.width <= filmWidthMax ? region : null;
  }

  #isFrameDue(region: Rectangle, nowMs: number, { framePaceMs }: Limits): boolean {
    return nowMs - this.#frameMs >= framePaceMs && this.#dirty.touches(region);
  }

  #takeFrame(region: Rectangle, nowMs: number, { framePaceMs }: Limits): void {
    this.#frameMs = frameDueMs(this.#frameMs, nowMs, framePaceMs);
    forEachTile(this.#picture, region, (tile) => {
      this.#dirty.delete(tile);
      this.#lossy.add(tile);
    });
    this.#boxes.clearArea(region);
  }
}

/**
 * From when the next frame's pace counts. The screen has frames of its own pace: one that had to wait for the screen's next
 * lets the one after it come so much earlier, up to half a pace, so that there are as many as the road takes.
 */
export function frameDueMs(lastMs: number, nowMs: number, framePaceMs: number): number {
  return Math.max(nowMs - framePaceMs / 2, Math.min(nowMs, lastMs + framePaceMs));
}

/** How many tiles rectangles of tiles hold. */
export function tilesIn(rectangles: readonly Rectangle[]): number {
  return rectangles.reduce(
    (sum, { width, height }) => sum + Math.ceil(width / TILE_SIDE) * Math.ceil(height / TILE_SIDE),
    0,
  );
}
