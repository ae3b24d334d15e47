/** Reads the body of a cart's request up to a limit. */
import type { IncomingMessage } from 'node:http';
import { CommissioningBodyTooLarge } from './commissioning-error.ts';

/** @throws CommissioningBodyTooLarge; nothing behind the limit is kept */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax)
    throw new CommissioningBodyTooLarge(bytesMax);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new CommissioningBodyTooLarge(bytesMax);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
