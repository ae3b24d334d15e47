/** What an archive says that is in it. All of it is the archive's own word: names are shown, never used as a place. */

/** Entries that are listed; what comes after is counted as far as it is known, not shown. */
export const ENTRIES_MAX = 50_000;
/** Bytes of an archive's own list that are read at most. */
export const DIRECTORY_BYTES_MAX = 32 * 1024 * 1024;
/** Bytes that a packed tar is unpacked to at most while it is gone through, and nowhere kept. */
export const UNPACKED_BYTES_MAX = 4 * 1024 * 1024 * 1024;
/** Bytes of an entry that are shown. */
export const ENTRY_BYTES_MAX = 256 * 1024;
/** Characters of a name that are shown. */
export const NAME_LENGTH_MAX = 1024;

export interface ArchiveEntry {
  readonly name: string;
  readonly bytes: number;
  /** Null where an archive packs all of its entries together. */
  readonly packedBytes: number | null;
  readonly isFolder: boolean;
  readonly isEncrypted: boolean;
  readonly modifiedUtcMs: number | null;
  /** Where its bytes begin, and how they are packed; null where they cannot be shown. */
  readonly place: EntryPlace | null;
}

export interface EntryPlace {
  /** Of a zip: its local header. Of a tar: its bytes. Of a packed tar: its bytes once unpacked. */
  readonly offset: number;
  readonly method: 'stored' | 'deflated' | 'unpacked';
}

export interface ArchiveListing {
  readonly entries: readonly ArchiveEntry[];
  /** How many the archive says it has; null where it does not say. */
  readonly total: number | null;
  /** Why the list ends before the archive does; null: it does not. */
  readonly cut: 'entries' | 'directory' | 'unpacked' | 'damaged' | null;
}
