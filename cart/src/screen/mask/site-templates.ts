/**
 * The mask templates that a field engineer drew at this cart, beside those that the configuration pins.
 *
 * They are in the data directory, which the agent alone writes, and their digest is in the journal before they count. They add
 * layouts; they take none away, and where one fits together with an installed one, what either covers is covered. What is
 * clear in every layout is the installed template's word, where there is one. Decision 0056.
 *
 * | file | holds |
 * |---|---|
 * | `site-masks.json` | as `screen.masks.templatesFile` |
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { MaskTemplate } from '@chaperone/domain/mask/mask.ts';
import { writeWholeFile } from '../../platform/whole-file.ts';
import { MASK_FILE_BYTES_MAX, MaskTemplatesInvalid, parseMaskTemplates } from './mask-templates.ts';

const FILE = 'site-masks.json';

/** Reads them; none were drawn: an empty list. @throws MaskTemplatesInvalid */
export async function readSiteTemplates(dataDirectory: string): Promise<readonly MaskTemplate[]> {
  let text: string;
  try {
    text = await readFile(path.join(dataDirectory, FILE), 'utf8');
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fault;
  }
  if (text.length > MASK_FILE_BYTES_MAX)
    throw new MaskTemplatesInvalid(`The file ${FILE} in the data directory is too large.`);
  return parseMaskTemplates(text);
}

/** Sets all of them at once, whole or not at all. @param text as `writeMaskTemplates` makes it */
export async function writeSiteTemplates(dataDirectory: string, text: string): Promise<void> {
  await writeWholeFile(path.join(dataDirectory, FILE), text);
}

/**
 * Puts the templates of a model together.
 * @param installed null: none are
 * @returns null: there are none at all
 */
export function joinedTemplates(
  installed: readonly MaskTemplate[] | null,
  site: readonly MaskTemplate[],
  model: string,
): readonly MaskTemplate[] | null {
  const own = site.find((each) => each.model === model);
  if (own === undefined) return installed;
  const first = installed?.find((each) => each.model === model);
  if (first === undefined) return [...(installed ?? []), own];
  // Of another size it is of another screen: the installed one was looked at for this cart.
  if (own.size.width !== first.size.width || own.size.height !== first.size.height)
    return installed;
  const names = new Set(first.layouts.map(({ name }) => name));
  const added = own.layouts.filter(({ name }) => !names.has(name));
  const joined = { ...first, layouts: [...first.layouts, ...added] };
  return (installed ?? []).map((each) => (each === first ? joined : each));
}
