/** What has changed, as server-sent events: each console hears only of cases that its technician may know. */
import type { FastifyReply } from 'fastify';
import type { ConsoleEvent } from '@chaperone/protocol/console-api/schema.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { Caller } from '../sign-in/sign-in.ts';
import { TooManyListeners } from './console-error.ts';
import type { DeskFeatures } from './desk-features.ts';
import { mayKnow } from './guard.ts';

/**
 * A comment now and then tells both ends that the other is there, and whether the sign-in still holds: what is on the page of
 * somebody who was signed out by others, or whose workstation was retired, goes away within 5 s. Milliseconds.
 */
const HEARTBEAT_MS = 4_000;
/** Bytes that may wait for a console before it is let go; it asks for everything anew when it comes back. */
const BACKLOG_BYTES_MAX = 1024 * 1024;
/** How long an answer to "may they know this case?" is remembered, milliseconds. */
const KNOWLEDGE_MS = 5_000;

/** Streams events until the browser goes away or the sign-in ends. @throws TooManyListeners */
export async function streamEvents(
  features: Pick<DeskFeatures, 'cases' | 'context' | 'events' | 'signIn'>,
  listener: { readonly caller: Caller; readonly token: string | undefined },
  reply: Pick<FastifyReply, 'hijack' | 'raw'>,
  headers: Readonly<Record<string, string>>,
  heartbeatMs = HEARTBEAT_MS,
): Promise<void> {
  let { caller } = listener;
  const { raw } = reply;
  const knowledge = new Map<
    string,
    { readonly known: Promise<boolean>; readonly untilMs: number }
  >();
  const mayHear = async (event: ConsoleEvent): Promise<boolean> => {
    if (event.type === 'desk') return true;
    if (event.type === 'carts') return caller.roles.some((role) => role !== 'auditor');
    const nowMs = features.context.clock.monotonicMs();
    const remembered = knowledge.get(event.case);
    if (remembered !== undefined && remembered.untilMs > nowMs) return await remembered.known;
    const known = knows(features, caller, event.case);
    knowledge.set(event.case, { known, untilMs: nowMs + KNOWLEDGE_MS });
    return await known;
  };
  let queue = Promise.resolve();
  const stop = features.events.listen((event) => {
    // In turn, so that a later event never overtakes an earlier one.
    queue = queue
      .then(async () => {
        if (!(await mayHear(event)) || raw.destroyed) return;
        raw.write(`data: ${JSON.stringify(event)}\n\n`);
        if (raw.writableLength > BACKLOG_BYTES_MAX) raw.destroy();
      })
      // Who has missed an event asks for everything anew.
      .catch(() => void raw.destroy());
  }, caller.id);
  if (stop === null) throw new TooManyListeners();
  reply.hijack();
  raw.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    connection: 'keep-alive',
  });
  raw.write(': listening\n\n');
  const heartbeat = setInterval(() => {
    void features.signIn.holderOf(listener.token).then(
      (holder) => {
        if (holder === null) return raw.end();
        // Their roles may be others than when they began to listen.
        caller = holder;
        knowledge.clear();
        return raw.write(': here\n\n');
      },
      () => raw.destroy(),
    );
  }, heartbeatMs);
  const leave = (): void => {
    clearInterval(heartbeat);
    stop();
  };
  raw.once('close', leave);
  // It may have gone away while it was being let in.
  if (raw.destroyed) leave();
}

async function knows(
  features: Pick<DeskFeatures, 'cases'>,
  caller: Caller,
  caseId: string,
): Promise<boolean> {
  try {
    return mayKnow(caller, await features.cases.get(caseId));
  } catch (fault) {
    if (fault instanceof DomainError) return false;
    throw fault;
  }
}
