/**
 * A layout as it is being drawn: regions on a snapshot, each with a kind, moved and sized within the picture. Pure; what of it can be
 * used, the agent decides.
 */
import type { MaskArea, ScreenSize } from '@chaperone/domain/mask/mask-area.ts';
import type { Language } from '@chaperone/domain/notice/notice.ts';
import type { MaskDrawing, MaskState } from '@chaperone/protocol/panel-api/engineer-masks.ts';

/** `mask` is covered · `anchor` is how the layout is recognised · `clear` shows no patient's data in it · `always` in any layout. */
export const REGION_KINDS = ['mask', 'anchor', 'clear', 'always'] as const;
export type RegionKind = (typeof REGION_KINDS)[number];

export interface Region {
  readonly id: number;
  readonly kind: RegionKind;
  readonly area: MaskArea;
  /** Of a mask: what it is called; null until somebody typed. */
  readonly name: string | null;
  readonly label: NonNullable<MaskDrawing['masks'][number]['label']>;
}

export interface MaskDraft {
  readonly layout: string;
  readonly regions: readonly Region[];
  /** The next region's id. */
  readonly nextId: number;
}

export const EMPTY_DRAFT: MaskDraft = { layout: '', regions: [], nextId: 1 };

/** Pixels of the snapshot: less is a slip of the finger. */
export const SIDE_MIN = 4;
const NAME_CHARACTERS_MAX = 40;

export const CORNERS = ['nw', 'ne', 'sw', 'se'] as const;
export type Corner = (typeof CORNERS)[number];

/** Begins with a layout that there is already. */
export function draftOf(
  layout: MaskState['layouts'][number],
  always: readonly MaskArea[],
): MaskDraft {
  const bare = (kind: RegionKind) => (area: MaskArea) => ({ kind, area, name: null, label: {} });
  const regions = [
    ...layout.masks.map(({ name, area, label }) => ({
      ...{ kind: 'mask' as const, area, name },
      label: label ?? {},
    })),
    ...layout.anchors.map(bare('anchor')),
    ...layout.clear.map(bare('clear')),
    ...always.map(bare('always')),
  ].map((region, index) => ({ ...region, id: index + 1 }));
  return { layout: layout.name, regions, nextId: regions.length + 1 };
}

export function withRegion(draft: MaskDraft, kind: RegionKind, area: MaskArea): MaskDraft {
  const region: Region = { id: draft.nextId, kind, area, name: null, label: {} };
  return { ...draft, regions: [...draft.regions, region], nextId: draft.nextId + 1 };
}

export function withoutRegion(draft: MaskDraft, id: number): MaskDraft {
  return { ...draft, regions: draft.regions.filter((region) => region.id !== id) };
}

export function withArea(draft: MaskDraft, id: number, area: MaskArea): MaskDraft {
  return changed(draft, id, () => ({ area }));
}

export function withKind(draft: MaskDraft, id: number, kind: RegionKind): MaskDraft {
  return changed(draft, id, () => ({ kind }));
}

/** Calls a region what was typed in this language; its own name is made of what was typed first, and stays. */
export function withText(
  draft: MaskDraft,
  id: number,
  language: Language,
  text: string,
): MaskDraft {
  return changed(draft, id, ({ label }) => ({ label: { ...label, [language]: text } }));
}

/** What a person reads of a region; empty: nothing was typed yet. */
export function textOf({ name, label }: Region, language: Language): string {
  return label[language] ?? label.en ?? label.de ?? label.es ?? name?.replaceAll('-', ' ') ?? '';
}

/** Makes a name as journals have it of what somebody typed; empty where nothing of it can be used. */
export function slugOf(text: string): string {
  const plain = text.normalize('NFKD').toLowerCase().replaceAll('ß', 'ss');
  const slug = plain.replaceAll(/\p{M}/gu, '').replaceAll(/[^a-z0-9]+/g, '-');
  return slug.slice(0, NAME_CHARACTERS_MAX).replaceAll(/^-+|-+$/g, '');
}

/** The rectangle between two points, within the picture. */
export function areaBetween(
  from: { readonly x: number; readonly y: number },
  to: { readonly x: number; readonly y: number },
  size: ScreenSize,
): MaskArea {
  const within = (value: number, end: number): number =>
    Math.min(end, Math.max(0, Math.round(value)));
  const [left, right] = ordered(within(from.x, size.width), within(to.x, size.width));
  const [top, bottom] = ordered(within(from.y, size.height), within(to.y, size.height));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Moves an area, which keeps its size, as far as the picture goes. */
export function moved(area: MaskArea, dx: number, dy: number, size: ScreenSize): MaskArea {
  const within = (value: number, end: number): number =>
    Math.max(0, Math.min(end, Math.round(value)));
  return {
    ...area,
    x: within(area.x + dx, size.width - area.width),
    y: within(area.y + dy, size.height - area.height),
  };
}

/** Pulls at a corner; the one across stays where it is. */
export function pulled(
  area: MaskArea,
  corner: Corner,
  dx: number,
  dy: number,
  size: ScreenSize,
): MaskArea {
  const { x, y, width, height } = area;
  const isLeft = corner === 'nw' || corner === 'sw';
  const isTop = corner === 'nw' || corner === 'ne';
  const across = { x: isLeft ? x + width : x, y: isTop ? y + height : y };
  const own = { x: (isLeft ? x : x + width) + dx, y: (isTop ? y : y + height) + dy };
  // Never turned over, and never too thin to be taken hold of again.
  const at = {
    x: isLeft ? Math.min(own.x, across.x - SIDE_MIN) : Math.max(own.x, across.x + SIDE_MIN),
    y: isTop ? Math.min(own.y, across.y - SIDE_MIN) : Math.max(own.y, across.y + SIDE_MIN),
  };
  return areaBetween(across, at, size);
}

/** Takes one number that was typed; the rest gives way so that the area stays in the picture. */
export function typed(
  area: MaskArea,
  member: keyof MaskArea,
  value: number,
  size: ScreenSize,
): MaskArea {
  if (!Number.isSafeInteger(value)) return area;
  const end = member === 'x' || member === 'width' ? size.width : size.height;
  const least = member === 'x' || member === 'y' ? 0 : SIDE_MIN;
  const next = { ...area, [member]: Math.min(end, Math.max(least, value)) };
  return {
    ...next,
    x: Math.min(next.x, size.width - next.width),
    y: Math.min(next.y, size.height - next.height),
  };
}

export const DRAFT_LACKS = ['layout', 'anchor', 'mask-name', 'mask-name-twice'] as const;
export type DraftLack = (typeof DRAFT_LACKS)[number];

/** Says what a draft needs before it can be tried; null: nothing. */
export function lackOf(draft: MaskDraft, language: Language): DraftLack | null {
  if (slugOf(draft.layout) === '') return 'layout';
  if (!draft.regions.some(({ kind }) => kind === 'anchor')) return 'anchor';
  const names = draft.regions
    .filter(({ kind }) => kind === 'mask')
    .map((region) => nameOf(region, language));
  if (names.includes('')) return 'mask-name';
  return new Set(names).size === names.length ? null : 'mask-name-twice';
}

/** Makes of a draft what the agent is sent. @param language in which names are made of what was typed */
export function drawingOf(
  draft: MaskDraft,
  language: Language,
  isClearInstalled: boolean,
): MaskDrawing {
  const areas = (kind: RegionKind): MaskArea[] =>
    draft.regions.filter((region) => region.kind === kind).map(({ area }) => area);
  return {
    layout: slugOf(draft.layout),
    anchors: areas('anchor'),
    masks: draft.regions
      .filter(({ kind }) => kind === 'mask')
      .map((region) => ({
        ...{ name: nameOf(region, language), area: region.area },
        ...labelOf(region),
      })),
    clear: areas('clear'),
    ...(!isClearInstalled && { alwaysClear: areas('always') }),
  };
}

function nameOf(region: Region, language: Language): string {
  return region.name ?? slugOf(textOf(region, language));
}

function labelOf({ label }: Region): { readonly label?: Region['label'] } {
  const said = Object.entries(label)
    .map(([language, text = '']) => [language, text.trim()] as const)
    .filter(([, text]) => text !== '');
  return said.length === 0 ? {} : { label: Object.fromEntries(said) };
}

function changed(
  draft: MaskDraft,
  id: number,
  change: (region: Region) => Partial<Region>,
): MaskDraft {
  return {
    ...draft,
    regions: draft.regions.map((region) =>
      region.id === id ? { ...region, ...change(region) } : region,
    ),
  };
}

function ordered(one: number, other: number): readonly [number, number] {
  return one < other ? [one, other] : [other, one];
}
