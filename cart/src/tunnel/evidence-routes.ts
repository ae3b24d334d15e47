/** The part of the cart API that speaks of evidence; none of it needs a grant, and all of it outlives the session. */
import { countersignedReceipt, shownLedger } from '@chaperone/protocol/cart-api/evidence.ts';
import type { SessionId } from '@chaperone/domain/id/id.ts';
import { parseId } from '@chaperone/domain/id/id.ts';
import { RequestMalformed } from '../platform/problem.ts';
import { RateLimited } from './refused.ts';
import type { Call, Route } from './route.ts';

/** Each is read from the disk and held until the desk has taken it. */
const AT_ONCE_MAX = 2;
/** Checkpoints that one session may be shown: each may be a line of the journal. A desk needs two or three. */
const SHOWN_PER_SESSION_MAX = 32;
const FROM = /^\d{1,5}$/;

const shared = { isCostly: true, atOnceMax: AT_ONCE_MAX, outlivesSession: true } as const;

export const EVIDENCE_ROUTES: readonly Route[] = [
  { operation: 'GET ledger', method: 'GET', path: '/v1/ledger', ...shared, take: takeLedger },
  { operation: 'PUT ledger', method: 'PUT', path: '/v1/ledger', ...shared, take: takeShown },
  {
    operation: 'GET receipt-files',
    method: 'GET',
    path: '/v1/receipt-files/*',
    ...shared,
    take: takeFiles,
  },
  {
    operation: 'PUT receipts',
    method: 'PUT',
    path: '/v1/receipts/*',
    ...shared,
    take: takeCountersigned,
  },
];

async function takeLedger({ exchange, options }: Call): Promise<void> {
  exchange.answer(200, await options.evidence.remembered());
}

async function takeShown({ exchange, line, options }: Call): Promise<void> {
  const shown = await exchange.json(shownLedger);
  if (line.checkpointsShown >= SHOWN_PER_SESSION_MAX)
    throw new RateLimited('One session is shown no more checkpoints.');
  line.checkpointsShown += 1;
  await options.evidence.show(shown, line.sessionId);
  exchange.answer(204);
}

async function takeFiles({ exchange, options, segment }: Call): Promise<void> {
  const from = exchange.parameter('from') || '0';
  if (!FROM.test(from)) throw new RequestMalformed('"from" is the number of a file.');
  exchange.answer(200, await options.evidence.files(sessionOf(segment), Number(from)));
}

async function takeCountersigned({ exchange, options, segment }: Call): Promise<void> {
  const given = await exchange.json(countersignedReceipt);
  await options.evidence.countersigned(sessionOf(segment), given);
  exchange.answer(204);
}

/** @throws MalformedId */
function sessionOf(text: string): SessionId {
  return parseId('session', text);
}
