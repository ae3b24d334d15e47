/** Lines of a ledger or journal, read as far as a verifier needs: nothing in them is trusted. */
import { LINE_BYTES_MAX } from '@chaperone/protocol/evidence/schema.ts';
import { z } from 'zod';

const entry = z.object({
  index: z.number().int().min(0),
  utcMs: z.number().int(),
  fact: z.looseObject({ kind: z.string() }),
});

/** The fields of facts that rules look at. All may be missing or wrong. */
export interface Fact {
  readonly kind: string;
  readonly [field: string]: unknown;
}

export interface ReadLine {
  readonly index: number;
  readonly utcMs: number;
  readonly fact: Fact;
}

/** Reads a line; undefined when it is no entry. */
export function readLine(line: string): ReadLine | undefined {
  if (line.length > LINE_BYTES_MAX || /[\n\r\0]/.test(line)) return undefined;
  try {
    const parsed = entry.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a list of texts out of a fact. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** Says a field of a fact, whatever it is: an object may bring a `toString` of its own that is no function. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
}

/** Reads a number out of a fact; what is none is none. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}
