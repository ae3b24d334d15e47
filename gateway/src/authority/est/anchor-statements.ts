/** The trust anchors, signed by each root that a cart may hold; a cart asks for the word of the newest that it has. */
import { makeAnchors } from '@chaperone/protocol/est/anchors.ts';
import type { AnchorsTerms } from '@chaperone/protocol/est/anchors.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CartRoots } from '../establishment/establishment.ts';

/** This cart has slept through a change of the root: nobody can sign for the root that it holds any more. */
export class CartRootRetired extends DomainError {
  readonly code = 'CART_ROOT_RETIRED';
  constructor() {
    super(
      'The service centre has changed its root while this cart was away. Enrol the cart again with a new licence.',
    );
  }
}

export interface AnchorStatements {
  /**
   * @param fingerprint of a root; without it the oldest root's word, which all carts believe that hold it
   * @returns undefined for what never was a root of this service centre
   * @throws CartRootRetired
   */
  by(fingerprint: string | null): string | undefined;
}

/** Signs the anchors with each root that counts. @throws what their signers throw */
export async function signAnchors(
  { accepted, issuing, past }: CartRoots,
  terms: Omit<AnchorsTerms, 'roots' | 'issuing'>,
): Promise<AnchorStatements> {
  const roots = accepted.map(({ certificatePEM }) => certificatePEM);
  const statements = new Map<string, string>();
  for (const root of accepted) {
    const named = { ...terms, roots, issuing: issuing.fingerprint };
    statements.set(root.fingerprint, await makeAnchors(root, named));
  }
  const gone = new Set(past.map(({ fingerprint }) => fingerprint));
  const [oldest] = statements.values();
  return {
    by: (fingerprint) => {
      if (fingerprint === null) return oldest;
      if (gone.has(fingerprint)) throw new CartRootRetired();
      return statements.get(fingerprint);
    },
  };
}
