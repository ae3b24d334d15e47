/** Sends the digests of what is staged of a file, one after another as they are read back. */
import { constants } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import { BLOCK_BYTES, DIGEST_BYTES } from '@chaperone/domain/transfer/block.ts';
import { BLOCKS_HEADER } from '@chaperone/protocol/cart-api/version.ts';
import type { StagedBlocks } from '../files/files.ts';

/** Given to the HTTP/2 layer and not yet taken: the list of 2 GiB. Beyond, it waits for the peer. */
const IN_FLIGHT_BYTES_MAX = 64 * 1024;
/** A peer that takes nothing for this long is not reading. */
const STALL_MS = 60_000;

export async function sendBlocks(stream: ServerHttp2Stream, blocks: StagedBlocks): Promise<void> {
  // While the file was opened, whoever asked may have gone.
  if (stream.destroyed || stream.closed) return;
  const closed = new Promise<void>((resolve) => {
    stream.once('close', resolve);
  });
  stream.setTimeout(STALL_MS, () => stream.close(constants.NGHTTP2_CANCEL));
  stream.respond({
    ':status': 200,
    'content-type': 'application/octet-stream',
    'content-length': blocks.count * DIGEST_BYTES,
    'cache-control': 'no-store',
    [BLOCKS_HEADER]: BLOCK_BYTES,
    'upload-offset': blocks.bytes,
  });
  try {
    for await (const digest of blocks.digests) {
      if (stream.destroyed || stream.closed) break;
      stream.write(digest);
      if (stream.writableLength < IN_FLIGHT_BYTES_MAX) continue;
      await Promise.race([closed, new Promise((resolve) => stream.once('drain', resolve))]);
    }
  } catch {
    // The disk failed, or the file was taken away: what was sent is no list.
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    return;
  }
  stream.end();
  await closed;
}
