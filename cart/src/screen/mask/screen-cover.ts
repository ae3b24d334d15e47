/**
 * Covers one picture of the source: recognises its layout by its anchors, and says which pixels are not to be shown.
 *
 * It is asked when an update of the source is whole and before any of it is shown. An anchor that was drawn on is looked at again
 * then; one that was never looked at does not fit. So what is shown was judged with the same pixels that are shown.
 */
import { masksFor } from '@chaperone/domain/mask/mask.ts';
import type { MaskAnchor, MaskKey, MaskRule } from '@chaperone/domain/mask/mask.ts';
import type { Picture } from '../picture/picture.ts';
import type { TileSet } from '../picture/tile-set.ts';
import { anchorDigest } from './anchor.ts';
import { coverAll, CoverMap } from './cover-map.ts';

/** What decides beside the pixels: `Masking`. */
export interface CoverRule {
  readonly rule: MaskRule;
  readonly open: readonly MaskKey[];
  recognised(cover: ScreenCover, layouts: readonly string[]): void;
}

export class ScreenCover {
  readonly #masking: CoverRule;
  readonly #picture: Picture;
  /** Anchors that fit when they were last looked at. */
  readonly #fitting = new Set<MaskAnchor>();
  readonly #looked = new Set<MaskAnchor>();
  #map: CoverMap;
  #says = '';

  constructor(masking: CoverRule, picture: Picture) {
    this.#masking = masking;
    this.#picture = picture;
    this.#map = coverAll(picture);
  }

  /** What is covered, as it was decided last. */
  get map(): CoverMap {
    return this.#map;
  }

  /**
   * Decides anew, with the source's picture as it is.
   * @param drawn tiles that the source drew on; those whose cover changes are added, so that they are shown anew
   */
  look(source: Picture, drawn: TileSet): CoverMap {
    const layouts = this.#layouts(source, drawn);
    this.#masking.recognised(this, layouts);
    return this.#decide(layouts, drawn);
  }

  /** Decides anew what the operator's word changes; of the layout what was last recognised holds. */
  lookAgain(drawn: TileSet): CoverMap {
    return this.#decide(this.#fittingLayouts(), drawn);
  }

  #decide(layouts: readonly string[], drawn: TileSet): CoverMap {
    const { rule, open } = this.#masking;
    const areas = masksFor(rule, this.#picture, layouts, open);
    const says = JSON.stringify(areas);
    if (says === this.#says) return this.#map;
    this.#says = says;
    const map = new CoverMap(this.#picture, areas);
    for (const tile of map.differingTiles(this.#map)) drawn.add(tile);
    this.#map = map;
    return map;
  }

  #layouts(source: Picture, drawn: TileSet): readonly string[] {
    const { rule } = this.#masking;
    if (rule.is !== 'template') return [];
    const { width, height } = rule.template.size;
    if (width !== source.width || height !== source.height) return [];
    for (const layout of rule.template.layouts) {
      for (const anchor of layout.anchors) {
        if (this.#looked.has(anchor) && !drawn.touches(anchor.area)) continue;
        this.#looked.add(anchor);
        if (anchor.sha256.includes(anchorDigest(source, anchor.area))) this.#fitting.add(anchor);
        else this.#fitting.delete(anchor);
      }
    }
    return this.#fittingLayouts();
  }

  #fittingLayouts(): readonly string[] {
    const { rule } = this.#masking;
    if (rule.is !== 'template') return [];
    return rule.template.layouts
      .filter(({ anchors }) => anchors.every((anchor) => this.#fitting.has(anchor)))
      .map(({ name }) => name);
  }
}
