/**
 * Where the authority's root keys are: in files beside its certificates, or in a token (PKCS #11). Decision 0014.
 *
 * Each root has one file for its key: `<root>.key.pem` with the key itself, or `<root>.key.json`, which says under
 * which id the token has it.
 */
import type { SignatureProfile } from '@chaperone/protocol/x509/algorithm.ts';
import type { Signer } from '@chaperone/protocol/x509/signer.ts';
import type { KeyObject } from 'node:crypto';

/** A root's place: the authority's directory, and the root's name in it. */
export interface RootPlace {
  readonly directory: string;
  readonly name: string;
}

export interface RootKeys {
  /** Makes a root's key and its file. */
  make(place: RootPlace, profile: SignatureProfile): Promise<Signer>;
  /**
   * Opens a root's key.
   * @param publicKey of the root's certificate; whether the key belongs to it is for the caller to try
   * @throws AuthorityDamaged, AuthorityKeyExposed, AuthorityKeysElsewhere, and what opening a token throws
   */
  open(place: RootPlace, publicKey: KeyObject): Promise<Signer>;
  /** Tells whether there is a key, or at least the file that says where it is. */
  has(place: RootPlace): Promise<boolean>;
  /** Destroys a root's key and its file; the file goes last. */
  remove(place: RootPlace): Promise<void>;
  /** Takes back what was made, when the establishment did not come about. */
  discard(): Promise<void>;
  close(): Promise<void>;
}
