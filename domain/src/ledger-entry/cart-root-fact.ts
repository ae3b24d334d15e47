/** What the ledger says of a change of the root of gateway and carts (decision 0017). */
export type CartRootFact =
  | {
      readonly kind: 'cart-root-announced' | 'cart-root-activated';
      /** SHA-256 of the new root, lower-case hexadecimal. */
      readonly fingerprint: string;
      readonly algorithm: string;
      /** The account of the gateway's machine from which it was done. */
      readonly by: string;
    }
  | {
      readonly kind: 'cart-root-retired';
      /** Of the old root. */
      readonly fingerprint: string;
      readonly algorithm: string;
      readonly by: string;
      /** Serial numbers of carts that had no certificate of the new root, and were left behind by name. */
      readonly left: readonly string[];
    };
