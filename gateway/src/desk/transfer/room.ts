/**
 * Room for files: how much one case may hold together, and how much must stay free on the vault's disk.
 *
 * Each file that is on its way has a share. A file whose size is known is refused before its first byte is kept; one that
 * runs into the reserve while it arrives, because something else fills the disk, is stopped. It is no quota of a person,
 * and it guards no other disk.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { Vault } from '../../vault/contract.ts';

/** Bytes that arrive between two looks at the disk: small against any sensible reserve. */
const LOOK_EVERY_BYTES = 4 * 1024 * 1024;

/** All records of the case together would be larger than the configuration allows. */
export class CaseTooLarge extends DomainError {
  readonly code = 'CASE_TOO_LARGE';

  constructor(bytesMax: number) {
    super(`All files of one case together have at most ${bytesMax} bytes. Resolve the case first.`);
  }
}

/** Less would stay free on the vault's disk than the configuration keeps back. */
export class DiskReserveReached extends DomainError {
  readonly code = 'DISK_RESERVE_REACHED';

  constructor(reserveBytes: number) {
    super(
      `The disk of the vault keeps ${reserveBytes} bytes free. Make room on it, then try again.`,
    );
  }
}

export interface RoomLimits {
  readonly caseBytesMax: number;
  readonly diskReserveBytes: number;
}

/** What a file on its way may take. */
export interface Share {
  /** Counts what has arrived; a file without a known size grows. @throws CaseTooLarge, DiskReserveReached */
  arrived(bytes: number): Promise<void>;
  /** The file is a record, or is gone. */
  giveBack(): void;
}

interface Held {
  readonly caseId: CaseId;
  bytes: number;
  arrivedBytes: number;
}

export class Room {
  readonly #vault: Pick<Vault, 'bytesOf' | 'freeBytes'>;
  readonly #limits: RoomLimits;
  readonly #shares = new Set<Held>();

  constructor(vault: Pick<Vault, 'bytesOf' | 'freeBytes'>, limits: RoomLimits) {
    this.#vault = vault;
    this.#limits = limits;
  }

  /**
   * Refuses when not even a byte more is taken: before a file's size is asked for, or of one that grows.
   * @param arrivedBytes what of it is on the disk already
   * @throws CaseTooLarge, DiskReserveReached
   */
  async admit(caseId: CaseId, arrivedBytes = 0): Promise<void> {
    (await this.take(caseId, arrivedBytes + 1, arrivedBytes)).giveBack();
  }

  /**
   * Takes a share for a file of this size.
   * @param arrivedBytes what of it is on the disk already
   * @throws CaseTooLarge, DiskReserveReached
   */
  async take(caseId: CaseId, bytes: number, arrivedBytes = 0): Promise<Share> {
    const held: Held = { caseId, bytes, arrivedBytes };
    // Counted before anything is waited for, so that two that ask at once do not both fit.
    this.#shares.add(held);
    try {
      await this.#checkCase(caseId);
      await this.#checkDisk(this.#outstandingBytes());
    } catch (fault) {
      this.#shares.delete(held);
      throw fault;
    }
    let lookedAtBytes = arrivedBytes;
    return {
      arrived: async (now) => {
        held.arrivedBytes = now;
        if (now > held.bytes) {
          held.bytes = now;
          await this.#checkCase(caseId);
        }
        if (now - lookedAtBytes < LOOK_EVERY_BYTES) return;
        lookedAtBytes = now;
        await this.#checkDisk(0);
      },
      giveBack: () => void this.#shares.delete(held),
    };
  }

  async #checkCase(caseId: CaseId): Promise<void> {
    const stored = await this.#vault.bytesOf(caseId);
    let coming = 0;
    for (const share of this.#shares) if (share.caseId === caseId) coming += share.bytes;
    const { caseBytesMax } = this.#limits;
    if (stored + coming > caseBytesMax) throw new CaseTooLarge(caseBytesMax);
  }

  async #checkDisk(wantedBytes: number): Promise<void> {
    const { diskReserveBytes } = this.#limits;
    if ((await this.#vault.freeBytes()) - wantedBytes < diskReserveBytes)
      throw new DiskReserveReached(diskReserveBytes);
  }

  #outstandingBytes(): number {
    let bytes = 0;
    for (const share of this.#shares) bytes += Math.max(0, share.bytes - share.arrivedBytes);
    return bytes;
  }
}
