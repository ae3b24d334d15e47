/**
 * The few functions of PKCS #11 that the gateway needs, called in the module that the operating system or the
 * maker of a token provides.
 *
 * It is C code of somebody else in our process: `token-process.ts` keeps it in a process of its own. Everything here
 * is synchronous and used by one caller. @see OASIS PKCS #11 v2.40 section 5
 */
import koffi from 'koffi';
import {
  CKM,
  CKF_RW_SESSION,
  CKF_SERIAL_SESSION,
  NORMAL_LOGIN,
  FUNCTION_ORDER,
} from './cryptoki-constant.ts';
import { NativeMemory, ULONG_BYTES, readUlong } from './native-memory.ts';
import type { NativeBytes } from './native-memory.ts';

/** A function of the module did not return CKR_OK. */
export class CryptokiFault extends Error {
  readonly returned: number;

  constructor(name: string, returned: number) {
    super(`${name} returned 0x${returned.toString(16)}`);
    this.returned = returned;
  }
}

export interface TokenInfo {
  readonly label: string;
  readonly flags: number;
}

/** An attribute's number and value. */
export type Attribute = readonly [type: number, value: Uint8Array];

/** A mechanism's number and, where it has one, the structure that goes with it. */
export interface Mechanism {
  readonly type: number;
  readonly parameter?: Uint8Array;
}

type FunctionName = (typeof FUNCTION_ORDER)[number];
type Native = (...args: readonly unknown[]) => number | bigint;

/** What AES-GCM is given. */
export interface GCMTerms {
  readonly nonce: Uint8Array;
  readonly label: Uint8Array;
  readonly bytes: Uint8Array;
}

/** What each function takes; pointers are addresses or null. */
const PARAMETERS = {
  C_Initialize: ['void *'],
  C_Finalize: ['void *'],
  C_GetSlotList: ['uint8_t', 'void *', 'void *'],
  C_GetTokenInfo: ['ulong', 'void *'],
  C_OpenSession: ['ulong', 'ulong', 'void *', 'void *', 'void *'],
  C_Login: ['ulong', 'ulong', 'void *', 'ulong'],
  C_DestroyObject: ['ulong', 'ulong'],
  C_GetAttributeValue: ['ulong', 'ulong', 'void *', 'ulong'],
  C_FindObjectsInit: ['ulong', 'void *', 'ulong'],
  C_FindObjects: ['ulong', 'void *', 'ulong', 'void *'],
  C_FindObjectsFinal: ['ulong'],
  C_EncryptInit: ['ulong', 'void *', 'ulong'],
  C_Encrypt: ['ulong', 'void *', 'ulong', 'void *', 'void *'],
  C_DecryptInit: ['ulong', 'void *', 'ulong'],
  C_Decrypt: ['ulong', 'void *', 'ulong', 'void *', 'void *'],
  C_SignInit: ['ulong', 'void *', 'ulong'],
  C_Sign: ['ulong', 'void *', 'ulong', 'void *', 'void *'],
  C_GenerateKey: ['ulong', 'void *', 'void *', 'ulong', 'void *'],
  C_GenerateKeyPair: [
    ...['ulong', 'void *', 'void *', 'ulong', 'void *', 'ulong'],
    ...['void *', 'void *'],
  ],
} satisfies Partial<Record<FunctionName, readonly string[]>>;

type Functions = Record<keyof typeof PARAMETERS, Native>;

/** CK_VERSION, then the functions; the compiler of the module put padding between them. */
const FUNCTION_LIST = koffi.struct({
  major: 'uint8_t',
  minor: 'uint8_t',
  functions: koffi.array('void *', FUNCTION_ORDER.length),
});

/** Bytes of CK_TOKEN_INFO, its versions and time included; the label is first, the flags stand at 96. */
const TOKEN_INFO_BYTES = 256;
const LABEL_BYTES = 32;
const FLAGS_AT = 96;
const ATTRIBUTE_ULONGS = 3;
/** A public exponent, a point or a modulus of 4096 bits fits. */
const ATTRIBUTE_BYTES_MAX = 1024;
const SIGNATURE_BYTES_MAX = 1024;
const SLOTS_MAX = 256;
const GCM_TAG_BYTES = 16;
/** Says of an attribute that there is none. */
const UNAVAILABLE = 0xffff_ffff_ffff_ffffn;

export class Cryptoki {
  readonly #functions: Functions;

  /** Loads and initialises a module. @throws Error when it is no PKCS #11 module, CryptokiFault */
  constructor(modulePath: string) {
    const library = koffi.load(modulePath);
    const getList = library.func('ulong C_GetFunctionList(_Out_ void **list)') as Native;
    const list: unknown[] = [null];
    check('C_GetFunctionList', getList(list));
    const { functions } = koffi.decode(list[0], FUNCTION_LIST) as { functions: unknown[] };
    const bound = Object.entries(PARAMETERS).map(([name, parameters]) => {
      const at = functions[FUNCTION_ORDER.indexOf(name as FunctionName)];
      return [name, koffi.decode(at, koffi.proto('ulong', parameters)) as Native];
    });
    this.#functions = Object.fromEntries(bound) as Functions;
    this.#call('C_Initialize', null);
  }

  /** The slots that hold a token. */
  slots(): readonly bigint[] {
    using memory = new NativeMemory();
    const found = memory.take(SLOTS_MAX * ULONG_BYTES);
    const count = memory.ulongs(SLOTS_MAX);
    this.#call('C_GetSlotList', 1, found.address, count.address);
    return handlesOf(found, count);
  }

  tokenInfo(slot: bigint): TokenInfo {
    using memory = new NativeMemory();
    const info = memory.take(TOKEN_INFO_BYTES);
    this.#call('C_GetTokenInfo', slot, info.address);
    return {
      label: info.bytes.toString('utf8', 0, LABEL_BYTES).trimEnd(),
      flags: Number(info.bytes.readBigUInt64LE(FLAGS_AT)),
    };
  }

  openSession(slot: bigint, terms: { readonly isWritable: boolean }): bigint {
    using memory = new NativeMemory();
    const session = memory.ulongs(0);
    const flags = CKF_SERIAL_SESSION | (terms.isWritable ? CKF_RW_SESSION : 0);
    this.#call('C_OpenSession', slot, flags, null, null, session.address);
    return readUlong(session.bytes);
  }

  login(session: bigint, pin: string): void {
    using memory = new NativeMemory();
    const { address, bytes } = memory.copy(Buffer.from(pin));
    this.#call('C_Login', session, NORMAL_LOGIN, address, bytes.length);
  }

  /** The objects that have all these attributes, so many at most. */
  find(session: bigint, attributes: readonly Attribute[], objectsMax: number): readonly bigint[] {
    using memory = new NativeMemory();
    const template = templateOf(memory, attributes);
    const found = memory.take(objectsMax * ULONG_BYTES);
    const count = memory.ulongs(0);
    this.#call('C_FindObjectsInit', session, template.address, attributes.length);
    try {
      this.#call('C_FindObjects', session, found.address, objectsMax, count.address);
    } finally {
      this.#call('C_FindObjectsFinal', session);
    }
    return handlesOf(found, count);
  }

  /** An attribute of an object. @throws CryptokiFault when it has none, or does not show it */
  attribute(session: bigint, object: bigint, type: number): Buffer {
    using memory = new NativeMemory();
    const value = memory.take(ATTRIBUTE_BYTES_MAX);
    const asked = memory.ulongs(type, value.address, ATTRIBUTE_BYTES_MAX);
    this.#call('C_GetAttributeValue', session, object, asked.address, 1);
    const length = readUlong(asked.bytes, 2);
    if (length === UNAVAILABLE || length > ATTRIBUTE_BYTES_MAX)
      throw new CryptokiFault('C_GetAttributeValue', 0);
    return Buffer.from(value.bytes.subarray(0, Number(length)));
  }

  generateKeyPair(
    session: bigint,
    mechanism: Mechanism,
    publicAttributes: readonly Attribute[],
    privateAttributes: readonly Attribute[],
  ): { readonly publicKey: bigint; readonly privateKey: bigint } {
    using memory = new NativeMemory();
    const publicTemplate = templateOf(memory, publicAttributes);
    const privateTemplate = templateOf(memory, privateAttributes);
    const [publicKey, privateKey] = [memory.ulongs(0), memory.ulongs(0)];
    this.#call(
      'C_GenerateKeyPair',
      session,
      mechanismOf(memory, mechanism).address,
      publicTemplate.address,
      publicAttributes.length,
      privateTemplate.address,
      privateAttributes.length,
      publicKey.address,
      privateKey.address,
    );
    return { publicKey: readUlong(publicKey.bytes), privateKey: readUlong(privateKey.bytes) };
  }

  sign(session: bigint, key: bigint, mechanism: Mechanism, input: Uint8Array): Buffer {
    using memory = new NativeMemory();
    const { address } = memory.copy(input);
    const signature = memory.take(SIGNATURE_BYTES_MAX);
    const length = memory.ulongs(SIGNATURE_BYTES_MAX);
    this.#call('C_SignInit', session, mechanismOf(memory, mechanism).address, key);
    this.#call('C_Sign', session, address, input.length, signature.address, length.address);
    return Buffer.from(signature.bytes.subarray(0, Number(readUlong(length.bytes))));
  }

  generateKey(session: bigint, mechanism: Mechanism, attributes: readonly Attribute[]): bigint {
    using memory = new NativeMemory();
    const template = templateOf(memory, attributes);
    const key = memory.ulongs(0);
    this.#call(
      'C_GenerateKey',
      session,
      mechanismOf(memory, mechanism).address,
      template.address,
      attributes.length,
      key.address,
    );
    return readUlong(key.bytes);
  }

  /** Seals or unseals a few bytes with AES-GCM. @throws CryptokiFault, also when they were altered */
  aesGCM(session: bigint, key: bigint, way: 'seal' | 'unseal', terms: GCMTerms): Buffer {
    using memory = new NativeMemory();
    const { nonce, label, bytes } = terms;
    const name = way === 'seal' ? 'C_Encrypt' : 'C_Decrypt';
    // CK_GCM_PARAMS: IV, its bytes, its bits; additional data, its bytes; bits of the tag.
    const parameter = memory.ulongs(
      ...[memory.copy(nonce).address, nonce.length, nonce.length * 8],
      ...[memory.copy(label).address, label.length, GCM_TAG_BYTES * 8],
    );
    const mechanism = memory.ulongs(CKM.CKM_AES_GCM, parameter.address, parameter.bytes.length);
    const input = memory.copy(bytes);
    const lengthMax = bytes.length + GCM_TAG_BYTES;
    const output = memory.take(lengthMax);
    const length = memory.ulongs(lengthMax);
    this.#call(`${name}Init`, session, mechanism.address, key);
    this.#call(name, session, input.address, bytes.length, output.address, length.address);
    return Buffer.from(output.bytes.subarray(0, Number(readUlong(length.bytes))));
  }

  destroy(session: bigint, object: bigint): void {
    this.#call('C_DestroyObject', session, object);
  }

  /** Ends all sessions and logs out. */
  finalise(): void {
    this.#call('C_Finalize', null);
  }

  #call(name: keyof typeof PARAMETERS, ...args: readonly unknown[]): void {
    check(name, this.#functions[name](...args));
  }
}

function check(name: string, returned: number | bigint): void {
  if (Number(returned) !== 0) throw new CryptokiFault(name, Number(returned));
}

function handlesOf(found: NativeBytes, count: NativeBytes): readonly bigint[] {
  const length = Number(readUlong(count.bytes));
  return Array.from({ length }, (_, index) => readUlong(found.bytes, index));
}

function mechanismOf(memory: NativeMemory, { type, parameter }: Mechanism): NativeBytes {
  if (parameter === undefined) return memory.ulongs(type, 0, 0);
  return memory.ulongs(type, memory.copy(parameter).address, parameter.length);
}

function templateOf(memory: NativeMemory, attributes: readonly Attribute[]): NativeBytes {
  const numbers = attributes.flatMap(([type, value]) => [
    type,
    memory.copy(value).address,
    value.length,
  ]);
  return numbers.length === 0
    ? memory.take(ATTRIBUTE_ULONGS * ULONG_BYTES)
    : memory.ulongs(...numbers);
}
