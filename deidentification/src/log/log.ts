/**
 * De-identifies a log in text: words of the case's dictionary and what looks like it tells of a person are replaced, line by
 * line, so that memory holds one line however large the file is.
 *
 * Only what reads like a log is taken: lines that begin with a time. Documents that people or programs wrote in another
 * form (XML, JSON, HL7, tables) hold names where no pattern looks for them, and are refused.
 */
import {
  DeidentificationKindUnknown,
  DeidentificationLimitReached,
  LogWithoutDictionary,
  ResidueFound,
} from '@chaperone/domain/deidentification/deidentification.ts';
import type {
  DeidentificationChange,
  DeidentificationReport,
} from '@chaperone/domain/deidentification/report.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { piecesOf } from '../source/byte-source.ts';
import type { Result } from '../dicom/dicom.ts';
import { mapUID } from '../dicom/uid-map.ts';
import { Dictionary } from './dictionary.ts';
import { decodeLine, linesOf } from './lines.ts';
import { ADDRESS_PATTERN, LINE_TIME, PATTERNS } from './patterns.ts';
import type { Pattern } from './patterns.ts';
import { tokenFor } from './tokens.ts';

/** What is looked at to tell whether it is a log. Bytes. */
const HEAD_BYTES = 64 * 1024;
/** Share of the lines looked at that begin with a time; the others go on with the one before. */
const TIMED_SHARE_MIN = 0.5;
const TIMED_LINES_SEEN_MAX = 200;
/** Lines that are written at once: a write costs more than a line. Bytes. */
const CHUNK_BYTES = 64 * 1024;

export interface LogOrder {
  /** Of the case, 32 bytes or more. */
  readonly secret: Uint8Array;
  /** Names and numbers of the case. */
  readonly words: readonly string[];
  /** Whether network addresses are replaced, too. */
  readonly replacesAddresses: boolean;
  /** Whether a log is refused of which no name or number is known: patterns alone would be all there is. */
  readonly requiresDictionary: boolean;
}

/** @throws DeidentificationKindUnknown, DeidentificationLimitReached, LogWithoutDictionary */
export async function deidentifyLog(source: ByteSource, order: LogOrder): Promise<Result> {
  assertIsLog(await source.read(0, Math.min(source.bytes, HEAD_BYTES)), source.bytes <= HEAD_BYTES);
  const dictionary = new Dictionary(order.words);
  if (order.requiresDictionary && dictionary.size === 0) {
    throw new LogWithoutDictionary(
      'Nobody is known whose name may stand in this log. Fetch an image of the case first, or give the cart a list of its patients.',
    );
  }
  return { chunks: redact(source, order, dictionary), words: [] };
}

async function* redact(
  source: ByteSource,
  order: LogOrder,
  dictionary: Dictionary,
): AsyncGenerator<Uint8Array, DeidentificationReport> {
  const redaction = new Redaction(order, dictionary);
  let bytesAfter = 0;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const line of linesOf(piecesOf(source))) {
    const written = Buffer.from(redaction.line(decodeLine(line).normalize('NFC')), 'utf8');
    pending.push(written);
    pendingBytes += written.length;
    if (pendingBytes < CHUNK_BYTES) continue;
    bytesAfter += pendingBytes;
    yield Buffer.concat(pending);
    pending = [];
    pendingBytes = 0;
  }
  if (pendingBytes > 0) yield Buffer.concat(pending);
  return {
    version: 1,
    kind: 'log',
    methods: [],
    changes: redaction.changes(),
    pixels: null,
    searchedValues: dictionary.size,
    bytesBefore: source.bytes,
    bytesAfter: bytesAfter + pendingBytes,
  };
}

class Redaction {
  readonly #order: LogOrder;
  readonly #dictionary: Dictionary;
  readonly #patterns: readonly Pattern[];
  readonly #counts = new Map<string, number>();

  constructor(order: LogOrder, dictionary: Dictionary) {
    this.#order = order;
    this.#dictionary = dictionary;
    this.#patterns = order.replacesAddresses ? [...PATTERNS, ADDRESS_PATTERN] : PATTERNS;
  }

  /** @throws ResidueFound */
  line(line: string): string {
    const time = LINE_TIME.exec(line)?.[0] ?? '';
    // Tokens are put in at the end: no pattern shall find something in one that an earlier pattern made.
    const tokens: string[] = [];
    const keep = (token: string): string => {
      tokens.push(token);
      return `\u{E000}${String.fromCodePoint(0xf0000 + tokens.length - 1)}\u{E001}`;
    };
    let rest = line.slice(time.length).replaceAll(RESERVED, '\u{FFFD}');
    rest = this.#withoutWords(rest, keep);
    for (const { kind, name, expression } of this.#patterns) {
      rest = rest.replaceAll(expression, (found: string) => {
        this.#count(name);
        if (kind === 'UID') return keep(mapUID(this.#order.secret, found));
        return keep(tokenFor(this.#order.secret, kind, found));
      });
    }
    // What stood glued to something that is gone stands alone now.
    rest = this.#withoutWords(rest, keep);
    if (this.#dictionary.isIn(time) || this.#dictionary.isIn(rest.replaceAll(PLACE, ' '))) {
      throw new ResidueFound(
        'Something of the original was found in the result, which was thrown away.',
      );
    }
    return (
      time +
      rest.replaceAll(
        PLACE,
        (_, place: string) => tokens[(place.codePointAt(0) ?? 0) - 0xf0000] ?? '',
      )
    );
  }

  #withoutWords(text: string, keep: (token: string) => string): string {
    return this.#dictionary.replace(text, (found) => {
      this.#count('words of the case');
      return keep(tokenFor(this.#order.secret, 'NAME', found));
    });
  }

  changes(): readonly DeidentificationChange[] {
    const counts = [...this.#counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return counts.map(([name, count]) => ({ what: 'log', name, action: 'T', count }));
  }

  #count(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }
}

/** Code points without a meaning, with which a place for a token is held. */
const RESERVED = /[\u{E000}\u{E001}\u{F0000}-\u{FFFFD}]/gu;
const PLACE = /\u{E000}([\u{F0000}-\u{FFFFD}])\u{E001}/gu;

function assertIsLog(head: Uint8Array, isWhole: boolean): void {
  if (head.includes(0)) throw unknown();
  const text = Buffer.from(head).toString('utf8');
  const lines = text.split('\n');
  if (!isWhole) lines.pop();
  const seen = lines.filter((line) => line.trim() !== '').slice(0, TIMED_LINES_SEEN_MAX);
  if (seen.length === 0 && !isWhole) {
    throw new DeidentificationLimitReached('One of its lines is longer than a line of a log.');
  }
  const timed = seen.filter((line) => LINE_TIME.test(line)).length;
  if (seen.length === 0 || timed < seen.length * TIMED_SHARE_MIN) throw unknown();
}

function unknown(): DeidentificationKindUnknown {
  return new DeidentificationKindUnknown(
    'Only DICOM ultrasound images and logs in text, whose lines begin with a time, are de-identified.',
  );
}
