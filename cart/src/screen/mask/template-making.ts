/**
 * Makes mask templates of drawings on a snapshot, and shows what a technician would see with them.
 *
 * A drawing says where things are; digests are taken from the picture that it was drawn on. An anchor of one colour is refused: it would
 * fit too much.
 */
import type { MaskArea } from '@chaperone/domain/mask/mask-area.ts';
import { isInside } from '@chaperone/domain/mask/mask-area.ts';
import { maskRule, masksFor } from '@chaperone/domain/mask/mask.ts';
import type { MaskMode, MaskTemplate } from '@chaperone/domain/mask/mask.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { z } from 'zod';
import { Picture } from '../picture/picture.ts';
import { show } from '../picture/show.ts';
import { TileSet } from '../picture/tile-set.ts';
import { anchorDigest } from './anchor.ts';
import { maskTemplate, maskTemplateFile } from './mask-templates.ts';
import { Masking } from './masking.ts';
import { CoverMap } from './cover-map.ts';

/** Colours that an anchor has at least: an empty field, or a line in one, tells no layout from another. */
const ANCHOR_COLOURS_MIN = 3;

export class MaskDrawingRefused extends DomainError {
  readonly code = 'MASK_DRAWING_REFUSED';
}

const shape = maskTemplate.shape.layouts.element.shape;
/** What somebody draws on a snapshot: one layout, and what is clear whatever is on the screen. */
export const maskDrawing = z.strictObject({
  layout: shape.name,
  anchors: z.array(shape.anchors.element.shape.area).min(1).max(8),
  masks: shape.masks,
  clear: shape.clear,
  /** Absent: as the template has it. */
  alwaysClear: maskTemplate.shape.clear.unwrap().optional(),
});
export type MaskDrawing = z.infer<typeof maskDrawing>;

/** Reads a drawing. @throws MaskDrawingRefused */
export function readMaskDrawing(text: string): MaskDrawing {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new MaskDrawingRefused('The drawing is not JSON.', { cause });
  }
  return admitMaskDrawing(value);
}

/** Takes what is to be a drawing. @throws MaskDrawingRefused */
export function admitMaskDrawing(value: unknown): MaskDrawing {
  const parsed = maskDrawing.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new MaskDrawingRefused(
    `The drawing cannot be used: "${issue?.path.join('.') ?? ''}": ${issue?.message ?? ''}.`,
  );
}

/**
 * Adds a layout to the templates, or puts it in the place of one of this name.
 * @throws MaskDrawingRefused
 */
export function addLayout(
  templates: readonly MaskTemplate[],
  model: string,
  picture: Picture,
  drawing: MaskDrawing,
): readonly MaskTemplate[] {
  const size = { width: picture.width, height: picture.height };
  const all = [
    ...drawing.anchors,
    ...drawing.masks.map(({ area }) => area),
    ...drawing.clear,
    ...(drawing.alwaysClear ?? []),
  ];
  if (!all.every((area) => isInside(area, size))) {
    throw new MaskDrawingRefused(
      `Every area lies on the screen, which has ${size.width} × ${size.height} pixels.`,
    );
  }
  for (const area of drawing.anchors) {
    if (new Set(picture.crop(area).map((pixel) => pixel & 0xff_ffff)).size >= ANCHOR_COLOURS_MIN)
      continue;
    throw new MaskDrawingRefused(
      `The anchor at ${area.x}, ${area.y} has hardly anything in it: choose a patch that only this layout has, such as a heading.`,
    );
  }
  const found = templates.find((each) => each.model === model);
  if (
    found !== undefined &&
    (found.size.width !== size.width || found.size.height !== size.height)
  ) {
    throw new MaskDrawingRefused(
      `The template of ${model} is for a screen of ${found.size.width} × ${found.size.height} pixels, and this one has ` +
        `${size.width} × ${size.height}.`,
    );
  }
  const layout = {
    name: drawing.layout,
    anchors: drawing.anchors.map((area) => ({ area, sha256: [anchorDigest(picture, area)] })),
    masks: drawing.masks,
    clear: drawing.clear,
  };
  const template: MaskTemplate = {
    model,
    size,
    clear: drawing.alwaysClear ?? found?.clear ?? [],
    layouts: [...(found?.layouts ?? []).filter(({ name }) => name !== layout.name), layout],
  };
  return [...templates.filter((each) => each.model !== model), template];
}

/** Writes templates as their file has them. @throws MaskDrawingRefused when they are more than a file takes */
export function writeMaskTemplates(templates: readonly MaskTemplate[]): string {
  const parsed = maskTemplateFile.safeParse({ version: 1, templates });
  if (!parsed.success) {
    throw new MaskDrawingRefused(
      `The templates cannot be written: ${parsed.error.issues[0]?.message ?? 'they are too many'}.`,
    );
  }
  return `${JSON.stringify(parsed.data, null, 2)}\n`;
}

export interface MaskPreview {
  /** As a technician would see it. */
  readonly shown: Picture;
  readonly layouts: readonly string[];
  readonly covered: readonly MaskArea[];
}

/** Covers a picture as the cart would, by the same way. */
export function previewMasks(
  mode: MaskMode,
  templates: readonly MaskTemplate[] | null,
  model: string,
  picture: Picture,
): MaskPreview {
  const masking = new Masking(maskRule(mode, templates, model));
  const shown = new Picture(picture);
  const drawn = new TileSet(picture);
  drawn.addAll();
  const cover = masking.coverOf(shown)?.look(picture, drawn) ?? new CoverMap(picture, []);
  show(picture, shown, drawn, cover);
  const { layouts } = masking;
  return { shown, layouts, covered: masksFor(masking.rule, picture, layouts, []) };
}
