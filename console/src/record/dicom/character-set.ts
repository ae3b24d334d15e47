/** Which characters a file's texts are written in (PS3.3 C.12.1.1.2); those that switch between sets are read as the first. */
import type { DataSet } from './dicom-file.ts';

const LABELS: Readonly<Record<string, string>> = {
  'ISO_IR 100': 'windows-1252',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 148': 'windows-1254',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
  'ISO 2022 IR 87': 'iso-2022-jp',
  'ISO 2022 IR 149': 'euc-kr',
};

/** Null where the data set does not say: then it is that of the one around it. */
export function decoderOf(dataSet: DataSet): TextDecoder | null {
  const told = dataSet.string('x00080005');
  if (told === undefined) return null;
  const sets = told.split('\\').map((each) => each.trim());
  const [label] = sets
    .map((set) => LABELS[set.replace('ISO 2022 IR', 'ISO_IR')] ?? LABELS[set])
    .filter((each) => each !== undefined);
  return new TextDecoder(label ?? 'windows-1252');
}
