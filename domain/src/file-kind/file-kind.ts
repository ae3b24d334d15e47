/**
 * What a file is by its first bytes, whatever its name says.
 *
 * A closed list, so that a rule can name what it lets through. It is no scanner for malice: a file that is two things at once
 * is what its beginning says, and what is behind the first {@link FILE_HEAD_BYTES} is not looked at.
 *
 * | kind | begins with | source |
 * |---|---|---|
 * | dicom | `DICM` at byte 128 | DICOM PS3.10 section 7.1 |
 * | executable | `MZ`; `7F ELF`; Mach-O; `00 asm`; Java class | PE, ELF, Mach-O, WebAssembly core 5.5.16, JVMS 4.1 |
 * | script | `#!`, after a byte order mark or not | execve(2) |
 * | archive | zip, gzip, bzip2, xz, zstd, 7z, rar, cabinet, tar (`ustar` at 257) | APPNOTE 4.3.7, RFC 1952, RFC 8878, POSIX pax |
 * | pdf | `%PDF-` | ISO 32000-1 section 7.5.2 |
 * | image | PNG, JPEG, GIF, BMP with a known header, TIFF, WebP | PNG section 5.2, ISO 10918-1 |
 * | video | ISO base media (`ftyp` at 4), Matroska, AVI | ISO 14496-12 section 4.3, RFC 9559 |
 * | office | compound file | MS-CFB section 2.2 |
 * | text | UTF-8 without control characters but tab, line ends, form feed and escape | RFC 3629 |
 * | empty | nothing | |
 * | other | anything else | |
 */
import { isBitmap } from '../record-kind/record-kind.ts';

export const FILE_KINDS = [
  'dicom',
  'executable',
  'script',
  'archive',
  'pdf',
  'image',
  'video',
  'office',
  'text',
  'empty',
  'other',
] as const;
export type FileKind = (typeof FILE_KINDS)[number];

/** What is looked at: enough for every mark of the table, and for a text to look like one. Bytes. */
export const FILE_HEAD_BYTES = 4096;

interface Mark {
  readonly kind: FileKind;
  readonly at: number;
  /** Hexadecimal. */
  readonly bytes: string;
}

const MARKS: readonly Mark[] = [
  // A preamble may be anything, a program, too: what can run is found before what can be shown.
  { kind: 'executable', at: 0, bytes: '4d5a' },
  { kind: 'executable', at: 0, bytes: '7f454c46' },
  ...['feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe', 'bebafeca'].map(
    (bytes): Mark => ({ kind: 'executable', at: 0, bytes }),
  ),
  { kind: 'executable', at: 0, bytes: '0061736d' },
  { kind: 'script', at: 0, bytes: '2321' },
  { kind: 'script', at: 0, bytes: 'efbbbf2321' },
  ...[
    '504b0304',
    '504b0506',
    '504b0708',
    '1f8b',
    '425a68',
    'fd377a585a00',
    '28b52ffd',
    '377abcaf271c',
    '526172211a07',
    '4d534346',
  ].map((bytes): Mark => ({ kind: 'archive', at: 0, bytes })),
  { kind: 'dicom', at: 128, bytes: '4449434d' },
  { kind: 'archive', at: 257, bytes: '7573746172' },
  { kind: 'pdf', at: 0, bytes: '255044462d' },
  ...['89504e470d0a1a0a', 'ffd8ff', '474946383761', '474946383961', '49492a00', '4d4d002a'].map(
    (bytes): Mark => ({ kind: 'image', at: 0, bytes }),
  ),
  { kind: 'video', at: 4, bytes: '66747970' },
  { kind: 'video', at: 0, bytes: '1a45dfa3' },
  { kind: 'office', at: 0, bytes: 'd0cf11e0a1b11ae1' },
];

/**
 * Names the kind of a file.
 * @param head its first {@link FILE_HEAD_BYTES} bytes, all of them if it is shorter; not trusted
 */
export function fileKindOf(head: Uint8Array): FileKind {
  if (head.length === 0) return 'empty';
  const mark = MARKS.find(({ at, bytes }) => begins(head, at, bytes));
  if (mark !== undefined) return mark.kind;
  if (begins(head, 0, '52494646') && begins(head, 8, '41564920')) return 'video';
  if (begins(head, 0, '52494646') && begins(head, 8, '57454250')) return 'image';
  if (isBitmap(head)) return 'image';
  return isText(head) ? 'text' : 'other';
}

function begins(head: Uint8Array, at: number, hex: string): boolean {
  if (head.length < at + hex.length / 2) return false;
  for (let index = 0; index < hex.length; index += 2) {
    if (head[at + index / 2] !== Number.parseInt(hex.slice(index, index + 2), 16)) return false;
  }
  return true;
}

/** A head may end in the middle of a character. */
function isText(head: Uint8Array): boolean {
  for (let cut = 0; cut < 4; cut += 1) {
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(
        head.subarray(0, head.length - cut),
      );
      return !/[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f\u007f]/.test(text);
    } catch {
      // Only the last character of a longer file may be cut.
      if (head.length < FILE_HEAD_BYTES) return false;
    }
  }
  return false;
}
