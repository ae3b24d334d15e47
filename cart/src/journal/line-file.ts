/**
 * A file of lines that only grows. A line is whole and on the disk, or not there.
 *
 * A write that fails is taken back. What a power failure tears is a last line without its end: it was never
 * acknowledged and is cut off at the next opening. Once it is open, the disk is only waited for off the event loop:
 * one that stalls holds up nothing but its own lines. Calls of `append` and `probe` must follow one another.
 */
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncate,
  ftruncateSync,
  openSync,
  read,
  readSync,
  write,
} from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const disk = {
  write: promisify(write),
  read: promisify(read),
  truncate: promisify(ftruncate),
  sync: promisify(fdatasync),
};

/** Bytes read at a time. */
const BLOCK_BYTES = 1024 * 1024;

export class LineFile {
  readonly #fd: number;
  /** Where each line begins; the last number is where the next one will. */
  readonly #starts: number[] = [0];
  /** What a failed write may have left behind the last whole line. */
  #dirty = false;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /**
   * Opens the file, making it with mode 0600, and shows each whole line to `see`.
   * @param end called after the last whole line: when it throws, nothing is cut off and the file is as it was
   * @returns also how many bytes of a torn last line were cut off
   */
  static open(
    file: string,
    see: (line: string) => void,
    end: () => void = () => undefined,
  ): { readonly lines: LineFile; readonly tornBytes: number } {
    const fd = openSync(file, 'a+', 0o600);
    try {
      const lines = new LineFile(fd);
      lines.#readAll(see);
      end();
      const tornBytes = fstatSync(fd).size - lines.#end();
      if (tornBytes > 0) {
        ftruncateSync(fd, lines.#end());
        fdatasyncSync(fd);
      }
      syncDirectory(path.dirname(file));
      return { lines, tornBytes };
    } catch (fault) {
      closeSync(fd);
      throw fault;
    }
  }

  /** Lines in the file. */
  get count(): number {
    return this.#starts.length - 1;
  }

  /** Writes lines, all or none, and makes them durable. @throws what the disk says */
  async append(lines: readonly string[]): Promise<void> {
    if (this.#dirty) await this.#cut();
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    this.#dirty = true;
    try {
      await this.#write(bytes);
    } catch (fault) {
      await this.#tryCut();
      throw fault;
    }
    this.#dirty = false;
    for (const line of lines) this.#starts.push(this.#end() + Buffer.byteLength(line) + 1);
  }

  /** Finds out whether some bytes could be written now; they are taken back. @throws what the disk says */
  async probe(bytes: number): Promise<void> {
    if (this.#dirty) await this.#cut();
    this.#dirty = true;
    try {
      await this.#write(Buffer.alloc(bytes, ' '));
    } finally {
      await this.#tryCut();
    }
  }

  /** Reads lines as they stand. */
  async read(from: number, count: number): Promise<readonly string[]> {
    const begin = this.#starts[from];
    const end = this.#starts[Math.min(from + count, this.count)];
    if (begin === undefined || end === undefined || end <= begin) return [];
    const bytes = Buffer.alloc(end - begin);
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await disk.read(this.#fd, bytes, at, bytes.length - at, begin + at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return bytes.toString('utf8').slice(0, -1).split('\n');
  }

  close(): void {
    closeSync(this.#fd);
  }

  #readAll(see: (line: string) => void): void {
    const block = Buffer.alloc(BLOCK_BYTES);
    let rest: Buffer = Buffer.alloc(0);
    for (let at = 0; ;) {
      const read = readSync(this.#fd, block, 0, block.length, at);
      if (read === 0) return;
      at += read;
      rest = Buffer.concat([rest, block.subarray(0, read)]);
      let begin = 0;
      for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10, begin)) {
        see(rest.toString('utf8', begin, end));
        begin = end + 1;
        this.#starts.push(at - rest.length + begin);
      }
      rest = rest.subarray(begin);
    }
  }

  #end(): number {
    return this.#starts.at(-1) ?? 0;
  }

  async #write(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await disk.write(this.#fd, bytes, at, bytes.length - at, null);
      at += bytesWritten;
    }
    await disk.sync(this.#fd);
  }

  async #cut(): Promise<void> {
    await disk.truncate(this.#fd, this.#end());
    await disk.sync(this.#fd);
    this.#dirty = false;
  }

  async #tryCut(): Promise<void> {
    try {
      await this.#cut();
    } catch {
      // The next write tries again before it writes anything.
    }
  }
}

function syncDirectory(directory: string): void {
  const fd = openSync(directory, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
