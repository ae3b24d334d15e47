/**
 * The installed mask templates: a JSON file, pinned by its digest like the region templates of de-identification.
 *
 * It is written by whoever has looked at the screens of a model (`chaperone cart mask`), and believed only byte for byte as it was
 * pinned: whoever can change the file alone cannot uncover anything. Decision 0050.
 */
import { createHash } from 'node:crypto';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { isInside } from '@chaperone/domain/mask/mask-area.ts';
import { MASK_NAME, WHOLE_SCREEN } from '@chaperone/domain/mask/mask.ts';
import type { MaskTemplate } from '@chaperone/domain/mask/mask.ts';
import { z } from 'zod';
import { readSmallText } from '../../platform/small-input.ts';

/** A template file is some KiB. */
export const MASK_FILE_BYTES_MAX = 1024 * 1024;
/** Pixels of an anchor: it is hashed anew whenever it was drawn on, before the picture goes on. */
export const ANCHOR_PIXELS_MAX = 65_536;

const pixel = z.number().int().min(0).max(65_535);
const pixels = z.number().int().min(1).max(65_535);
const area = z.strictObject({ x: pixel, y: pixel, width: pixels, height: pixels });
const name = z
  .string()
  .regex(MASK_NAME, 'up to 40 lower-case letters, digits and "-"')
  .refine((text) => text !== WHOLE_SCREEN, `"${WHOLE_SCREEN}" is the name of all of it`);
/** What the operator reads: no controls, and nothing that turns the text around it. */
const label = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'one line of plain text');
const labels = z.strictObject({ en: label.optional(), de: label.optional(), es: label.optional() });
const anchor = z.strictObject({
  area: area.refine(
    ({ width, height }) => width * height <= ANCHOR_PIXELS_MAX,
    `an anchor has at most ${ANCHOR_PIXELS_MAX} pixels`,
  ),
  sha256: z
    .array(z.string().regex(/^[0-9a-f]{64}$/))
    .min(1)
    .max(16),
});
const layout = z.strictObject({
  name,
  anchors: z.array(anchor).min(1).max(8),
  masks: z.array(z.strictObject({ name, area, label: labels.optional() })).max(32),
  clear: z.array(area).max(32).default([]),
});
export const maskTemplate = z
  .strictObject({
    model: z.string().min(1).max(200),
    size: z.strictObject({ width: pixels, height: pixels }),
    clear: z.array(area).max(32).default([]),
    layouts: z.array(layout).max(32),
  })
  .refine(
    ({ size, clear, layouts }) =>
      [
        ...clear,
        ...layouts.flatMap((each) => [
          ...each.clear,
          ...each.masks.map((mask) => mask.area),
          ...each.anchors.map((one) => one.area),
        ]),
      ].every((each) => isInside(each, size)),
    'every area lies on the screen',
  )
  .refine(({ layouts }) => areDifferent(layouts), 'each layout has a name of its own')
  .refine(
    ({ layouts }) => layouts.every(({ masks }) => areDifferent(masks)),
    'each mask of a layout has a name of its own',
  );
export const maskTemplateFile = z
  .strictObject({ version: z.literal(1), templates: z.array(maskTemplate).max(100) })
  .refine(
    ({ templates }) => areDifferent(templates.map(({ model }) => ({ name: model }))),
    'each model has one template',
  );

/** The installed templates cannot be used. Nothing is uncovered by guessing. */
export class MaskTemplatesInvalid extends DomainError {
  readonly code = 'MASK_TEMPLATES_INVALID';
}

export interface MaskTemplatesPin {
  readonly templatesFile: string | null;
  /** Of the file as whoever installed it has looked at it. */
  readonly templatesSha256: string | null;
}

/** Reads the installed templates; null where none are. @throws MaskTemplatesInvalid */
export async function readMaskTemplates({
  templatesFile: file,
  templatesSha256,
}: MaskTemplatesPin): Promise<readonly MaskTemplate[] | null> {
  if (file === null) return null;
  try {
    const text = await readSmallText(file, MASK_FILE_BYTES_MAX);
    if (text === null) throw new RangeError('it is too large');
    if (createHash('sha256').update(text).digest('hex') !== templatesSha256)
      throw new RangeError('its SHA-256 is not screen.masks.templatesSha256');
    return parseMaskTemplates(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MaskTemplatesInvalid(`The mask templates in ${file} cannot be used: ${reason}.`, {
      cause,
    });
  }
}

/** Reads the text of a template file. @throws MaskTemplatesInvalid naming what is wrong */
export function parseMaskTemplates(text: string): readonly MaskTemplate[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new MaskTemplatesInvalid('it is not JSON', { cause });
  }
  const parsed = maskTemplateFile.safeParse(value);
  if (parsed.success) return parsed.data.templates;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'the whole' : issue.path.join('.');
  throw new MaskTemplatesInvalid(`"${where}": ${issue?.message ?? 'it is none'}`);
}

function areDifferent(named: readonly { readonly name: string }[]): boolean {
  return new Set(named.map((each) => each.name)).size === named.length;
}
