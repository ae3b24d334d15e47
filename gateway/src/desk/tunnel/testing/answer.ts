/** Test support: answers as a cart gives them. */
import type { ServerHttp2Stream } from 'node:http2';

export function json(stream: ServerHttp2Stream, status: number, body: object): void {
  stream.respond({ ':status': status, 'content-type': 'application/json' });
  stream.end(JSON.stringify(body));
}

export function problem(stream: ServerHttp2Stream, status: number, code: string): void {
  stream.respond({ ':status': status, 'content-type': 'application/problem+json' });
  stream.end(JSON.stringify({ type: 'about:blank', status, title: 'No', code }));
}
