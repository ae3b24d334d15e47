/** What the gateway asks the process that holds a token's module, and what that answers. */
import type { SigningAlgorithm } from '@chaperone/protocol/x509/signer.ts';

/** The kinds of key that are made in a token. */
export type TokenKeyKind = 'p256' | 'rsa3072';

export interface TokenPlace {
  /** Path of the module, a shared library. */
  readonly module: string;
  readonly tokenLabel: string;
  /** Where the configuration names it, for messages: `authority.keys` or `vault.keyring`. */
  readonly section: string;
}

export interface SealRequest {
  readonly keyId: string;
  /** 12 bytes, never used twice with one key. */
  readonly nonce: Uint8Array;
  /** What is authenticated with it. */
  readonly label: string;
  /** Plain, or cipher text with its tag of 16 bytes behind it. */
  readonly bytes: Uint8Array;
}

export type TokenRequest =
  | ({ readonly kind: 'open'; readonly pin: string } & TokenPlace)
  /** Makes a key pair that stays in the token; the answer is its SubjectPublicKeyInfo. */
  | {
      readonly kind: 'make';
      /** CKA_ID, hexadecimal. */
      readonly keyId: string;
      readonly label: string;
      readonly keyKind: TokenKeyKind;
    }
  /** Finds a key and checks that it was made in the token and cannot leave it. */
  | { readonly kind: 'check'; readonly keyId: string }
  | {
      readonly kind: 'sign';
      readonly keyId: string;
      readonly algorithm: SigningAlgorithm;
      readonly digest: Uint8Array;
    }
  /** Makes an AES key that stays in the token, to seal other keys with; the answer is empty. */
  | { readonly kind: 'make-sealing-key'; readonly keyId: string; readonly label: string }
  /** Seals or unseals a few bytes under such a key (AES-GCM): the answer is cipher text and tag, or the plain bytes. */
  | ({ readonly kind: 'seal' | 'unseal' } & SealRequest)
  /** Names the sealing keys of a label: CKA_ID of each, one behind the other. */
  | { readonly kind: 'sealing-keys'; readonly label: string }
  /** Removes a sealing key for good, if it is there. */
  | { readonly kind: 'remove-sealing-key'; readonly keyId: string }
  /** Removes a pair again whose establishment did not come about. */
  | { readonly kind: 'remove'; readonly keyId: string };

/** Each answer repeats its question's number. */
export type TokenReply =
  | { readonly number: number; readonly value: Uint8Array }
  | {
      readonly number: number;
      /** `unusable`, `key-unfit`: asking again is of no use; `failed`: another session may do it. */
      readonly fault: 'unusable' | 'key-unfit' | 'failed';
      readonly reason: string;
    };

export interface NumberedRequest {
  readonly number: number;
  readonly request: TokenRequest;
}
