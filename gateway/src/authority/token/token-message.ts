/** What the gateway asks the process that holds a token's module, and what that answers. */
import type { SigningAlgorithm } from '@chaperone/protocol/x509/signer.ts';

/** The kinds of key that are made in a token. */
export type TokenKeyKind = 'p256' | 'rsa3072';

export interface TokenPlace {
  /** Path of the module, a shared library. */
  readonly module: string;
  readonly tokenLabel: string;
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
