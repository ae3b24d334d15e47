/**
 * Region templates: where models of ultrasound machines burn text into their images. Installed with the configuration, by
 * people who have looked at images of the model. A file of another model, software or size does not fit and is refused.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** A template file is some KiB. */
export const TEMPLATE_FILE_BYTES_MAX = 1024 * 1024;
const pixelsOf = z.number().int().min(0).max(65_535);
const rectangle = z.strictObject({
  x: pixelsOf,
  y: pixelsOf,
  width: z.number().int().min(1).max(65_535),
  height: z.number().int().min(1).max(65_535),
});
/** As the attribute has it, without padding; empty where the model writes none. */
const name = z
  .string()
  .max(64)
  .regex(/^[\x20-\x7e]*$/);
export const regionTemplate = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9 ._-]{1,40}$/),
    /** (0008,0070), (0008,1090), and all versions of (0018,1020) that were looked at. */
    manufacturer: name,
    model: name,
    software: z.array(name).min(1).max(64),
    columns: z.number().int().min(1).max(65_535),
    rows: z.number().int().min(1).max(65_535),
    /** Only this stays. The safer of the two. */
    keep: z.array(rectangle).min(1).max(32).optional(),
    /** This goes, also of what is kept. */
    blank: z.array(rectangle).min(1).max(32).optional(),
    /**
     * What the file's own ultrasound regions (0018,6011) cover stays: whoever made the template has looked at images of the model and
     * found no text inside of them. The tags say where a scale holds, not what is written there.
     */
    regions: z.literal('hold-no-text').optional(),
  })
  .refine(
    ({ keep, blank, regions }) => (keep ?? blank ?? regions) !== undefined,
    'keep, blank or regions',
  )
  .refine(({ keep, regions }) => keep === undefined || regions === undefined, 'keep or regions')
  .refine(
    ({ keep, blank, columns, rows }) =>
      [...(keep ?? []), ...(blank ?? [])].every(
        ({ x, y, width, height }) => x + width <= columns && y + height <= rows,
      ),
    'rectangles lie in the image',
  );
export const templateFile = z.strictObject({
  version: z.literal(1),
  templates: z.array(regionTemplate).max(500),
});
export type RegionTemplate = z.infer<typeof regionTemplate>;

/** The installed templates cannot be used. Nothing is de-identified by guessing. */
export class TemplatesInvalid extends DomainError {
  readonly code = 'DEIDENTIFICATION_TEMPLATES_INVALID';
}

/** Which templates are installed, as the configuration says it. */
export interface TemplatesPin {
  readonly templatesFile?: string | null | undefined;
  /** Of the file as whoever installed it has looked at it. */
  readonly templatesSha256?: string | null | undefined;
}

export interface InstalledTemplates {
  readonly templates: readonly RegionTemplate[];
  /** By which a facility's policy names them; null where none are installed. */
  readonly sha256: string | null;
}

/**
 * Reads the installed templates, if they are byte for byte those that were pinned: whoever can change the file alone cannot
 * make a rule that leaves a name in an image.
 * @throws TemplatesInvalid
 */
export async function readPinnedTemplates(pin: TemplatesPin): Promise<InstalledTemplates> {
  const { templatesFile: file, templatesSha256 } = pin;
  if (file === null || file === undefined) return { templates: [], sha256: null };
  try {
    if ((await stat(file)).size > TEMPLATE_FILE_BYTES_MAX) throw new RangeError('too large');
    const bytes = await readFile(file);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== templatesSha256) throw new RangeError('its SHA-256 is not templatesSha256');
    return { templates: readTemplates(bytes.toString('utf8')), sha256 };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TemplatesInvalid(`The region templates in ${file} cannot be used: ${reason}.`, {
      cause,
    });
  }
}

/** Reads a template file. @throws TemplatesInvalid */
export function readTemplates(text: string): readonly RegionTemplate[] {
  try {
    if (text.length > TEMPLATE_FILE_BYTES_MAX) throw new RangeError('too long');
    return templateFile.parse(JSON.parse(text)).templates;
  } catch (cause) {
    throw new TemplatesInvalid('The file of region templates is not one.', { cause });
  }
}
