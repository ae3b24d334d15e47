/** Names of elements (PS3.6), from a package that is large: it comes only for who looks at the tags. */
import type { AskDictionary } from './tag-list.ts';

/** The file's own header (PS3.10 §7.1), which the data dictionary leaves out. */
const META: Readonly<Record<string, readonly [name: string, vr: string]>> = {
  x00020001: ['File Meta Information Version', 'OB'],
  x00020002: ['Media Storage SOP Class UID', 'UI'],
  x00020003: ['Media Storage SOP Instance UID', 'UI'],
  x00020010: ['Transfer Syntax UID', 'UI'],
  x00020012: ['Implementation Class UID', 'UI'],
  x00020013: ['Implementation Version Name', 'SH'],
  x00020016: ['Source Application Entity Title', 'AE'],
  x00020100: ['Private Information Creator UID', 'UI'],
  x00020102: ['Private Information', 'OB'],
};
const ENTITIES: Readonly<Record<string, string>> = {
  '&#x27;': '\u{2019}',
  '&amp;': '&',
  '&quot;': '"',
  '&lt;': '<',
  '&gt;': '>',
};

let opened: Promise<AskDictionary> | null = null;

export async function openDictionary(): Promise<AskDictionary> {
  opened ??= import('@iwharris/dicom-data-dictionary').then(({ elements }) => (tag) => {
    // Retired, and still written by older systems (PS3.5 §7.2).
    if (tag.endsWith('0000')) return { name: 'Group Length', vr: 'UL' };
    const meta = Object.hasOwn(META, tag) ? META[tag] : undefined;
    if (meta !== undefined) return { name: meta[0], vr: meta[1] };
    const key = `(${tag.slice(1, 5)},${tag.slice(5)})`.toUpperCase();
    const found = Object.hasOwn(elements, key) ? elements[key] : undefined;
    if (found === undefined) return null;
    return { name: plainName(found.name), vr: found.vr.slice(0, 2) };
  });
  return await opened;
}

/** The package writes its names as a page would. */
function plainName(name: string): string {
  return name.replaceAll(/&#x27;|&amp;|&quot;|&lt;|&gt;/g, (entity) => ENTITIES[entity] ?? entity);
}
