/** Test support: archives of every lawful and unlawful kind, made by hand or by the machine's own tools. */
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import type { ScanSource } from '../contract.ts';

/** The EICAR test file, in two parts so that no scanner takes this source for it. */
export const EICAR = Buffer.from(
  ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-', 'ANTIVIRUS-TEST-FILE!$H+H*'].join(''),
);

export interface Packed {
  readonly name: string;
  readonly content: Buffer;
  readonly isEncrypted?: boolean;
  /** Compression method; 8 unless said. */
  readonly method?: number;
  /** What the directory says of its size, when that is a lie. */
  readonly saidBytes?: number;
}

/** Makes a zip (APPNOTE.TXT 4.3). */
export function zipOf(files: readonly Packed[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let at = 0;
  for (const file of files) {
    const method = file.method ?? 8;
    const packed = method === 8 ? deflateRawSync(file.content) : file.content;
    const name = Buffer.from(file.name);
    const fields = (extra: number): Buffer => {
      const part = Buffer.alloc(26);
      part.writeUInt16LE(20, 0);
      part.writeUInt16LE(file.isEncrypted === true ? 1 : 0, 2);
      part.writeUInt16LE(method, 4);
      part.writeUInt32LE(crc32(file.content), 10);
      part.writeUInt32LE(packed.length, 14);
      part.writeUInt32LE(file.saidBytes ?? file.content.length, 18);
      part.writeUInt16LE(name.length, 22);
      part.writeUInt16LE(extra, 24);
      return part;
    };
    const local = Buffer.concat([word(0x0403_4b50), fields(0), name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    centrals.push(Buffer.concat([word(0x0201_4b50), Buffer.from([20, 0]), fields(0), tail, name]));
    locals.push(local);
    at += local.length;
  }
  const central = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...locals, central, word(0x0605_4b50), end]);
}

/** Makes a tar (POSIX ustar). */
export function tarOf(files: readonly Packed[]): Buffer {
  const blocks = files.flatMap(({ name, content }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000644\0', 100);
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write(' '.repeat(8), 148);
    header.write('0', 156);
    header.write('ustar\x0000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export const gzipOf = (content: Buffer): Buffer => gzipSync(content);

/** Zips a content into itself so many times. */
export function nested(content: Buffer, times: number): Buffer {
  let whole = content;
  for (let each = 0; each < times; each += 1)
    whole = zipOf([{ name: `${each}.zip`, content: whole }]);
  return whole;
}

/** A content that is in memory, in pieces as the vault gives them. */
export function sourceOf(content: Buffer, pieceBytes = 64 * 1024): ScanSource {
  return {
    bytes: content.length,
    read: async (offset, length) => {
      const part = content.subarray(offset, offset + length);
      return (async function* () {
        for (let at = 0; at < part.length; at += pieceBytes)
          yield part.subarray(at, Math.min(part.length, at + pieceBytes));
      })();
    },
  };
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
