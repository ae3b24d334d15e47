/**
 * Looks through one content and everything inside it: each part, at each depth, is a stream of its own to the scanner, and
 * what is unpacked is counted. So nothing depends on how far the scanner itself unpacks.
 *
 * Memory holds a piece of each depth; a zip inside another archive, which can only be read whole, is held up to a limit.
 * Nothing touches a disk. A finding outweighs what could not be looked into.
 */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { HeldReason } from '@chaperone/domain/quarantine/quarantine.ts';
import tar from 'tar-stream';
import type { ScanSource } from '../contract.ts';
import {
  ARCHIVE_MARK_BYTES,
  HEAD_BYTES,
  TAIL_BYTES,
  endsAsZip,
  holdsArchive,
  isProgram,
  kindOfHead,
} from './kind.ts';
import type { ContainerKind } from './kind.ts';
import type { Meter } from './meter.ts';
import { Passage } from './passage.ts';
import { lookIntoZip } from './zip-entries.ts';
import { isPlainZip } from './zip-layout.ts';
import type { ZipContent, ZipEntry } from './zip-entries.ts';

/** Bytes of a zip inside another archive, which is held in memory. */
export const INNER_ZIP_BYTES_MAX = 32 * 1024 * 1024;

/** What is told of a part: null when nothing was found in it. */
export type Finding =
  | { readonly verdict: 'infected'; readonly signature: string }
  | { readonly verdict: 'not-scanned'; readonly reason: HeldReason }
  | null;

/** One part on its way to the scanner. */
export interface PartScan {
  readonly isOver: boolean;
  write(bytes: Uint8Array): Promise<void>;
  end(): Promise<Finding>;
  abort(): void;
}

export interface Inspection {
  readonly meter: Meter;
  readonly signal: AbortSignal;
  readonly openScan: () => Promise<PartScan>;
}

/** Looks through a content. @throws what reading it throws */
export async function inspect(source: ScanSource, inspection: Inspection): Promise<Finding> {
  const { entryBytesMax } = inspection.meter.limits;
  if (source.bytes > entryBytesMax) return held('too-large');
  // The whole first: what the scanner finds there counts more than anything.
  const whole = await lookThrough(await source.read(0, source.bytes), 0, inspection, true);
  if (whole.finding?.verdict === 'infected' || !whole.isZip) return whole.finding;
  return worse(whole.finding, await lookThroughZip(source, 1, inspection));
}

interface Looked {
  readonly finding: Finding;
  readonly isZip: boolean;
}

/**
 * Sends one part to the scanner, and at the same time looks into it if it is a container.
 * @param isZipApart whether a zip is looked into by the caller, who can read it by ranges
 */
async function lookThrough(
  bytes: AsyncIterable<Uint8Array>,
  depth: number,
  inspection: Inspection,
  isZipApart: boolean,
): Promise<Looked> {
  const { meter, signal } = inspection;
  const scan = await inspection.openScan();
  const start = new Start();
  const end = new End();
  let total = 0;
  let inner: Inner | null | undefined;
  let isTooLarge = false;
  const begin = async (): Promise<Inner | null> => {
    const begun = beginInner(start.kind(), depth, inspection, isZipApart);
    for (const each of start.pieces) await begun?.passage.write(each);
    return begun;
  };
  try {
    for await (const piece of bytes) {
      signal.throwIfAborted();
      total += piece.length;
      if (depth > 0 && !meter.unpacked(piece.length)) return limited('archive-limit');
      if (total > meter.limits.entryBytesMax) {
        isTooLarge = true;
        break;
      }
      end.add(piece);
      await scan.write(piece);
      if (inner !== undefined) await inner?.passage.write(piece);
      else if (start.add(piece)) inner = await begin();
      if (scan.isOver) break;
    }
    if (inner === undefined) inner = await begin();
    inner?.passage.end();
    const found = isTooLarge ? held('too-large') : await scan.end();
    const inside = (await inner?.found) ?? null;
    const kind = start.kind();
    // A zip with something before it is opened by whoever looks at its end, whatever it seems to be at its beginning.
    const hidesZip = kind !== 'zip' && endsAsZip(end.bytes(), kind !== 'leaf');
    const unseen = hidesZip || end.holdsArchive ? held('archive-unreadable') : null;
    return { finding: worse(worse(found, inside), unseen), isZip: kind === 'zip' };
  } finally {
    scan.abort();
    inner?.passage.end();
    await inner?.found.catch(() => undefined);
  }
}

interface Inner {
  readonly passage: Passage;
  readonly found: Promise<Finding>;
}

function beginInner(
  kind: ContainerKind,
  depth: number,
  inspection: Inspection,
  isZipApart: boolean,
): Inner | null {
  if (kind === 'leaf' || (kind === 'zip' && isZipApart)) return null;
  const passage = new Passage();
  const look = async (): Promise<Finding> => {
    try {
      if (kind === 'opaque') return held('archive-unreadable');
      if (kind === 'encrypted') return held('archive-encrypted');
      if (depth >= inspection.meter.limits.depthMax) return held('archive-limit');
      if (kind === 'zip') return await lookThroughInnerZip(passage, depth + 1, inspection);
      if (kind === 'tar') return await lookThroughTar(passage, depth + 1, inspection);
      return await lookThroughGzip(passage, depth + 1, inspection);
    } finally {
      passage.leave();
    }
  };
  const found = look();
  found.catch(() => undefined);
  return { passage, found };
}

async function lookThroughGzip(
  packed: Passage,
  depth: number,
  inspection: Inspection,
): Promise<Finding> {
  if (!inspection.meter.entry()) return held('archive-limit');
  const gunzip = createGunzip();
  const counted = new Counted(packed);
  // A fault that comes before anybody reads is told to the reader.
  gunzip.on('error', () => undefined);
  const from = Readable.from(counted, { objectMode: false });
  from.on('error', (fault) => gunzip.destroy(fault));
  from.pipe(gunzip);
  try {
    const { finding } = await lookThrough(gunzip, depth, inspection, false);
    if (isTheEnd(finding)) return finding;
    // Others read on where this one stops: at a byte of nothing behind its last member. What it was given and left tells.
    return gunzip.bytesWritten === counted.bytes
      ? finding
      : worse(finding, held('archive-unreadable'));
  } catch (fault) {
    return unreadable(fault, inspection.signal);
  } finally {
    gunzip.destroy();
    from.destroy();
  }
}

async function lookThroughTar(
  packed: Passage,
  depth: number,
  inspection: Inspection,
): Promise<Finding> {
  const extract = tar.extract({ allowUnknownFormat: true } as never);
  const feeding = feed(packed, extract);
  let finding: Finding = null;
  try {
    for await (const entry of extract) {
      if (!inspection.meter.entry()) return worse(finding, held('archive-limit'));
      const bytes = entry as unknown as AsyncIterable<Uint8Array>;
      const looked = await lookThrough(bytes, depth, inspection, false);
      finding = worse(finding, looked.finding);
      if (isTheEnd(finding)) return finding;
      // What was not read of it, so that the next can come.
      entry.resume();
    }
    return finding;
  } catch (fault) {
    return worse(finding, unreadable(fault, inspection.signal));
  } finally {
    extract.destroy(null);
    packed.leave();
    await feeding;
  }
}

/** Gives the extractor what comes; its own fault is told by its entries. */
async function feed(packed: Passage, extract: tar.Extract): Promise<void> {
  extract.on('error', () => undefined);
  let isClosed = false;
  const closed = new Promise<void>((resolve) =>
    extract.on('close', () => {
      isClosed = true;
      resolve();
    }),
  );
  for await (const piece of packed) {
    if (isClosed) return;
    if (extract.write(piece)) continue;
    await Promise.race([new Promise<void>((resolve) => extract.once('drain', resolve)), closed]);
  }
  if (!isClosed) extract.end(null);
}

/** A zip that comes as a stream is gathered, since its directory stands at its end. */
async function lookThroughInnerZip(
  packed: Passage,
  depth: number,
  inspection: Inspection,
): Promise<Finding> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of packed) {
    bytes += piece.length;
    if (bytes > INNER_ZIP_BYTES_MAX) return held('archive-limit');
    pieces.push(piece);
  }
  const whole = Buffer.concat(pieces);
  try {
    const read = async (offset: number, length: number): Promise<AsyncIterable<Uint8Array>> =>
      Readable.from([whole.subarray(offset, offset + length)]);
    return await lookThroughZip({ bytes, read }, depth, inspection);
  } finally {
    whole.fill(0);
  }
}

async function lookThroughZip(
  source: ScanSource,
  depth: number,
  inspection: Inspection,
): Promise<Finding> {
  if (depth > inspection.meter.limits.depthMax) return held('archive-limit');
  if (!(await isPlainZip(source, inspection.meter.limits.entriesMax))) {
    return held('archive-unreadable');
  }
  const looked = await lookIntoZip(source, async (zip) => ({
    finding: await lookThroughEntries(zip, source.bytes, depth, inspection),
  }));
  return looked === null ? held('archive-unreadable') : looked.finding;
}

async function lookThroughEntries(
  zip: ZipContent,
  zipBytes: number,
  depth: number,
  inspection: Inspection,
): Promise<Finding> {
  const { meter } = inspection;
  if (!meter.admits(zip.entryCount, 0)) return held('archive-limit');
  let finding: Finding = null;
  let packedBytes = 0;
  for await (const entry of zip.entries()) {
    packedBytes += entry.packedBytes;
    // Entries that share their bytes are what the densest bombs are made of.
    if (!meter.entry() || packedBytes > zipBytes || !meter.admits(0, entry.bytes))
      return worse(finding, held('archive-limit'));
    finding = worse(finding, await lookThroughEntry(entry, depth, inspection));
    if (isTheEnd(finding)) return finding;
  }
  return finding;
}

async function lookThroughEntry(
  entry: ZipEntry,
  depth: number,
  inspection: Inspection,
): Promise<Finding> {
  if (entry.isEncrypted) return held('archive-encrypted');
  if (!entry.isReadable) return held('archive-unreadable');
  if (entry.bytes > inspection.meter.limits.entryBytesMax) return held('too-large');
  try {
    return (await lookThrough(await entry.open(), depth, inspection, false)).finding;
  } catch (fault) {
    return unreadable(fault, inspection.signal);
  }
}

/** The start of a part, kept until it says which kind it is. */
class Start {
  readonly pieces: Uint8Array[] = [];
  #bytes = 0;

  /** @returns whether they are enough now */
  add(piece: Uint8Array): boolean {
    this.pieces.push(Uint8Array.from(piece));
    this.#bytes += piece.length;
    return this.#bytes >= HEAD_BYTES;
  }

  kind(): ContainerKind {
    return kindOfHead(Buffer.concat(this.pieces).subarray(0, HEAD_BYTES));
  }
}

/** What comes of a passage, counted. */
class Counted {
  readonly #passage: AsyncIterator<Uint8Array>;
  bytes = 0;

  constructor(passage: Passage) {
    this.#passage = passage[Symbol.asyncIterator]();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (let next = await this.#next(); next !== null; next = await this.#next()) yield next;
  }

  async #next(): Promise<Uint8Array | null> {
    const { done, value } = await this.#passage.next();
    if (done === true) return null;
    this.bytes += value.length;
    return value;
  }
}

/** The end of a part, and what stands packed behind its beginning if it is a program. */
class End {
  #bytes = Buffer.alloc(0);
  #isProgram: boolean | null = null;
  holdsArchive = false;

  add(piece: Uint8Array): void {
    const joined = Buffer.concat([this.#bytes, piece]);
    this.#isProgram ??= joined.length < 4 ? null : isProgram(joined);
    const seenAt = Math.max(0, this.#bytes.length - ARCHIVE_MARK_BYTES);
    if (this.#isProgram === true && holdsArchive(joined.subarray(seenAt))) this.holdsArchive = true;
    this.#bytes = joined.subarray(Math.max(0, joined.length - TAIL_BYTES));
  }

  bytes(): Uint8Array {
    return this.#bytes;
  }
}

function held(reason: HeldReason): Finding {
  return { verdict: 'not-scanned', reason };
}

function limited(reason: HeldReason): Looked {
  return { finding: held(reason), isZip: false };
}

/** An infection outweighs what could not be looked into; of several of these the first is told. */
function worse(one: Finding, other: Finding): Finding {
  if (one?.verdict === 'infected' || other === null) return one;
  return one === null || other.verdict === 'infected' ? other : one;
}

/** Whether nothing that follows is worth looking at. */
function isTheEnd(finding: Finding): boolean {
  if (finding === null) return false;
  if (finding.verdict === 'infected') return true;
  return finding.reason === 'archive-limit' || finding.reason === 'scanner-unreachable';
}

/** A container that breaks while it is unpacked; the end of the whole scan is passed on. */
function unreadable(fault: unknown, signal: AbortSignal): Finding {
  if (signal.aborted) throw fault;
  if (fault instanceof TypeError || fault instanceof RangeError) throw fault;
  return held('archive-unreadable');
}
