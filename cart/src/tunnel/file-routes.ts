/** The part of the cart API that moves files. Each request names its grant and is admitted, and admitted again. */
import { constants } from 'node:http2';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { parseId } from '@chaperone/domain/id/id.ts';
import type { GrantId, TransferId } from '@chaperone/domain/id/id.ts';
import type { ActivityAsk } from '@chaperone/domain/session/admit.ts';
import { inboxFile, queueStanding } from '@chaperone/protocol/cart-api/schema.ts';
import { BLOCKS_HEADER, TRANSFER_HEADER } from '@chaperone/protocol/cart-api/version.ts';
import { ContentPreparing } from '../deidentification/deidentification.ts';
import type { Fetch, FetchOrder, FileRight, Files } from '../files/files.ts';
import { RequestMalformed } from '../platform/problem.ts';
import type { Session } from '../session/session.ts';
import { sendContent } from './content-stream.ts';
import { RequestTooSlow } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { sendBlocks } from './blocks-stream.ts';
import type { Call, Route } from './route.ts';

/** A listing of five thousand long names takes some 8 MB while it is made; a person looks at one. */
const LISTINGS_MAX = 4;
/** Each holds about 1.3 MB; the desk fetches eight files at once. */
const CONTENTS_MAX = 16;
/** Each reads back what is staged. */
const BLOCKS_MAX = 4;
/** Seconds until it is worth asking again for what is being made; the question itself waits a moment, too. */
const ASK_AGAIN_AFTER_S = 1;
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
    operation: 'GET deidentification',
    method: 'GET',
    path: '/v1/deidentification/*',
    isCostly: false,
    take: takeReport,
  },
  {
    operation: 'DELETE deidentification',
    method: 'DELETE',
    path: '/v1/deidentification/*',
    isCostly: false,
    take: takeAbandonment,
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
    operation: 'GET blocks',
    method: 'GET',
    path: '/v1/blocks/*',
    isCostly: true,
    atOnceMax: BLOCKS_MAX,
    take: takeBlocks,
  },
  {
    operation: 'PATCH blocks',
    method: 'PATCH',
    path: '/v1/blocks/*',
    isCostly: false,
    take: takeBlock,
  },
  {
    operation: 'PUT queue',
    method: 'PUT',
    path: '/v1/queue',
    isCostly: false,
    take: takeQueue,
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
  await session.begin(eitherOf(exchange, session));
  exchange.answer(200, files.directories());
}

/** Either of the two activities is enough; the refusal that is told is the one of fetching. */
function eitherOf(exchange: Exchange, session: Session): ActivityAsk {
  const fetching = exchange.ask('fetch-files');
  const sending = exchange.ask('send-files');
  return !session.admits(fetching) && session.admits(sending) ? sending : fetching;
}

async function takeQueue({ exchange, options }: Call): Promise<void> {
  const { session, files } = options;
  const ask = eitherOf(exchange, session);
  session.admit(ask);
  const standing = await exchange.json(queueStanding);
  session.admit(ask);
  files.queue(standing);
  exchange.answer(204);
}

async function takeListing({ exchange, options, segment }: Call): Promise<void> {
  const { session, files } = options;
  const ask = exchange.ask('fetch-files');
  await session.begin(ask);
  const hidesNames = session.deidentifyFor() !== null;
  const listing = await files.list(segment, exchange.parameter('path'), hidesNames);
  session.admit(ask);
  // What the facility lets nobody fetch is not shown to them either: a name can say something, too.
  const entries = listing.entries.filter(
    ({ kind, name }) => kind === 'directory' || session.bound.mayListFile(name),
  );
  exchange.answer(200, { ...listing, entries });
}

async function takeContent({ exchange, line, connection, options, segment }: Call): Promise<void> {
  const { session, files } = options;
  const { stream } = exchange;
  const ask = exchange.ask('fetch-files');
  await session.begin(ask);
  const order: FetchOrder = {
    directory: segment,
    path: exchange.parameter('path'),
    transferId: transferOf(exchange.header(TRANSFER_HEADER)),
    range: exchange.header('range'),
    blocks: exchange.header(BLOCKS_HEADER),
    ifMatch: exchange.header('if-match'),
  };
  let fetch: Fetch;
  try {
    fetch = await files.fetch(order, rightOf(session, ask));
  } catch (fault) {
    if (!(fault instanceof ContentPreparing)) throw fault;
    // It took a moment. Nothing was refused and nothing has begun: the journal has nothing to tell.
    session.admit(ask);
    return exchange.askAgain(fault, ASK_AGAIN_AFTER_S, {
      preparation: { bytes: fault.bytes, bytesTotal: fault.bytesTotal },
    });
  }
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

async function takeReport({ exchange, options, segment }: Call): Promise<void> {
  const { session, files } = options;
  await session.begin(exchange.ask('fetch-files'));
  exchange.answer(200, files.report(transferOf(segment)));
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

async function takeBlocks({ exchange, line, options, segment }: Call): Promise<void> {
  const { session, files } = options;
  const ask = exchange.ask('send-files');
  await session.begin(ask);
  const blocks = await files.blocks(transferOf(segment));
  session.admit(ask);
  const { stream } = exchange;
  const cut = (): void => stream.close(constants.NGHTTP2_CANCEL);
  const release = line.guard.watch({ ask, livesThroughPause: false, cut });
  try {
    await sendBlocks(stream, blocks);
  } finally {
    release();
  }
}

async function takePiece(call: Call): Promise<void> {
  const { files } = call.options;
  await takeBody(call, async (...piece) => await files.write(...piece));
}

async function takeBlock(call: Call): Promise<void> {
  const { files } = call.options;
  await takeBody(call, async (...block) => await files.mend(...block));
}

/** Takes bytes for a place in a file, as long as they may come. */
async function takeBody(
  { exchange, line, options, segment }: Call,
  keep: (...piece: Parameters<Files['write']>) => ReturnType<Files['write']>,
): Promise<void> {
  const { session } = options;
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
    progress = await keep(transferId, Number(offset), stream, rightOf(session, ask));
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

async function takeAbandonment({ exchange, options, segment }: Call): Promise<void> {
  const { session, files } = options;
  session.admit(exchange.ask('fetch-files'));
  files.abandon(transferOf(segment));
  exchange.answer(204);
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
    deidentifyFor: session.deidentifyFor(),
    admitFile: (direction, name, head) => session.bound.admitFile(direction, name, head),
    recordFirst: (facts) => session.recordFirst(ask, facts),
    recordAfter: (facts) => session.recordAfter(facts),
    moved: (change) => session.moved(change),
    settled: (file) => session.fileSettled(file),
  };
}
