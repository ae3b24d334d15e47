/**
 * A test content that a scanner must find something in: the EICAR test file as the last entry of an archive of a chosen size.
 *
 * clamd says "OK" to what is larger than its own limits, and its limits cannot be asked for. A canary that sings shows that
 * contents of this size are looked through to their end. What a scanner finds of EICAR is agreed on by all of them
 * (https://www.eicar.org/download-anti-malware-testfile/).
 */
import { crc32 } from 'node:zlib';

/** In two parts, so that no scanner takes this source for the test file. */
const EICAR = Buffer.from(
  ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-', 'ANTIVIRUS-TEST-FILE!$H+H*'].join(''),
);
const FILLER_NAME = 'a';
const EICAR_NAME = 'b';
/** Local header, central header and end of a zip (APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16), without names. */
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const OVERHEAD_BYTES = 2 * (LOCAL_BYTES + 1) + 2 * (CENTRAL_BYTES + 1) + END_BYTES + EICAR.length;
const PIECE_BYTES = 64 * 1024;

/** Bytes of the smallest canary. */
export const CANARY_BYTES_MIN = OVERHEAD_BYTES;

interface Entry {
  readonly name: string;
  readonly bytes: number;
  readonly crc: number;
  readonly at: number;
}

/** Makes a canary of so many bytes, at least `CANARY_BYTES_MIN`, as a stream. */
export function* canary(bytes: number): Generator<Buffer, void, undefined> {
  const fillerBytes = bytes - OVERHEAD_BYTES;
  const zeros = Buffer.alloc(PIECE_BYTES);
  const filler = { name: FILLER_NAME, bytes: fillerBytes, crc: crcOfZeros(fillerBytes), at: 0 };
  const at = LOCAL_BYTES + 1 + fillerBytes;
  const eicar = { name: EICAR_NAME, bytes: EICAR.length, crc: crc32(EICAR), at };
  yield localHeader(filler);
  for (let left = fillerBytes; left > 0; left -= PIECE_BYTES)
    yield zeros.subarray(0, Math.min(left, PIECE_BYTES));
  yield localHeader(eicar);
  yield EICAR;
  const central = Buffer.concat([centralHeader(filler), centralHeader(eicar)]);
  yield central;
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(2, 8);
  end.writeUInt16LE(2, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at + LOCAL_BYTES + 1 + EICAR.length, 16);
  yield end;
}

function localHeader({ name, bytes, crc }: Entry): Buffer {
  const header = Buffer.alloc(LOCAL_BYTES);
  header.writeUInt32LE(0x0403_4b50, 0);
  header.writeUInt16LE(20, 4);
  writeSizes(header, 14, bytes, crc);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, Buffer.from(name)]);
}

function centralHeader({ name, bytes, crc, at }: Entry): Buffer {
  const header = Buffer.alloc(CENTRAL_BYTES);
  header.writeUInt32LE(0x0201_4b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(20, 6);
  writeSizes(header, 16, bytes, crc);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt32LE(at, 42);
  return Buffer.concat([header, Buffer.from(name)]);
}

function writeSizes(header: Buffer, at: number, bytes: number, crc: number): void {
  header.writeUInt32LE(crc, at);
  header.writeUInt32LE(bytes, at + 4);
  header.writeUInt32LE(bytes, at + 8);
}

function crcOfZeros(bytes: number): number {
  const zeros = Buffer.alloc(PIECE_BYTES);
  let crc = 0;
  for (let left = bytes; left > 0; left -= PIECE_BYTES)
    crc = crc32(zeros.subarray(0, Math.min(left, PIECE_BYTES)), crc);
  return crc;
}
