/**
 * Goes on by itself with destructions that were interrupted: by a full disk, or a database that was away.
 *
 * The pause doubles each time, because each round of a destruction that cannot be verified is written to the ledger. After a
 * restart the vault begins anew with `resumeDestructions`.
 */
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { DestructionOutcome } from '../contract.ts';

/** Milliseconds before the first attempt after an interruption, and the longest pause. */
const PAUSE_FIRST_MS = 2000;
const PAUSE_MAX_MS = 10 * 60_000;

interface Planned {
  readonly pauseMs: number;
  readonly timer: NodeJS.Timeout;
}

export class LaterDestructions {
  readonly #destroy: (caseId: CaseId) => Promise<DestructionOutcome>;
  readonly #planned = new Map<CaseId, Planned>();
  #closed = false;

  constructor(destroy: (caseId: CaseId) => Promise<DestructionOutcome>) {
    this.#destroy = destroy;
  }

  /** Destroys a case now; when that is interrupted, again later. @throws DestructionInterrupted */
  async run(caseId: CaseId): Promise<DestructionOutcome> {
    try {
      const outcome = await this.#destroy(caseId);
      clearTimeout(this.#planned.get(caseId)?.timer);
      this.#planned.delete(caseId);
      return outcome;
    } catch (fault) {
      this.#plan(caseId);
      throw fault;
    }
  }

  /** Plans nothing any more. */
  close(): void {
    this.#closed = true;
    for (const { timer } of this.#planned.values()) clearTimeout(timer);
    this.#planned.clear();
  }

  #plan(caseId: CaseId): void {
    if (this.#closed) return;
    const before = this.#planned.get(caseId);
    clearTimeout(before?.timer);
    const pauseMs = Math.min(PAUSE_MAX_MS, (before?.pauseMs ?? PAUSE_FIRST_MS / 2) * 2);
    // Whoever asked was told of the interruption; the next one plans again.
    const timer = setTimeout(() => void this.run(caseId).catch(() => undefined), pauseMs);
    timer.unref();
    this.#planned.set(caseId, { pauseMs, timer });
  }
}
