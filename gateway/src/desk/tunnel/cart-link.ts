/**
 * A connected cart, as the rest of the desk sees it: its service API (docs/protocol.md, section 5), checked for form.
 *
 * What a cart says is not believed here beyond its form. How it is reached is not part of this contract: today it is
 * reverse HTTP/2 over two connections that the cart dialled.
 */
import type { KeyObject } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { DeidentificationReport } from '@chaperone/domain/deidentification/report.ts';
import type { CartSerial, GrantId, SessionId, TransferId } from '@chaperone/domain/id/id.ts';
import type {
  Directories,
  Hello,
  InboxFile,
  InboxProgress,
  JournalPage,
  Listing,
  Offer,
  OfferAnswer,
  QueueStanding,
  SessionView,
} from '@chaperone/protocol/cart-api/schema.ts';
import type { MaskView, UnmaskAskBody } from '@chaperone/protocol/cart-api/masks.ts';
import type { WatchAnswer } from '@chaperone/protocol/cart-api/watching.ts';
import type {
  CountersignedReceipt,
  ReceiptFilesPage,
  RememberedLedger,
  ShownLedger,
} from '@chaperone/protocol/cart-api/evidence.ts';
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
  /** Whether the digests of the blocks before `from` are wanted; only of a link that `knowsBlocks`. */
  readonly withBlocks: boolean;
}

/** One part of a file, small enough to be held in memory. */
export interface PartAsk extends Omit<ContentAsk, 'from' | 'withBlocks'> {
  readonly offset: number;
  readonly length: number;
}

/** What a cart has staged of a file: how much, and SHA-256 of each block, one after another. */
export interface InboxBlocks {
  readonly bytes: number;
  readonly digests: Buffer;
}

export interface Content {
  /** Size of the whole file, also when only its end was asked for. */
  readonly bytesTotal: number;
  readonly etag: string;
  /** Whether the cart says that this is the de-identified result of a file. */
  readonly isDeidentified: boolean;
  /** Digests of blocks with which the body begins. */
  readonly blockCount: number;
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
  /** Bytes that its connections have carried so far, both ways. */
  readonly bytes: number;
  readonly identity: CartIdentity;
  readonly hello: Hello;
  /** Whether the cart speaks of blocks, folders and what waits (version 2 of the protocol). */
  readonly knowsBlocks: boolean;
  /** Whether the cart shows its operator that the screen is recorded (version 4 of the protocol). */
  readonly showsRecording: boolean;
  /** Aborted when the link has ended; the reason is a stable code. */
  readonly ended: AbortSignal;
  /** While a grant is in force a silent peer is noticed within 3 s, otherwise within 15 s. */
  setInSession(inSession: boolean): void;
  offer(offer: Offer): Promise<OfferAnswer>;
  /** What a cart changed in a file that it gave de-identified. @throws CartUnreachable, CartRefusal, CartMisbehaved */
  report(grant: GrantId, transfer: TransferId): Promise<DeidentificationReport>;
  /** The session's view at each change, until the link ends. */
  events(): AsyncIterable<SessionView>;
  resume(request: string): Promise<void>;
  end(reason: 'technician-left' | 'case-resolved' | 'gateway-ended'): Promise<void>;
  openScreen(grant: GrantId): Promise<Duplex>;
  /** What is covered on the cart's screen; null: the cart's version does not tell. @param grant null: without one, whether anything is */
  masks(grant: GrantId | null): Promise<MaskView | null>;
  /** Has the operator asked to let a covered part be seen. */
  askUnmask(grant: GrantId, ask: UnmaskAskBody): Promise<void>;
  /** Whether the cart lets a second technician watch (version 4 of the protocol). */
  readonly knowsWatching: boolean;
  /** Has the operator asked whether a second technician may watch. @param request signed by their workstation */
  askWatch(grant: GrantId, request: string): Promise<WatchAnswer>;
  /** Takes that back, or ends the watching. */
  leaveWatch(): Promise<void>;
  directories(grant: GrantId): Promise<Directories>;
  list(grant: GrantId, directory: string, path: string): Promise<Listing>;
  content(ask: ContentAsk, signal: AbortSignal): Promise<Content>;
  /** Gives one part, compared with the digest that the cart names for it. @throws also CartUnreachable when it differs */
  part(ask: PartAsk, signal: AbortSignal): Promise<Buffer>;
  createInbox(grant: GrantId, file: InboxFile): Promise<InboxProgress>;
  inbox(grant: GrantId, transfer: TransferId): Promise<InboxProgress>;
  /** Sends what the cart does not hold yet; the answer says how much it holds now. @throws also what the bytes throw */
  appendInbox(
    grant: GrantId,
    transfer: TransferId,
    offset: number,
    rest: InboxRest,
  ): Promise<InboxProgress>;
  inboxBlocks(grant: GrantId, transfer: TransferId, signal: AbortSignal): Promise<InboxBlocks>;
  /** Replaces a block of what is staged. */
  mendInbox(
    grant: GrantId,
    transfer: TransferId,
    offset: number,
    block: InboxRest,
  ): Promise<InboxProgress>;
  /** Tells what waits and is held, for the operator. */
  queue(grant: GrantId, standing: QueueStanding): Promise<void>;
  cancelInbox(grant: GrantId, transfer: TransferId): Promise<void>;
  /** Ends the work on a file that is being made ready and that nobody wants any more. */
  cancelPreparation(grant: GrantId, transfer: TransferId): Promise<void>;
  journal(from: number): Promise<JournalPage>;
  /** What the cart remembers of the ledger. */
  rememberedLedger(): Promise<RememberedLedger>;
  showLedger(shown: ShownLedger): Promise<void>;
  receiptFiles(session: SessionId, from: number): Promise<ReceiptFilesPage>;
  giveCountersignature(session: SessionId, given: CountersignedReceipt): Promise<void>;
  /** Ends the link now. @param why a stable code */
  close(why: string): void;
}
