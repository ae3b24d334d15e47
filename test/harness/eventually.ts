/** Waiting for something that another program brings about: asks again until it is so, and says what was missing. */
import { setTimeout as delay } from 'node:timers/promises';

const ASK_EVERY_MS = 25;
const GIVE_UP_MS = 30_000;

/** Resolves with the first answer that is neither null nor false. @throws when none comes in 30 s */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | null | false> | T | null | false,
  giveUpMs = GIVE_UP_MS,
): Promise<T> {
  const until = performance.now() + giveUpMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== false) return answer;
    if (performance.now() > until) throw new Error(`gave up waiting for ${what}`);
    await delay(ASK_EVERY_MS);
  }
}
