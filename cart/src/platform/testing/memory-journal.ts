/** Test support: a journal in memory whose disk can be full, or slow, at a chosen moment. */
import { createHash } from 'node:crypto';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import type { SessionJournal } from '../../session/session.ts';

class DiskFull extends DomainError {
  readonly code = 'JOURNAL_UNWRITABLE';
}

export class MemoryJournal implements SessionJournal {
  readonly facts: JournalFact[] = [];
  isFull = false;
  /** Holds back what is being appended until it settles. */
  gate: Promise<void> = Promise.resolve();

  async append(facts: readonly JournalFact[]): Promise<void> {
    await this.gate;
    if (this.isFull) throw new DiskFull('The journal cannot be written.');
    this.facts.push(...facts);
  }

  appendLater(facts: readonly JournalFact[]): void {
    if (!this.isFull) this.facts.push(...facts);
  }

  writable(): boolean {
    return !this.isFull;
  }

  get size(): number {
    return this.facts.length;
  }

  get root(): string {
    return createHash('sha256').update(JSON.stringify(this.facts)).digest('base64url');
  }

  async settled(): Promise<void> {}

  async lines(from: number): Promise<readonly string[]> {
    return this.facts
      .slice(from)
      .map((fact, n) => JSON.stringify({ index: from + n, utcMs: 0, fact }));
  }

  /** The kinds of all facts, in order. */
  kinds(): readonly string[] {
    return this.facts.map(({ kind }) => kind);
  }

  /** The facts of one kind. */
  of<K extends JournalFact['kind']>(kind: K): Extract<JournalFact, { kind: K }>[] {
    return this.facts.filter(
      (fact): fact is Extract<JournalFact, { kind: K }> => fact.kind === kind,
    );
  }
}
