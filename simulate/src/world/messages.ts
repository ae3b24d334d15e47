/** What passes between cart and desk, reduced to what the rules look at. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { Grant, OfferedCase } from '@chaperone/domain/consent/consent.ts';
import type { TechnicianId, TransferId } from '@chaperone/domain/id/id.ts';
import type { EndReason, SessionPhase } from '@chaperone/domain/session/state.ts';
import type { Statement } from '../people/statement.ts';

/** A piece of a file: which file, which version of it, which piece. */
export type Piece = string;

/** The digest of a whole, which here is the whole itself. */
export function digestOf(pieces: readonly Piece[]): string {
  return pieces.join(' ');
}

export interface FileAsk {
  readonly transfer: TransferId;
  readonly file: number;
  /** How much the asking side has already. */
  readonly from: number;
}

/** One step of a file on its way to the cart. */
export interface InboxPiece {
  readonly transfer: TransferId;
  readonly at: number;
  readonly piece: Piece;
  readonly total: number;
  readonly digest: string;
}

export interface Ask {
  /** Not trusted, only compared. */
  readonly grantId: string;
  readonly activity: Activity;
  /** Who really asks; the cart cannot see it. Null for a liar. */
  readonly by: TechnicianId | null;
  readonly fetch?: FileAsk;
  readonly inbox?: InboxPiece;
}

export type ToCart =
  | { readonly type: 'hello' }
  | {
      readonly type: 'offer';
      readonly offered: OfferedCase | null;
      readonly requests: readonly Statement[];
    }
  | { readonly type: 'resume'; readonly request: Statement }
  | { readonly type: 'ask'; readonly ask: Ask }
  | { readonly type: 'end'; readonly reason: EndReason };

export interface View {
  /** Grows with each view; an older one that comes late is not looked at. */
  readonly sequence: number;
  readonly phase: SessionPhase;
  readonly paused: boolean;
  /** As the cart signed it; whoever gets it can check that. */
  readonly grant: Grant | null;
  readonly ended: EndReason | null;
}

export type ToDesk =
  | { readonly type: 'hello'; readonly view: View }
  | { readonly type: 'view'; readonly view: View }
  | { readonly type: 'resumed' }
  | { readonly type: 'refused'; readonly code: string; readonly transfer: TransferId | null }
  | {
      readonly type: 'content';
      readonly transfer: TransferId;
      readonly at: number;
      readonly piece: Piece;
      /** Of the whole, after the last piece; null before. */
      readonly digest: string | null;
    }
  | {
      readonly type: 'inbox';
      readonly transfer: TransferId;
      readonly received: number;
      readonly isPlaced: boolean;
    };
