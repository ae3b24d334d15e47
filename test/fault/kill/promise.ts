/** What the system promises through every kill, so that a broken round says which of it was broken. */

export const PROMISES = ['acknowledged', 'whole', 'destroyed', 'verified', 'alive'] as const;
export type SystemPromise = (typeof PROMISES)[number];

const WORDS: Readonly<Record<SystemPromise, string>> = {
  acknowledged: 'something that was acknowledged is lost',
  whole: 'a final name holds something that is not whole',
  destroyed: 'a destruction is incomplete',
  verified: 'the evidence does not verify',
  alive: 'something hung, failed or did not start',
};

export class PromiseBroken extends Error {
  override readonly name = 'PromiseBroken';
  readonly promise: SystemPromise;

  constructor(promise: SystemPromise, cause: unknown) {
    super(WORDS[promise], { cause });
    this.promise = promise;
  }
}

/** Does something that holds as long as the promise is kept. @throws PromiseBroken, of the innermost promise */
export async function keeping<T>(promise: SystemPromise, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (fault) {
    throw brokenBy(fault) ?? new PromiseBroken(promise, fault);
  }
}

/** Finds the broken promise behind a fault. */
export function brokenBy(fault: unknown): PromiseBroken | null {
  for (let each = fault; each instanceof Error; each = each.cause)
    if (each instanceof PromiseBroken) return each;
  return null;
}
