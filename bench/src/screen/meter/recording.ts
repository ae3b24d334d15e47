/** What a viewer was sent, with the time at which each piece had come whole; its bytes lie in a file. */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';

export interface Piece {
  /** Of a rectangle; null: here an update ended. */
  readonly encoding: number | null;
  readonly area: Rectangle;
  /** Header and content in the file. */
  readonly from: number;
  readonly bytes: number;
  readonly atMs: number;
}

export interface Recording {
  readonly pieces: readonly Piece[];
  /** Bytes that had come in all, at moments in their order. */
  readonly arrivals: readonly { readonly atMs: number; readonly bytes: number }[];
}

/** Bytes that came from one moment up to another. */
export function bytesBetween({ arrivals }: Recording, fromMs: number, toMs: number): number {
  return bytesUntil(arrivals, toMs) - bytesUntil(arrivals, fromMs);
}

function bytesUntil(arrivals: Recording['arrivals'], atMs: number): number {
  return arrivals.findLast((each) => each.atMs <= atMs)?.bytes ?? 0;
}
