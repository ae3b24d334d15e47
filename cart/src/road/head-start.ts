/** Several ways to the same end, one after the other, each with a head start over the next; the first that arrives counts. */

/**
 * Starts the first way at once, and the next as soon as the one before it has failed or has had its head start.
 * @param drop takes what a way that came too late brought, so that nothing stays open
 * @throws AggregateError of the ways' failures in their order, and the signal's reason
 */
export async function firstToArrive<Arrived>(
  ways: readonly ((signal: AbortSignal) => Promise<Arrived>)[],
  headStartMs: number,
  signal: AbortSignal,
  drop: (late: Arrived) => void = () => undefined,
): Promise<Arrived> {
  signal.throwIfAborted();
  const over = new AbortController();
  const stop = AbortSignal.any([over.signal, signal]);
  let turn: Promise<unknown> = Promise.resolve();
  const attempts = ways.map((way) => {
    const attempt = turn.then(() => {
      stop.throwIfAborted();
      return way(stop);
    });
    const failed = new Promise<void>((resolve) => {
      attempt.catch(() => resolve());
    });
    turn = Promise.race([failed, turn.then(() => pause(headStartMs, stop))]);
    return attempt;
  });
  let first: Arrived | undefined;
  try {
    first = await Promise.any(attempts);
    return first;
  } catch (failures) {
    signal.throwIfAborted();
    throw failures;
  } finally {
    over.abort();
    for (const attempt of attempts) {
      attempt.then(
        (late) => (late === first ? undefined : drop(late)),
        () => undefined,
      );
    }
  }
}

/** Resolves after this time, or as soon as it is not waited for any more. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
