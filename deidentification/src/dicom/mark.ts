/** Writes into a result that it is de-identified, and by what. @see PS3.15 sections E.1.1, E.2; PS3.16 CID 7050 */
import { PROFILE_EDITION } from './table/table-e1-1.ts';
import { ascii } from './writer.ts';
import type { WrittenElement } from './writer.ts';

const METHODS: Readonly<Record<string, string>> = {
  '113100': 'Basic Application Confidentiality Profile',
  '113101': 'Clean Pixel Data Option',
  '113103': 'Clean Graphics Option',
};

/** Codes of what was done. @param hadGraphics whether there was something drawn over the image */
export function methodsOf(hadGraphics: boolean): readonly string[] {
  return ['113100', '113101', ...(hadGraphics ? ['113103'] : [])];
}

/** @param template whose word it is where to blank; at most 40 characters, all ASCII */
export function markElements(
  methods: readonly string[],
  template: string,
): readonly WrittenElement[] {
  const text = (tag: number, vr: string, value: string): WrittenElement => ({
    tag,
    vr,
    value: ascii(vr, value),
  });
  return [
    text(0x0012_0062, 'CS', 'YES'),
    text(
      0x0012_0063,
      'LO',
      `DICOM PS3.15 ${PROFILE_EDITION} annex E, basic profile\\Clean pixels: template ${template}`,
    ),
    {
      tag: 0x0012_0064,
      vr: 'SQ',
      items: methods.map((code) => [
        text(0x0008_0100, 'SH', code),
        text(0x0008_0102, 'SH', 'DCM'),
        text(0x0008_0104, 'LO', METHODS[code] ?? code),
      ]),
    },
    text(0x0028_0301, 'CS', 'NO'),
    text(0x0028_0303, 'CS', 'REMOVED'),
  ];
}
