/**
 * A file of lines to which lines are only added, each durable before it is acknowledged.
 *
 * A line that could not be written completely is cut off again, at once when the disk was full and at the next start
 * when the program was killed: it was never acknowledged. One writer at a time; the data directory sees to that.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { readDiskFault, syncDirectory } from './durable-file.ts';

const MODE = 0o600;
const NEWLINE = 0x0a;
/** Bytes read at a time when the end of the last whole line is looked for. */
const CHUNK_BYTES = 64 * 1024;

export class LineFile {
  readonly #handle: FileHandle;
  #bytes: number;
  #turn: Promise<void> = Promise.resolve();
  #broken: unknown;

  private constructor(handle: FileHandle, bytes: number) {
    this.#handle = handle;
    this.#bytes = bytes;
  }

  /** Opens or makes the file, and cuts off a last line that has no end. */
  static async open(file: string): Promise<LineFile> {
    const handle = await open(file, constants.O_RDWR | constants.O_CREAT, MODE);
    try {
      const { size } = await handle.stat();
      const bytes = await endOfLastLine(handle, size);
      if (bytes < size) await handle.truncate(bytes);
      await handle.sync();
      await syncDirectory(path.dirname(file));
      return new LineFile(handle, bytes);
    } catch (fault) {
      await handle.close();
      throw readDiskFault(fault);
    }
  }

  /** The size of all acknowledged lines. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a line, after all that were asked for before; on return it is on the disk. @throws DiskFull */
  async append(line: string): Promise<void> {
    if (line.includes('\n')) throw new Error('a line has no line end within');
    const content = Buffer.from(`${line}\n`, 'utf8');
    const turn = this.#turn.then(() => this.#write(content));
    this.#turn = turn.catch(() => undefined);
    await turn;
  }

  /** Waits for the lines that were asked for and closes the file. */
  async close(): Promise<void> {
    await this.#turn;
    await this.#handle.close();
  }

  async #write(content: Uint8Array): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken;
    try {
      for (let at = 0; at < content.length;) {
        const position = this.#bytes + at;
        const { bytesWritten } = await this.#handle.write(
          content,
          at,
          content.length - at,
          position,
        );
        at += bytesWritten;
      }
      await this.#handle.datasync();
    } catch (fault) {
      await this.#cutBack(fault);
      throw readDiskFault(fault);
    }
    this.#bytes += content.length;
  }

  /** After a failed fsync nobody knows what is on the disk; if even cutting fails, only a new start can tell. */
  async #cutBack(fault: unknown): Promise<void> {
    try {
      await this.#handle.truncate(this.#bytes);
      await this.#handle.datasync();
    } catch {
      this.#broken = readDiskFault(fault);
    }
  }
}

async function endOfLastLine(handle: FileHandle, size: number): Promise<number> {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, end - start, start);
    const newline = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (newline !== -1) return start + newline + 1;
    end = start;
  }
  return 0;
}
