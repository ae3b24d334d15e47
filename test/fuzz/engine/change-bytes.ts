/**
 * Changes bytes as a liar, a broken disk or a broken line would: bits, lengths, pieces left out, repeated, exchanged.
 *
 * It knows no format, but that formats have lengths: numbers of one to four bytes in either order are set to their
 * boundaries, or to what is left of the input.
 */
import type { Chance } from './chance.ts';

/** Bytes that an input grows to at most: what is refused for its size is fed by targets themselves. */
const GROWN_BYTES_MAX = 128 * 1024;
const BOUNDARIES = [
  0, 1, 2, 0x7e, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xfe, 0xff, 0x100, 0x3fff, 0x4000, 0x7fff, 0x8000,
  0xffff, 0x10000, 0x7fffff, 0xffffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
] as const;

type Change = (bytes: Buffer, chance: Chance, others: readonly Buffer[]) => Buffer;

const CHANGES: readonly Change[] = [
  flipBit,
  setByte,
  setByte,
  setNumber,
  setNumber,
  setRest,
  insert,
  leaveOut,
  leaveOut,
  repeat,
  exchange,
  splice,
  cut,
  append,
];

/** Makes one to four changes. @param others what pieces are taken from */
export function changeBytes(seed: Buffer, chance: Chance, others: readonly Buffer[]): Buffer {
  let bytes = Buffer.from(seed);
  const count = 1 + (chance.oneIn(2) ? 0 : chance.below(4));
  for (let done = 0; done < count; done += 1) {
    bytes = Buffer.from(chance.pick(CHANGES)(bytes, chance, others));
  }
  return bytes.subarray(0, GROWN_BYTES_MAX);
}

/** Places near the front are chosen more often: there stand lengths, types and versions. */
function place(bytes: Buffer, chance: Chance): number {
  if (bytes.length === 0) return 0;
  return chance.oneIn(2) ? chance.below(bytes.length) : chance.below(Math.min(32, bytes.length));
}

function flipBit(bytes: Buffer, chance: Chance): Buffer {
  const at = place(bytes, chance);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8));
  return bytes;
}

function setByte(bytes: Buffer, chance: Chance): Buffer {
  bytes[place(bytes, chance)] = chance.oneIn(2)
    ? chance.pick(BOUNDARIES) & 0xff
    : chance.below(256);
  return bytes;
}

function setNumber(bytes: Buffer, chance: Chance): Buffer {
  return putNumber(bytes, chance, chance.pick(BOUNDARIES));
}

/** A length that says exactly what is there, or one more or less. */
function setRest(bytes: Buffer, chance: Chance): Buffer {
  const left = Math.max(0, bytes.length - place(bytes, chance) + chance.below(3) - 1);
  return putNumber(bytes, chance, left);
}

function putNumber(bytes: Buffer, chance: Chance, value: number): Buffer {
  const width = chance.pick([1, 2, 3, 4]);
  if (bytes.length < width) return bytes;
  const at = Math.min(place(bytes, chance), bytes.length - width);
  const fitting = width === 4 ? value : value % 2 ** (8 * width);
  if (chance.oneIn(4)) bytes.writeUIntLE(fitting, at, width);
  else bytes.writeUIntBE(fitting, at, width);
  return bytes;
}

function insert(bytes: Buffer, chance: Chance): Buffer {
  const at = place(bytes, chance);
  const filled = chance.oneIn(2);
  const length = 1 + chance.below(chance.pick([1, 4, 64, 2048]));
  const added = filled
    ? Buffer.alloc(length, chance.below(256))
    : chance.bytes(Math.min(length, 64));
  return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at)]);
}

function leaveOut(bytes: Buffer, chance: Chance): Buffer {
  const at = place(bytes, chance);
  const length = 1 + chance.below(chance.pick([1, 8, Math.max(1, bytes.length)]));
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
}

function repeat(bytes: Buffer, chance: Chance): Buffer {
  const at = place(bytes, chance);
  const piece = bytes.subarray(at, at + 1 + chance.below(chance.pick([1, 16, 256])));
  const times = 1 + chance.below(chance.pick([2, 16, 512]));
  return Buffer.concat([bytes.subarray(0, at), ...Array(times).fill(piece), bytes.subarray(at)]);
}

function exchange(bytes: Buffer, chance: Chance): Buffer {
  const [one, two] = [place(bytes, chance), place(bytes, chance)].toSorted((a, b) => a - b);
  const length = Math.min(1 + chance.below(16), (two ?? 0) - (one ?? 0));
  if (one === undefined || two === undefined || length <= 0) return bytes;
  const first = Buffer.from(bytes.subarray(one, one + length));
  bytes.copy(bytes, one, two, two + length);
  first.copy(bytes, two);
  return bytes;
}

function splice(bytes: Buffer, chance: Chance, others: readonly Buffer[]): Buffer {
  const other = others.length === 0 ? bytes : chance.pick(others);
  const front = bytes.subarray(0, place(bytes, chance));
  return Buffer.concat([front, other.subarray(place(other, chance))]);
}

function cut(bytes: Buffer, chance: Chance): Buffer {
  return bytes.subarray(0, chance.below(bytes.length + 1));
}

function append(bytes: Buffer, chance: Chance, others: readonly Buffer[]): Buffer {
  return Buffer.concat([
    bytes,
    others.length === 0 || chance.oneIn(2) ? bytes : chance.pick(others),
  ]);
}
