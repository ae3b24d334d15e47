/** What the mask editor of the engineer page says, as a shape that each language fills: `mask-editor-en.ts` and its neighbours. */
import type { MaskMode } from '@chaperone/domain/mask/mask.ts';
import type { DraftLack, RegionKind } from '../engineer/mask-draft.ts';

/** Why the agent refused something of the editor. */
export const MASK_EDITOR_REFUSALS = [
  'MASKS_PASSED_BY',
  'MASK_DRAWING_REFUSED',
  'MASK_FILE_REFUSED',
  'MASK_LAYOUT_INSTALLED',
  'MASK_LAYOUT_MISSING',
  'SCREEN_SOURCE_UNREACHABLE',
  'SNAPSHOT_MISSING',
] as const;
export type MaskEditorRefusal = (typeof MASK_EDITOR_REFUSALS)[number];

export interface MaskEditorWords {
  readonly title: string;
  readonly statement: string;
  /** Said where they do not do what the page is for. */
  readonly modes: Readonly<Record<MaskMode, string>>;
  readonly relayed: string;
  readonly damaged: string;
  readonly otherSize: string;
  readonly when: string;
  readonly after: (seconds: number) => string;
  readonly take: string;
  readonly taking: string;
  readonly staysHere: string;
  readonly layouts: string;
  readonly noLayouts: string;
  readonly installed: string;
  readonly counts: (covered: number, anchors: number) => string;
  readonly edit: string;
  readonly editLabel: (layout: string) => string;
  readonly remove: string;
  readonly removeLabel: (layout: string) => string;
  readonly removeReally: string;
  readonly toFile: string;
  readonly fromFile: string;
  readonly picture: string;
  readonly views: { readonly draw: string; readonly now: string; readonly unknown: string };
  readonly viewsLegend: string;
  readonly done: string;
  readonly layoutName: string;
  readonly draws: string;
  readonly kinds: Readonly<Record<RegionKind, string>>;
  readonly kindHints: Readonly<Record<RegionKind, string>>;
  readonly add: string;
  readonly keys: string;
  readonly regions: string;
  readonly region: (kind: string, number: number) => string;
  readonly text: string;
  readonly numbers: {
    readonly x: string;
    readonly y: string;
    readonly width: string;
    readonly height: string;
  };
  readonly deleteRegion: string;
  readonly lacks: Readonly<Record<DraftLack, string>>;
  readonly tryIt: string;
  readonly recognised: (layouts: string) => string;
  readonly notRecognised: string;
  readonly save: string;
  readonly saved: (layout: string) => string;
  readonly refusals: Readonly<Record<MaskEditorRefusal, string>>;
}
