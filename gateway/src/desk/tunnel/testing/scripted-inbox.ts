/** Test support: the inbox of a scripted cart, which takes whatever comes. */
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { buffer as readBytes, text as readAll } from 'node:stream/consumers';
import { json, problem } from './answer.ts';

/** What arrives, by transfer. */
export type Inbox = Map<string, { name: string; bytes: number; data: Buffer; placed: boolean }>;

/** Answers a request below `/v1/inbox`, keeping what comes. */
export async function answerInbox(
  inbox: Inbox,
  stream: ServerHttp2Stream,
  method: string,
  transfer: string,
  headers: IncomingHttpHeaders,
): Promise<void> {
  if (method === 'POST') {
    const file = JSON.parse(await readAll(stream)) as {
      transfer: string;
      name: string;
      bytes: number;
    };
    const known = inbox.get(file.transfer);
    const empty = {
      name: file.name,
      bytes: file.bytes,
      data: Buffer.alloc(0),
      placed: file.bytes === 0,
    };
    inbox.set(file.transfer, known ?? empty);
    return progress(inbox, stream, file.transfer, known === undefined ? 201 : 200);
  }
  const held = inbox.get(transfer);
  if (held === undefined) return problem(stream, 404, 'TRANSFER_UNKNOWN');
  if (method === 'DELETE') {
    inbox.delete(transfer);
    return void stream.respond({ ':status': 204 }, { endStream: true });
  }
  if (method === 'PATCH') {
    const piece = await readBytes(stream);
    if (Number(headers['upload-offset']) !== held.data.length)
      return problem(stream, 409, 'OFFSET_MISMATCH');
    held.data = Buffer.concat([held.data, piece]);
    held.placed = held.data.length === held.bytes;
  }
  progress(inbox, stream, transfer, 200);
}

function progress(inbox: Inbox, stream: ServerHttp2Stream, transfer: string, status: number): void {
  const held = inbox.get(transfer);
  const state = held?.placed === true ? 'placed' : 'receiving';
  json(stream, status, { transfer, received: held?.data.length ?? 0, state });
}
