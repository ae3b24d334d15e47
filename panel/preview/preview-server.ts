/**
 * A stand-in for the cart agent that shows any PanelView, for looking at pages and for their test. Development only:
 * it decides nothing, records nothing and opens nothing. What the real agent demands of a request (credential, Host,
 * Origin) it demands, too, and the built panel is served under the same content security policy.
 */
import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import type { EngineerState } from '@chaperone/protocol/panel-api/engineer.ts';
import { DEMO_PHI_POLICY } from '@chaperone/domain/phi-policy/phi-policy.ts';
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';

export const CREDENTIAL = 'preview-credential-0123456789';

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};

/** How often the view is repeated, as the real agent does in a session. */
const REPEAT_MS = 1000;

export interface Act {
  readonly path: string;
  readonly body: unknown;
}

export interface PreviewServer {
  readonly origin: string;
  /** The address to open, with the credential. */
  readonly url: string;
  /** Every act so far, without presence. */
  readonly acts: readonly Act[];
  readonly presences: readonly unknown[];
  readonly show: (view: PanelView) => void;
  /** What an act changes; by default nothing. */
  readonly onAct: (react: (act: Act) => void) => void;
  /** Lets acts on this path fail with this code until `code` is null. */
  readonly refuse: (path: string, code: string | null) => void;
  /** Holds all answers back, as a hung agent would. */
  readonly hang: (hung: boolean) => void;
  /** What the engineer page shows; until this was called its PIN is refused. */
  readonly showEngineer: (state: EngineerState) => void;
  /** What an act of the engineer is answered with in place of 204. */
  readonly answer: (path: string, status: number, body: object) => void;
  readonly stop: () => Promise<void>;
}

export interface PreviewWishes {
  /** Default: a free one. */
  readonly port?: number;
  /** Another one plays an agent that was started anew. */
  readonly credential?: string;
}

/**
 * Starts the stand-in on loopback.
 *
 * @param dist folder of the built panel
 */
export async function startPreview(
  dist: string,
  view: PanelView,
  wishes: PreviewWishes = {},
): Promise<PreviewServer> {
  const { port = 0, credential = CREDENTIAL } = wishes;
  let current = view;
  let react: (act: Act) => void = () => undefined;
  let isHung = false;
  let engineer: EngineerState | null = null;
  const engineerStreams = new Set<ServerResponse>();
  const answers = new Map<string, { readonly status: number; readonly body: object }>();
  const acts: Act[] = [];
  const presences: unknown[] = [];
  const refusals = new Map<string, string>();
  const streams = new Set<ServerResponse>();
  const held: (() => void)[] = [];

  const send = (): void => {
    if (!isHung) for (const stream of streams) stream.write(`${JSON.stringify(current)}\n`);
  };

  const takeAct = async (
    request: IncomingMessage,
    response: ServerResponse,
    name: string,
  ): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (name === 'presence') presences.push(body);
    else acts.push({ path: name, body });
    if (isHung) await new Promise<void>((resolve) => held.push(resolve));
    if (name === 'presence') {
      response.writeHead(204).end();
      return;
    }
    const answer = answers.get(name);
    if (answer !== undefined) {
      const type = answer.status < 400 ? 'application/json' : 'application/problem+json';
      response.writeHead(answer.status, { 'content-type': type });
      response.end(JSON.stringify(answer.body));
      return;
    }
    const code = refusals.get(name);
    if (code !== undefined) {
      problem(response, 409, code);
      return;
    }
    response.writeHead(204).end();
    react({ path: name, body });
  };

  const server = createServer((request, response) => {
    const pathname = new URL(request.url ?? '/', 'http://panel').pathname;
    if (!pathname.startsWith('/api/')) {
      void serveFile(dist, pathname, response);
      return;
    }
    const isPost = request.method === 'POST';
    const { authorization, host, origin: from } = request.headers;
    const isTrusted = authorization === `Bearer ${credential}` && host === new URL(origin).host;
    if (!isTrusted || (isPost && from !== origin)) {
      problem(response, 403, 'PANEL_CREDENTIAL_REFUSED');
      return;
    }
    if (isPost) {
      void takeAct(request, response, pathname.slice('/api/'.length));
    } else if (pathname === '/api/views') {
      response.writeHead(200, {
        'content-type': 'application/x-ndjson',
        'cache-control': 'no-store',
      });
      streams.add(response);
      response.on('close', () => streams.delete(response));
      if (!isHung) response.write(`${JSON.stringify(current)}\n`);
    } else if (pathname === '/api/phi-policy') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ url: current.serviceCentre.phiPolicyUrl, policy: DEMO_PHI_POLICY }),
      );
    } else if (pathname === '/api/engineer/states' && engineer !== null) {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      engineerStreams.add(response);
      response.on('close', () => engineerStreams.delete(response));
      response.write(`${JSON.stringify(engineer)}\n`);
    } else {
      problem(response, 404, 'NOT_FOUND');
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port was given.');
  const origin = `http://127.0.0.1:${address.port}`;
  const timer = setInterval(send, REPEAT_MS);

  return {
    origin,
    url: `${origin}/#credential=${credential}`,
    acts,
    presences,
    show: (next) => {
      current = next;
      send();
    },
    onAct: (next) => {
      react = next;
    },
    refuse: (name, code) => {
      if (code === null) refusals.delete(name);
      else refusals.set(name, code);
    },
    hang: (hung) => {
      isHung = hung;
      if (hung) return;
      for (const release of held.splice(0)) release();
      send();
    },
    showEngineer: (state) => {
      engineer = state;
      answers.set('engineer/open', { status: 200, body: { credential: 'engineer' } });
      for (const stream of engineerStreams) stream.write(`${JSON.stringify(state)}\n`);
    },
    answer: (name, status, body) => answers.set(name, { status, body }),
    stop: async () => {
      clearInterval(timer);
      for (const release of held.splice(0)) release();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function problem(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ type: 'about:blank', status, title: code, code }));
}

async function serveFile(dist: string, pathname: string, response: ServerResponse): Promise<void> {
  const file = path.join(dist, pathname === '/' ? 'index.html' : path.normalize(pathname));
  try {
    const content = await readFile(file);
    response.writeHead(200, {
      'content-type': MEDIA_TYPES[path.extname(file)] ?? 'application/octet-stream',
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
}
