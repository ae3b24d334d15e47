/** What can go wrong between the desk and a cart. The cart's own refusals keep the cart's code. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** The connection is not there, or went away under the request. The same may work when the cart is back. */
export class CartUnreachable extends DomainError {
  readonly code = 'CART_UNREACHABLE';
}

/** The peer broke the protocol. Its connection is ended; what it did goes to the ledger as a code. */
export class CartMisbehaved extends DomainError {
  readonly code = 'CART_MISBEHAVED';
  /** Which rule: stable, for the ledger. */
  readonly rule: string;

  constructor(rule: string, options?: { readonly cause?: unknown }) {
    super('The cart broke the protocol, so its connection was ended.', options);
    this.rule = rule;
  }
}

/** What a cart says of a file that it makes ready. */
export interface Preparation {
  readonly bytes: number;
  readonly bytesTotal: number;
  readonly askAgainMs: number;
}

/** The cart said no. `cartCode` is its problem's code, bounded in form but not trusted to be a known one. */
export class CartRefusal extends DomainError {
  readonly code = 'REFUSED_BY_CART';
  readonly status: number;
  readonly cartCode: string;
  /** How far what was asked for is, and how long to wait before it is asked for again, milliseconds. */
  readonly preparation: Preparation | null;

  constructor(status: number, cartCode: string, preparation: Preparation | null = null) {
    super('The cart refused this.');
    this.status = status;
    this.cartCode = cartCode;
    this.preparation = preparation;
  }
}
