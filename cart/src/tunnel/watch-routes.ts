/** The part of the cart API by which a second technician comes to watch. What they see goes over `CONNECT screen`. Decision 0054. */
import { watchAsk, watchLeave } from '@chaperone/protocol/cart-api/watching.ts';
import type { WatchAnswer } from '@chaperone/protocol/cart-api/watching.ts';
import type { Call, Route } from './route.ts';

export const WATCH_ROUTES: readonly Route[] = [
  { operation: 'POST watch', method: 'POST', path: '/v1/watch', isCostly: true, take: takeAsk },
  {
    operation: 'POST watch/leave',
    method: 'POST',
    path: '/v1/watch/leave',
    isCostly: false,
    take: takeLeave,
  },
];

async function takeAsk({ exchange, line, options }: Call): Promise<void> {
  const { session, watching } = options;
  // Before anything of it is read.
  session.admit(exchange.ask('view'));
  const { request: jws } = await exchange.json(watchAsk);
  const { id, caseId, caseNumber } = watching.held();
  const request = await line.verifier.verify(jws, {
    ...{ caseId, caseNumber, resumes: null },
    watches: id,
  });
  const number = watching.ask(request);
  const { comparisonCode } = request;
  exchange.answer(200, { request: request.id, comparisonCode, number } satisfies WatchAnswer);
}

/** Takes back what was asked, or ends the watching: narrows, so that no grant is asked for it. */
async function takeLeave({ exchange, options }: Call): Promise<void> {
  await exchange.json(watchLeave);
  options.watching.stop('watcher');
  exchange.answer(204);
}
