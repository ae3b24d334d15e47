/** The inside of an end: answers what it is asked until its parent ends it. */
import type { Question, Reply } from './end.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- each act reads its own input
export type Acts = Readonly<Record<string, (input: any) => unknown>>;

/** Answers acts by their names. */
export function serve(acts: Acts): void {
  process.on('message', (question: Question) => void answer(acts, question));
  process.once('disconnect', () => process.exit());
  process.send?.('ready');
}

async function answer(acts: Acts, { id, act, input }: Question): Promise<void> {
  const reply = (rest: Omit<Reply, 'id'>): void => void process.send?.({ id, ...rest });
  try {
    const done = acts[act];
    if (done === undefined) throw new Error(`there is no act "${act}"`);
    reply({ answer: (await done(input)) ?? null });
  } catch (fault) {
    reply({ fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) });
  }
}
