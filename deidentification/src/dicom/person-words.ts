/**
 * The words by which a file names its patient, for the dictionary of the logs: read in the character sets that the file may be
 * written in, since a name that is read wrongly is not found in a log.
 *
 * A reading too many costs nothing: what no text holds takes nothing out of it.
 *
 * @see PS3.3 section C.12.1.1.2 (Specific Character Set), PS3.5 section 6.1
 */
import type { DataElement, DicomFile } from './element.ts';
import { find, textOf } from './element.ts';

const CHARACTER_SET = 0x0008_0005;
/** PatientName, PatientID, OtherPatientNames, PatientBirthName, AccessionNumber. */
const NAMING = [0x0010_0010, 0x0010_0020, 0x0010_1001, 0x0010_1005, 0x0008_0050] as const;

/** Defined terms without `ISO_IR ` or `ISO 2022 IR `, and the WHATWG encoding of each. */
const ENCODINGS: Readonly<Record<string, string>> = {
  '13': 'shift_jis',
  '58': 'gb18030',
  '87': 'iso-2022-jp',
  '101': 'iso-8859-2',
  '109': 'iso-8859-3',
  '110': 'iso-8859-4',
  '126': 'iso-8859-7',
  '127': 'iso-8859-6',
  '138': 'iso-8859-8',
  '144': 'iso-8859-5',
  '148': 'windows-1254',
  '149': 'euc-kr',
  '159': 'iso-2022-jp',
  '166': 'windows-874',
  '203': 'iso-8859-15',
  GB18030: 'gb18030',
  GBK: 'gb18030',
};
/** Escape sequences of ISO 2022: they announce a character set, and are no part of a name. */
const ESCAPE = /\u001b[$()\-.*+/,]{0,2}[\u0040-\u007e]/g;

export function personWords({ dataSet }: DicomFile): readonly string[] {
  const declared = textOf(find(dataSet, CHARACTER_SET)).split('\\');
  const encodings = declared.flatMap(
    (term) => ENCODINGS[term.replace(/^ISO[_ ](?:2022 )?IR /, '').trim()] ?? [],
  );
  const words = new Set<string>();
  for (const element of NAMING.map((tag) => find(dataSet, tag))) {
    if (element === undefined) continue;
    for (const encoding of ['latin1', 'utf-8', ...encodings]) {
      const word = read(element, encoding);
      if (word !== '') words.add(word);
    }
  }
  return [...words];
}

function read(element: DataElement, encoding: string): string {
  const bytes = encoding === 'iso-2022-jp' ? element.value : withoutEscapes(element.value);
  return new TextDecoder(encoding)
    .decode(bytes)
    .replaceAll(/[\0\uFFFD]/g, '')
    .normalize('NFC')
    .trim();
}

function withoutEscapes(value: Uint8Array): Uint8Array {
  const text = Buffer.from(value).toString('latin1');
  return text.includes('\u001b') ? Buffer.from(text.replaceAll(ESCAPE, ''), 'latin1') : value;
}
