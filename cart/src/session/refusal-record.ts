/**
 * Writes refusals into the journal without letting a flood of them fill the disk.
 *
 * The first of a kind is written at once; those that follow are counted and written together, once in a while and at
 * the end of the session. Kinds are few: operations have the cart API's names and codes are the cart's own.
 */
import { createHash } from 'node:crypto';
import type { SessionId } from '@chaperone/domain/id/id.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';

/** How long refusals of one kind are counted before their number is written. */
const COUNTED_FOR_MS = 10_000;
/** More kinds than the cart has operations times codes are a mistake in the program, not the peer's doing. */
const KINDS_MAX = 256;
/** Refused requests of one session that are written one by one. */
const REQUESTS_MAX = 64;

interface Kind {
  readonly fact: (count: number) => JournalFact;
  count: number;
  writtenMs: number;
}

export class RefusalRecord {
  readonly #write: (facts: readonly JournalFact[]) => void;
  readonly #monotonicMs: () => number;
  readonly #requests = new Set<string>();
  readonly #kinds = new Map<string, Kind>();

  constructor(write: (facts: readonly JournalFact[]) => void, monotonicMs: () => number) {
    this.#write = write;
    this.#monotonicMs = monotonicMs;
  }

  /** Notes that an operation was refused. @param operation a name of the cart or panel API, never a peer's text */
  operation(sessionId: SessionId | null, operation: string, code: string): void {
    this.#note(`${sessionId ?? ''} ${operation} ${code}`, (count) => ({
      kind: 'operation-refused',
      sessionId,
      operation,
      code,
      count,
    }));
  }

  /** Notes that an input message of the technician did not pass. */
  input(sessionId: SessionId): void {
    this.#note(`${sessionId} input`, (count) => ({ kind: 'input-refused', sessionId, count }));
  }

  /** Notes that an offered request was refused: once each, and beyond a number only counted. */
  request(sessionId: SessionId | null, jws: string, code: string): void {
    const digest = createHash('sha256').update(jws).digest('base64url');
    if (this.#requests.has(digest)) return;
    if (this.#requests.size >= REQUESTS_MAX) {
      this.operation(sessionId, 'PUT offer', code);
      return;
    }
    this.#requests.add(digest);
    this.#write([{ kind: 'request-refused', sessionId, code }]);
  }

  /** Begins anew with a session. */
  beginSession(): void {
    this.#requests.clear();
  }

  /** Tells whether something is being counted, so that {@link flush} has to be called again. */
  get isCounting(): boolean {
    return this.#kinds.size > 0;
  }

  /** Writes what has been counted long enough; everything when `all`. */
  flush(all: boolean): void {
    const nowMs = this.#monotonicMs();
    const facts: JournalFact[] = [];
    for (const [name, kind] of this.#kinds) {
      if (!all && nowMs - kind.writtenMs < COUNTED_FOR_MS) continue;
      if (kind.count > 0) facts.push(kind.fact(kind.count));
      // A kind that stayed quiet is forgotten: the next of it is a first one again.
      this.#kinds.delete(name);
      if (!all && kind.count > 0) this.#kinds.set(name, { ...kind, count: 0, writtenMs: nowMs });
    }
    if (facts.length > 0) this.#write(facts);
  }

  #note(name: string, fact: (count: number) => JournalFact): void {
    const known = this.#kinds.get(name);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    if (this.#kinds.size >= KINDS_MAX) this.flush(true);
    this.#kinds.set(name, { fact, count: 0, writtenMs: this.#monotonicMs() });
    this.#write([fact(1)]);
  }
}
