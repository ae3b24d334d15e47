/**
 * A connected cart, as the rest of the desk sees it: its service API (docs/protocol.md, section 5), checked for form.
 *
 * What a cart says is not believed here beyond its form. How it is reached is not part of this contract: today it is
 * reverse HTTP/2 over two connections that the cart dialled.
 */
import type { KeyObject } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { CartSerial, GrantId, TransferId } from '@chaperone/domain/id/id.ts';
import type {
  Directories,
  Hello,
  InboxFile,
  InboxProgress,
  JournalPage,
  Listing,
  Offer,
  OfferAnswer,
  SessionView,
} from '@chaperone/protocol/cart-api/schema.ts';
import type { StatementAlgorithm } from '@chaperone/protocol/signed/statement.ts';

/** Who proved itself in the TLS handshake. */
export interface CartIdentity {
  readonly serial: CartSerial;
  /** The certificate's serial number, lower-case hexadecimal. */
  readonly certificateSerial: string;
  readonly key: KeyObject;
  readonly keyThumbprint: string;
  readonly algorithm: StatementAlgorithm;
}

export interface ContentAsk {
  readonly grant: GrantId;
  readonly transfer: TransferId;
  readonly directory: string;
  readonly path: string;
  /** First byte wanted. */
  readonly from: number;
  /** What an earlier answer said, so that a changed file is not continued. */
  readonly etag: string | null;
}

export interface Content {
  /** Size of the whole file, also when only its end was asked for. */
  readonly bytesTotal: number;
  readonly etag: string;
  /** Destroyed when no more of it is wanted. */
  readonly body: AsyncIterable<Buffer> & { destroy(): void };
  /**
   * SHA-256 of the whole file as the cart computed it, base64, once the body has ended.
   * @throws CartMisbehaved when there is none
   */
  readonly digest: () => string;
}

/** The bytes of a file from an offset to its end. */
export interface InboxRest {
  readonly length: number;
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  /** Told of bytes that are on their way. */
  readonly onTaken: (bytes: number) => void;
}

/** Every method throws CartUnreachable when the link is gone, CartRefusal when the cart says no, CartMisbehaved. */
export interface CartLink {
  readonly identity: CartIdentity;
  readonly hello: Hello;
  /** Aborted when the link has ended; the reason is a stable code. */
  readonly ended: AbortSignal;
  /** While a grant is in force a silent peer is noticed within 3 s, otherwise within 15 s. */
  setInSession(inSession: boolean): void;
  offer(offer: Offer): Promise<OfferAnswer>;
  /** The session's view at each change, until the link ends. */
  events(): AsyncIterable<SessionView>;
  resume(request: string): Promise<void>;
  end(reason: 'technician-left' | 'case-resolved' | 'gateway-ended'): Promise<void>;
  openScreen(grant: GrantId): Promise<Duplex>;
  directories(grant: GrantId): Promise<Directories>;
  list(grant: GrantId, directory: string, path: string): Promise<Listing>;
  content(ask: ContentAsk, signal: AbortSignal): Promise<Content>;
  createInbox(grant: GrantId, file: InboxFile): Promise<InboxProgress>;
  inbox(grant: GrantId, transfer: TransferId): Promise<InboxProgress>;
  /** Sends what the cart does not hold yet; the answer says how much it holds now. @throws also what the bytes throw */
  appendInbox(
    grant: GrantId,
    transfer: TransferId,
    offset: number,
    rest: InboxRest,
  ): Promise<InboxProgress>;
  cancelInbox(grant: GrantId, transfer: TransferId): Promise<void>;
  journal(from: number): Promise<JournalPage>;
  /** Ends the link now. @param why a stable code */
  close(why: string): void;
}
