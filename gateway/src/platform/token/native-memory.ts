/**
 * Memory that C code is handed: it stays where it is, and is wiped and given back together at the end.
 *
 * CK_ULONG is the C type `unsigned long`, 8 bytes on the 64-bit Linux machines that the gateway runs on.
 */
import koffi from 'koffi';

export const ULONG_BYTES = 8;

export interface NativeBytes {
  readonly address: bigint;
  readonly bytes: Buffer;
}

export class NativeMemory implements Disposable {
  readonly #held: NativeBytes[] = [];

  /** Gives zeroed memory. */
  take(length: number): NativeBytes {
    const address = koffi.alloc('uint8_t', Math.max(1, length)) as bigint;
    const bytes = Buffer.from(koffi.view(address, length));
    bytes.fill(0);
    const taken = { address, bytes };
    this.#held.push(taken);
    return taken;
  }

  /** Copies bytes to where C finds them. */
  copy(content: Uint8Array): NativeBytes {
    const taken = this.take(content.length);
    taken.bytes.set(content);
    return taken;
  }

  /** Lays numbers, which may be addresses, one behind the other, as most structures of PKCS #11 are. */
  ulongs(...numbers: readonly (number | bigint)[]): NativeBytes {
    return this.copy(ulongBytes(...numbers));
  }

  [Symbol.dispose](): void {
    for (const { address, bytes } of this.#held.splice(0)) {
      bytes.fill(0);
      koffi.free(address);
    }
  }
}

/** Encodes numbers as CK_ULONG. */
export function ulongBytes(...numbers: readonly (number | bigint)[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * ULONG_BYTES);
  for (const [index, number] of numbers.entries())
    bytes.writeBigUInt64LE(BigInt(number), index * ULONG_BYTES);
  return bytes;
}

/** Reads the CK_ULONG at a place. @param index counted in CK_ULONGs */
export function readUlong(bytes: Buffer, index = 0): bigint {
  return bytes.readBigUInt64LE(index * ULONG_BYTES);
}
