/**
 * The two forms of a P-256 signature: DER, as certificates carry it, and two numbers of 32 bytes one behind the other,
 * as JOSE and PKCS#11 do. @see RFC 3279 section 2.2.3, RFC 7518 section 3.4, PKCS #11 v2.40 section 2.3.1
 */
import { AsnConvert } from '@peculiar/asn1-schema';
import { ECDSASigValue } from '@peculiar/asn1-ecc';
import { toArrayBuffer } from './der.ts';

const NUMBER_BYTES = 32;

/** Turns two numbers into DER. @throws RangeError when they have not 64 bytes */
export function ecdsaDEROf(numbers: Uint8Array): Uint8Array {
  if (numbers.length !== 2 * NUMBER_BYTES) {
    throw new RangeError(`A P-256 signature has ${2 * NUMBER_BYTES} bytes.`);
  }
  const r = integerOf(numbers.subarray(0, NUMBER_BYTES));
  const s = integerOf(numbers.subarray(NUMBER_BYTES));
  return new Uint8Array(AsnConvert.serialize(new ECDSASigValue({ r, s })));
}

/** Turns DER into two numbers. @throws RangeError when they are larger than P-256's */
export function p256NumbersOf(der: Uint8Array): Uint8Array {
  const { r, s } = AsnConvert.parse(toArrayBuffer(der), ECDSASigValue);
  const numbers = new Uint8Array(2 * NUMBER_BYTES);
  for (const [index, number] of [r, s].entries()) {
    const digits = withoutLeadingZeros(new Uint8Array(number));
    if (digits.length > NUMBER_BYTES) throw new RangeError('This is no signature of P-256.');
    numbers.set(digits, (index + 1) * NUMBER_BYTES - digits.length);
  }
  return numbers;
}

/** An INTEGER is signed and as short as it can be: a number whose top bit is set gets a zero in front. */
function integerOf(number: Uint8Array): ArrayBuffer {
  const digits = withoutLeadingZeros(number);
  const isNegative = (digits[0] ?? 0x80) >= 0x80;
  return toArrayBuffer(isNegative ? Uint8Array.of(0, ...digits) : digits);
}

function withoutLeadingZeros(number: Uint8Array): Uint8Array {
  const first = number.findIndex((byte) => byte !== 0);
  return first === -1 ? new Uint8Array() : number.subarray(first);
}
