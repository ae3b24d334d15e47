/** Test support: what outlives a stop of the agent, in memory. */
import type { InterlockSource } from '@chaperone/domain/interlock/interlock.ts';
import type { SessionInterlockMark } from '../session-asks.ts';

export class TestInterlockMark implements SessionInterlockMark {
  source: InterlockSource | null = null;

  async read(): Promise<InterlockSource | null> {
    return this.source;
  }
  set(source: InterlockSource): void {
    this.source = source;
  }
  async settled(): Promise<void> {}
  async clear(): Promise<void> {
    this.source = null;
  }
}
