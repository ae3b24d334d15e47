/**
 * AES keys in a token under which other keys are sealed: made there, for sealing only, and gone when they are destroyed
 * there. @see OASIS PKCS #11 v2.40 (mechanisms) sections 2.13 and 2.12.7
 */
import { CKA, CKK_AES, CKO } from './cryptoki-constant.ts';
import type { Attribute } from './cryptoki.ts';
import { ulongBytes } from './native-memory.ts';
import { KEPT_DEMANDS } from './token-key.ts';
import type { Demand } from './token-key.ts';

const TRUE = Uint8Array.of(1);
const FALSE = Uint8Array.of(0);
const KEY_BYTES = 32;

export const SEALING_DEMANDS: readonly Demand[] = [
  ...KEPT_DEMANDS,
  [CKA.CKA_ENCRYPT, true, 'it may not seal (CKA_ENCRYPT)'],
  [CKA.CKA_DECRYPT, true, 'it may not unseal (CKA_DECRYPT)'],
];

const KIND: readonly Attribute[] = [
  [CKA.CKA_CLASS, ulongBytes(CKO.CKO_SECRET_KEY)],
  [CKA.CKA_KEY_TYPE, ulongBytes(CKK_AES)],
];

/** What finds one sealing key. */
export function sealingAttributes(keyId: string): readonly Attribute[] {
  return [...KIND, [CKA.CKA_ID, Buffer.from(keyId, 'hex')]];
}

/** What finds all of one label. */
export function sealingKeysOf(label: string): readonly Attribute[] {
  return [...KIND, [CKA.CKA_LABEL, Buffer.from(label)]];
}

export function sealingTemplate(keyId: string, label: string): readonly Attribute[] {
  return [
    ...KIND,
    [CKA.CKA_VALUE_LEN, ulongBytes(KEY_BYTES)],
    [CKA.CKA_TOKEN, TRUE],
    [CKA.CKA_PRIVATE, TRUE],
    [CKA.CKA_SENSITIVE, TRUE],
    [CKA.CKA_EXTRACTABLE, FALSE],
    [CKA.CKA_ENCRYPT, TRUE],
    [CKA.CKA_DECRYPT, TRUE],
    [CKA.CKA_WRAP, FALSE],
    [CKA.CKA_UNWRAP, FALSE],
    [CKA.CKA_ID, Buffer.from(keyId, 'hex')],
    [CKA.CKA_LABEL, Buffer.from(label)],
  ];
}
