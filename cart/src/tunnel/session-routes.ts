/** The part of the cart API that speaks of the session itself; none of it needs a grant. */
import type { OfferedCase, SessionRequest } from '@chaperone/domain/consent/consent.ts';
import { ResumeRefused } from '@chaperone/domain/session/session.ts';
import { isInSession } from '@chaperone/domain/session/state.ts';
import { endByGateway, offer, resume } from '@chaperone/protocol/cart-api/schema.ts';
import type { Hello, Offer, OfferAnswer } from '@chaperone/protocol/cart-api/schema.ts';
import {
  PROTOCOL_HEADER,
  PROTOCOL_VERSIONS,
  UNSAID_VERSION,
} from '@chaperone/protocol/cart-api/version.ts';
import {
  hasHiddenCharacters,
  markHiddenCharacters,
  RequestInvalid,
  signedPart,
} from '../consent/consent.ts';
import type { ProblemCode } from '../platform/problem-table.ts';
import { problemOf, RequestMalformed } from '../platform/problem.ts';
import { EventStream } from './event-stream.ts';
import { RateLimited, SessionNotCurrent } from './refused.ts';
import type { Call, Route } from './route.ts';

/** The desk needs one; a second covers a reconnect of its own. */
const EVENT_STREAMS_MAX = 4;
/** What an offer is answered with once the operator has chosen. */
const LATE = 'OUT_OF_TURN' satisfies ProblemCode;
/** A page has up to 2 MB; the desk reads one after another. */
const JOURNAL_PAGES_MAX = 2;
const JOURNAL_INDEX = /^\d{1,15}$/;
const VERSION = /^[1-9]\d{0,3}$/;

export const SESSION_ROUTES: readonly Route[] = [
  { operation: 'GET hello', method: 'GET', path: '/v1/hello', isCostly: false, take: takeHello },
  { operation: 'PUT offer', method: 'PUT', path: '/v1/offer', isCostly: true, take: takeOffer },
  { operation: 'GET events', method: 'GET', path: '/v1/events', isCostly: false, take: takeEvents },
  {
    operation: 'POST session/resume',
    method: 'POST',
    path: '/v1/session/resume',
    isCostly: true,
    take: takeResume,
  },
  {
    operation: 'POST session/end',
    method: 'POST',
    path: '/v1/session/end',
    isCostly: false,
    take: takeEnd,
  },
  {
    operation: 'GET journal',
    method: 'GET',
    path: '/v1/journal',
    isCostly: true,
    atOnceMax: JOURNAL_PAGES_MAX,
    outlivesSession: true,
    take: takeJournal,
  },
];

async function takeHello({ exchange, line, connection, options }: Call): Promise<void> {
  const { session, identity } = options;
  const version = versionIn(exchange.header(PROTOCOL_HEADER));
  if (!connection.isGreeted) {
    if (connection.kind === 'interactive') line.speaks(version);
    if (connection.kind === 'interactive') session.linkUp();
    connection.hello();
  }
  const { phase } = session.state;
  if (phase !== 'waiting' && phase !== 'granted' && phase !== 'open') {
    throw new SessionNotCurrent('The session is over.');
  }
  exchange.answer(200, {
    protocol: PROTOCOL_VERSIONS,
    connection: connection.kind,
    serial: identity.serial,
    model: identity.model,
    software: identity.software,
    session: line.sessionId,
    challenge: line.challenge,
    keyThumbprint: identity.keyThumbprint,
    phase,
    grant: session.grantJWS,
  } satisfies Hello);
}

/** Reads which version a desk speaks. @throws RequestMalformed */
function versionIn(said: string | undefined): number {
  if (said === undefined) return UNSAID_VERSION;
  if (!VERSION.test(said)) throw new RequestMalformed(`Wrong: ${PROTOCOL_HEADER}.`);
  return Math.min(PROTOCOL_VERSIONS.max, Number(said));
}

async function takeOffer({ exchange, line, options }: Call): Promise<void> {
  const { session } = options;
  const offered = await exchange.json(offer);
  const answer: OfferAnswer = { shown: [], refused: [] };
  if (session.state.phase !== 'waiting') {
    // There is nothing to choose any more. Also an honest desk may be late by a moment, so it is an answer.
    session.refused('PUT offer', LATE);
    answer.refused.push(...offered.requests.map((_, index) => ({ index, code: LATE })));
    return exchange.answer(200, answer);
  }
  const shown = offered.case && shownCase(offered.case);
  const signed = new Set<string>();
  const requests: SessionRequest[] = [];
  for (const [index, jws] of offered.requests.entries()) {
    try {
      const request = await verifyOffered(line, offered, jws);
      session.requireLicensed(request.activities);
      const admitted = session.bound.admitRequest(request);
      if (signed.has(signedPart(jws))) throw new RequestInvalid('One request was offered twice.');
      signed.add(signedPart(jws));
      requests.push(admitted);
      answer.shown.push({ request: request.id, comparisonCode: request.comparisonCode });
    } catch (fault) {
      const { code } = problemOf(fault);
      answer.refused.push({ index, code });
      session.requestRefused(jws, code);
    }
  }
  session.offer(shown, requests);
  exchange.answer(200, answer);
}

/** Nobody signs the facility's name; what would turn the text around it on the panel is shown as a mark. */
function shownCase(offered: NonNullable<Offer['case']>): OfferedCase {
  const { id, number, facility, deidentification = 'not-required', recordsScreen } = offered;
  if (hasHiddenCharacters(number)) throw new RequestMalformed('Wrong: case.number.');
  return {
    ...{ id, number, deidentification, facility: markHiddenCharacters(facility) },
    ...(recordsScreen === true ? { recordsScreen } : {}),
  };
}

async function verifyOffered(
  line: Call['line'],
  offered: Offer,
  jws: string,
): Promise<SessionRequest> {
  if (offered.case === null) throw new RequestMalformed('A request belongs to a case.');
  const { id, number } = offered.case;
  return line.verifier.verify(jws, { caseId: id, caseNumber: number, resumes: null });
}

async function takeEvents({ exchange, line }: Call): Promise<void> {
  if (line.events.size >= EVENT_STREAMS_MAX)
    throw new RateLimited('One stream of events is enough.');
  const { stream } = exchange;
  const events = new EventStream(stream, () => line.views.current());
  line.events.add(events);
  stream.once('close', () => line.events.delete(events));
}

async function takeResume({ exchange, line, connection, options }: Call): Promise<void> {
  const { session } = options;
  const { request: jws } = await exchange.json(resume);
  const { state } = session;
  if (!isInSession(state) || state.link.is !== 'returned' || connection.kind !== 'interactive') {
    throw new ResumeRefused('There is no interrupted session to resume.');
  }
  const { grant } = state;
  const request = await line.verifier.verify(jws, {
    caseId: grant.caseId,
    caseNumber: grant.caseNumber,
    resumes: grant.id,
  });
  await session.resume(request);
  exchange.answer(204);
}

async function takeEnd({ exchange, options }: Call): Promise<void> {
  const { reason } = await exchange.json(endByGateway);
  exchange.answer(204);
  options.session.end(reason);
}

async function takeJournal({ exchange, options }: Call): Promise<void> {
  const from = exchange.parameter('from') || '0';
  if (!JOURNAL_INDEX.test(from)) throw new RequestMalformed('"from" is the index of an entry.');
  exchange.answer(200, await options.journalPage(Number(from)));
}
