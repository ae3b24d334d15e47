/** The part of the cart API that moves files. Each request names its grant and is admitted, and admitted again. */
import { constants } from 'node:http2';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { parseId } from '@chaperone/domain/id/id.ts';
import type { GrantId, TransferId } from '@chaperone/domain/id/id.ts';
import type { ActivityAsk } from '@chaperone/domain/session/admit.ts';
import { inboxFile } from '@chaperone/protocol/cart-api/schema.ts';
import { TRANSFER_HEADER } from '@chaperone/protocol/cart-api/version.ts';
import type { FileRight } from '../files/files.ts';
import { RequestMalformed } from '../platform/problem.ts';
import type { Session } from '../session/session.ts';
import { sendContent } from './content-stream.ts';
import { RequestTooSlow } from './exchange.ts';
import type { Call, Route } from './route.ts';

/** A listing of five thousand long names takes some 8 MB while it is made; a person looks at one. */
const LISTINGS_MAX = 4;
/** Each holds about 1.3 MB; the desk fetches eight files at once. */
const CONTENTS_MAX = 16;
const OFFSET = /^\d{1,15}$/;
/** A peer that sends nothing of a piece for this long is cut off; what has come is kept. */
const PIECE_STALL_MS = 30_000;

export const FILE_ROUTES: readonly Route[] = [
  {
    operation: 'GET directories',
    method: 'GET',
    path: '/v1/directories',
    isCostly: false,
    take: takeDirectories,
  },
  {
    operation: 'GET files',
    method: 'GET',
    path: '/v1/files/*',
    isCostly: false,
    atOnceMax: LISTINGS_MAX,
    take: takeListing,
  },
  {
    operation: 'GET content',
    method: 'GET',
    path: '/v1/content/*',
    isCostly: true,
    atOnceMax: CONTENTS_MAX,
    take: takeContent,
  },
  {
    operation: 'POST inbox',
    method: 'POST',
    path: '/v1/inbox',
    isCostly: true,
    take: takeAnnounce,
  },
  {
    operation: 'GET inbox',
    method: 'GET',
    path: '/v1/inbox/*',
    isCostly: false,
    take: takeProgress,
  },
  {
    operation: 'PATCH inbox',
    method: 'PATCH',
    path: '/v1/inbox/*',
    isCostly: false,
    take: takePiece,
  },
  {
    operation: 'DELETE inbox',
    method: 'DELETE',
    path: '/v1/inbox/*',
    isCostly: true,
    take: takeRemoval,
  },
];

async function takeDirectories({ exchange, options }: Call): Promise<void> {
  const { session, files } = options;
  const fetching = exchange.ask('fetch-files');
  const sending = exchange.ask('send-files');
  // Either of the two is enough; the refusal that is told is the one of fetching.
  if (!session.admits(fetching) && session.admits(sending)) await session.begin(sending);
  else await session.begin(fetching);
  exchange.answer(200, files.directories());
}

async function takeListing({ exchange, options, segment }: Call): Promise<void> {
  const { session, files } = options;
  const ask = exchange.ask('fetch-files');
  await session.begin(ask);
  const listing = await files.list(segment, exchange.parameter('path'));
  session.admit(ask);
  exchange.answer(200, listing);
}

async function takeContent({ exchange, line, connection, options, segment }: Call): Promise<void> {
  const { session, files } = options;
  const { stream } = exchange;
  const ask = exchange.ask('fetch-files');
  await session.begin(ask);
  const fetch = await files.fetch(
    {
      directory: segment,
      path: exchange.parameter('path'),
      transferId: transferOf(exchange.header(TRANSFER_HEADER)),
      range: exchange.header('range'),
      ifMatch: exchange.header('if-match'),
    },
    rightOf(session, ask),
  );
  let isCut = false;
  const release = line.guard.watch({
    ask,
    livesThroughPause: false,
    cut: () => {
      isCut = true;
      stream.close(constants.NGHTTP2_CANCEL);
      // At once, so that the receipt of a session that ends knows of it.
      void fetch.settle('broken');
    },
  });
  try {
    // Recording took a moment; nothing may have been withdrawn in it.
    session.admit(ask);
    await sendContent(stream, fetch, () => isCut || connection.isBroken);
  } catch (refusal) {
    await fetch.settle('broken');
    throw refusal;
  } finally {
    release();
  }
}

async function takeAnnounce({ exchange, options }: Call): Promise<void> {
  const { session, files } = options;
  const ask = exchange.ask('send-files');
  session.admit(ask);
  const file = await exchange.json(inboxFile);
  await session.begin(ask);
  const { isNew, progress } = await files.announce(file, rightOf(session, ask));
  exchange.answer(isNew ? 201 : 200, progress);
}

async function takeProgress({ exchange, options, segment }: Call): Promise<void> {
  const { session, files } = options;
  await session.begin(exchange.ask('send-files'));
  exchange.answer(200, files.progress(transferOf(segment)));
}

async function takePiece({ exchange, line, options, segment }: Call): Promise<void> {
  const { session, files } = options;
  const { stream } = exchange;
  const ask = exchange.ask('send-files');
  await session.begin(ask);
  const transferId = transferOf(segment);
  const offset = exchange.header('upload-offset') ?? '';
  if (!OFFSET.test(offset)) throw new RequestMalformed('"upload-offset" is a number of bytes.');
  let isCut = false;
  const cut = (): void => {
    isCut ||= !stream.destroyed;
    stream.close(constants.NGHTTP2_CANCEL);
  };
  const release = line.guard.watch({ ask, livesThroughPause: false, cut });
  stream.setTimeout(PIECE_STALL_MS, cut);
  let progress;
  try {
    progress = await files.write(transferId, Number(offset), stream, rightOf(session, ask));
    // HTTP/2 ends a stream that broke off as it ends a whole one; what it reset is told apart by this alone.
    if (stream.aborted && progress.state !== 'placed')
      throw new Error('The peer reset the stream.');
  } catch (cause) {
    if (cause instanceof DomainError || !(stream.destroyed || stream.closed)) throw cause;
    // Cut by the session, which says why; or else by the peer, or by its silence.
    if (isCut) session.admit(ask);
    throw new RequestTooSlow('The bytes broke off.', { cause });
  } finally {
    release();
    stream.setTimeout(0, cut);
  }
  exchange.answer(200, progress);
}

async function takeRemoval({ exchange, options, segment }: Call): Promise<void> {
  const { session, files } = options;
  await session.begin(exchange.ask('send-files'));
  await files.remove(transferOf(segment));
  exchange.answer(204);
}

/** @throws MalformedId */
function transferOf(text: string | undefined): TransferId {
  return parseId('transfer', text ?? '');
}

/** Binds the moving of a file to the grant that it was admitted under. */
function rightOf(session: Session, ask: ActivityAsk): FileRight {
  const { sessionId } = session.admit(ask);
  return {
    sessionId,
    // Admitted, so it is the id of the grant in force.
    grantId: ask.grantId as GrantId,
    recordFirst: (facts) => session.recordFirst(ask, facts),
    recordAfter: (facts) => session.recordAfter(facts),
    moved: (change) => session.moved(change),
  };
}
