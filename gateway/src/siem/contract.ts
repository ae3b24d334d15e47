/**
 * Forwarding to a hospital's or a service centre's SIEM, as other zones see it: how far it is, and nothing to ask of it.
 *
 * It reads the ledger through that zone's own door and waits for nobody; nobody waits for it. Decision 0036.
 */

/** Why nothing is confirmed at the moment. */
export const SIEM_TROUBLES = [
  /** Nobody answers at that address, or the connection broke. */
  'collector-unreachable',
  /** It shows no certificate of the pinned authorities and this name, or takes not ours. */
  'collector-untrusted',
  /** It took what was sent and does not close the connection in order, as RFC 5425 §4.4 demands. */
  'collector-unconfirmed',
  /** The ledger could not be read. */
  'ledger-unreadable',
] as const;
export type SiemTrouble = (typeof SIEM_TROUBLES)[number];

export interface SiemStatus {
  /** Entries that the collector has confirmed, from the first on. */
  readonly confirmed: number;
  /** Entries that the ledger has. */
  readonly size: number;
  /** Null while everything goes through. */
  readonly trouble: SiemTrouble | null;
  /** Since when there is trouble, UTC; null while there is none. */
  readonly troubleSinceUtcMs: number | null;
  /** When the collector last confirmed; null when it never did since the start. */
  readonly confirmedUtcMs: number | null;
}

export interface Siem {
  status(): SiemStatus;
  /** Stops; what is not confirmed is sent after the next start. */
  close(): Promise<void>;
}
