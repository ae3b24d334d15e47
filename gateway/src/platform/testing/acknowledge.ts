/** Test support: a line on standard output that the parent has before anything else happens here. */
import { writeSync } from 'node:fs';

/** Tells the parent process one thing. */
export function acknowledge(text: string | number): void {
  writeSync(1, `${text}\n`);
}
