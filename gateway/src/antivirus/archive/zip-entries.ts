/**
 * The entries of a zip, by its central directory, read by ranges; each entry as a stream that ends with a fault when its
 * size is not what was announced. Names are never decoded: nobody needs them here.
 */
import { PassThrough, Readable } from 'node:stream';
import yauzl from 'yauzl';
import type { ScanSource } from '../contract.ts';

const STORED = 0;
const DEFLATED = 8;

export interface ZipEntry {
  readonly bytes: number;
  readonly packedBytes: number;
  readonly isEncrypted: boolean;
  /** Whether it is packed in a way that is understood here. */
  readonly isReadable: boolean;
  open(): Promise<AsyncIterable<Uint8Array>>;
}

export interface ZipContent {
  /** As the central directory's end says; there may be fewer. */
  readonly entryCount: number;
  entries(): AsyncGenerator<ZipEntry, void, undefined>;
}

/** Reads a source on behalf of yauzl, and keeps the source's own fault apart from those of the zip. */
class SourceReader extends yauzl.RandomAccessReader {
  readonly #source: ScanSource;
  fault: { readonly cause: unknown } | null = null;

  constructor(source: ScanSource) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#range(start, end), { objectMode: false });
  }

  async *#range(start: number, end: number): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const piece of await this.#source.read(start, end - start))
        yield Uint8Array.from(piece);
    } catch (cause) {
      this.fault = { cause };
      throw cause;
    }
  }
}

/**
 * Lets a caller look through a zip.
 * @returns what the look gave; null when this is no whole zip
 * @throws what reading the source throws
 */
export async function lookIntoZip<Found>(
  source: ScanSource,
  look: (zip: ZipContent) => Promise<Found>,
): Promise<Found | null> {
  const reader = new SourceReader(source);
  try {
    const zip = await yauzl.fromRandomAccessReaderPromise(reader, source.bytes, {
      autoClose: false,
      lazyEntries: true,
      decodeStrings: false,
      validateEntrySizes: true,
    });
    // What is emitted while nobody waits is told by the next entry.
    zip.on('error', () => undefined);
    try {
      const { entryCount } = zip;
      return await look({ entryCount, entries: () => entriesOf(zip) });
    } finally {
      zip.close();
    }
  } catch (fault) {
    if (reader.fault !== null) throw reader.fault.cause;
    if (fault instanceof Error && isOfZip(fault)) return null;
    throw fault;
  }
}

async function* entriesOf(zip: yauzl.ZipFile): AsyncGenerator<ZipEntry, void, undefined> {
  for (;;) {
    const entry = await nextEntry(zip);
    if (entry === null) return;
    const method = entry.compressionMethod;
    yield {
      bytes: entry.uncompressedSize,
      packedBytes: entry.compressedSize,
      isEncrypted: entry.isEncrypted(),
      isReadable: method === STORED || method === DEFLATED,
      open: async () => standing(await zip.openReadStreamPromise(entry)),
    };
  }
}

/** A stream whose fault waits for its reader, however late he comes: yauzl's own are said to whoever listens then. */
function standing(stream: Readable): Readable {
  const out = new PassThrough();
  out.on('error', () => undefined);
  out.on('close', () => stream.destroy());
  stream.on('error', (fault: Error) => out.destroy(fault));
  return stream.pipe(out);
}

async function nextEntry(zip: yauzl.ZipFile): Promise<yauzl.Entry | null> {
  return await new Promise((resolve, reject) => {
    const settle = (act: () => void) => (): void => {
      zip.removeAllListeners('entry').removeAllListeners('end').removeListener('error', failed);
      act();
    };
    const failed = (fault: Error): void => settle(() => reject(fault))();
    zip.once('entry', (entry: yauzl.Entry) => settle(() => resolve(entry))());
    zip.once(
      'end',
      settle(() => resolve(null)),
    );
    zip.once('error', failed);
    zip.readEntry();
  });
}

/** Tells faults of the zip and of its packing from faults of this program. */
function isOfZip(fault: Error): boolean {
  const code = 'code' in fault ? String(fault.code) : '';
  if (code !== '') return code.startsWith('Z_') || code.startsWith('ERR_STREAM');
  return fault.constructor === Error;
}
