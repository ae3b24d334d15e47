/**
 * Reads a record from the desk in ranges. It keeps a few blocks in memory, whatever the record's size, and nothing on a disk:
 * the desk says `no-store`.
 */
import { ReadingFault } from '../worker/worker-call.ts';

export const BLOCK_BYTES = 256 * 1024;
/** 16 MiB. */
const BLOCKS_MAX = 64;
/** A reading of all is asked for in parts of this size, so that one that breaks off loses little. */
const PART_BYTES = 16 * 1024 * 1024;
const TRIES_MAX = 3;

export type Fetch = (address: string, options: RequestInit) => Promise<Response>;

export interface SourceAddress {
  readonly address: string;
  readonly bytes: number;
}

export class RangeSource {
  readonly bytes: number;
  readonly #address: string;
  readonly #fetch: Fetch;
  readonly #blocks = new Map<number, Promise<Uint8Array>>();

  constructor({ address, bytes }: SourceAddress, fetchFrom: Fetch = (...asked) => fetch(...asked)) {
    this.#address = address;
    this.bytes = bytes;
    this.#fetch = fetchFrom;
  }

  /** Reads a part; what lies beyond the end is left out. @throws ReadingFault */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(offset + length, this.bytes);
    const part = new Uint8Array(Math.max(0, end - offset));
    let at = offset;
    while (at < end) {
      const index = Math.floor(at / BLOCK_BYTES);
      const block = await this.#block(index);
      const from = at - index * BLOCK_BYTES;
      const piece = block.subarray(from, Math.min(block.length, from + end - at));
      if (piece.length === 0) throw new ReadingFault('READING_BROKEN');
      part.set(piece, at - offset);
      at += piece.length;
    }
    return part;
  }

  /** Reads on and on, without keeping anything. @throws ReadingFault */
  async *stream(from = 0, to = this.bytes, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    let at = from;
    let failures = 0;
    while (at < to) {
      const end = Math.min(to, at + PART_BYTES);
      try {
        const response = await this.#ask(at, end, signal);
        const reader = response.body?.getReader();
        if (reader === undefined) throw new ReadingFault('READING_BROKEN');
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          at += value.length;
          failures = 0;
          yield value;
        }
        if (at < end) throw new ReadingFault('READING_BROKEN');
      } catch (fault) {
        if (signal?.aborted === true) throw new ReadingFault('CANCELLED');
        // The desk's own refusal stands; a connection that broke is tried again from where it was.
        if (fault instanceof ReadingFault && fault.code !== 'READING_BROKEN') throw fault;
        failures += 1;
        if (failures >= TRIES_MAX) throw new ReadingFault('READING_BROKEN');
      }
    }
  }

  /** All of it in one piece, for what cannot be read in parts. @throws ReadingFault */
  async whole(onProgress: (bytes: number) => void, signal?: AbortSignal): Promise<Uint8Array> {
    const all = new Uint8Array(this.bytes);
    let at = 0;
    for await (const part of this.stream(0, this.bytes, signal)) {
      all.set(part, at);
      at += part.length;
      onProgress(at);
    }
    return all;
  }

  async #block(index: number): Promise<Uint8Array> {
    const known = this.#blocks.get(index);
    // What was used last is forgotten last.
    this.#blocks.delete(index);
    const block = known ?? this.#fetchBlock(index);
    this.#blocks.set(index, block);
    const [oldest] = this.#blocks.size > BLOCKS_MAX ? this.#blocks.keys() : [];
    if (oldest !== undefined) this.#blocks.delete(oldest);
    try {
      return await block;
    } catch (fault) {
      this.#blocks.delete(index);
      throw fault;
    }
  }

  async #fetchBlock(index: number): Promise<Uint8Array> {
    const from = index * BLOCK_BYTES;
    const to = Math.min(from + BLOCK_BYTES, this.bytes);
    try {
      const response = await this.#ask(from, to);
      return new Uint8Array(await response.arrayBuffer());
    } catch (fault) {
      if (fault instanceof ReadingFault) throw fault;
      throw new ReadingFault('READING_BROKEN');
    }
  }

  async #ask(from: number, to: number, signal?: AbortSignal): Promise<Response> {
    let response: Response;
    try {
      response = await this.#fetch(this.#address, {
        headers: { range: `bytes=${from}-${to - 1}` },
        credentials: 'same-origin',
        cache: 'no-store',
        ...(signal === undefined ? {} : { signal }),
      });
    } catch {
      throw new ReadingFault('READING_BROKEN');
    }
    if (response.status === 206) return response;
    throw await refusalOf(response);
  }
}

async function refusalOf(response: Response): Promise<ReadingFault> {
  const { status } = response;
  try {
    const { code, detail } = (await response.json()) as {
      readonly code?: unknown;
      readonly detail?: unknown;
    };
    if (typeof code === 'string')
      return new ReadingFault(code, typeof detail === 'string' ? detail : null, status);
  } catch {
    // An answer without a problem is a fault of the road.
  }
  return new ReadingFault('READING_BROKEN', null, status);
}
