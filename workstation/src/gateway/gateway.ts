/**
 * One question to the gateway over HTTPS, with limits on time and size; its refusals come as errors.
 *
 * Only the given root is believed; the machine's own roots have no say.
 */
import { once } from 'node:events';
import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { z } from 'zod';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { parseGatewayAddress } from './address.ts';
import {
  GatewayAnswerRefused,
  GatewayNotVerified,
  GatewayOfAnotherRoot,
  GatewayUnreachable,
} from './gateway-error.ts';
import { readProblem } from './problem.ts';
import { shownChain } from './shown-chain.ts';

export interface Question {
  /** `https://host:port`. */
  readonly gateway: string;
  /** PEM of the only root that is believed. */
  readonly browserRoot: string;
  /** What this workstation shows of itself, PEM. */
  readonly shown?: { readonly key: string; readonly certificate: string };
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  readonly signal: AbortSignal;
}

/** A certificate chain with everything around it has some KiB. */
export const ANSWER_BYTES_MAX = 64 * 1024;
/** A hotel's network is slow, not minutes slow; the gateway's own work takes milliseconds. */
const EXCHANGE_TIMEOUT_MS = 30_000;
/** Node's codes for a chain that does not lead to the given root. */
const OF_ANOTHER_ROOT =
  /^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_SIGNATURE|CERT_UNTRUSTED|INVALID_)/;
const NOT_IN_TIME = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/**
 * Asks, and gives the answer as the schema reads it.
 * @throws GatewayUnreachable, GatewayOfAnotherRoot, GatewayNotVerified, GatewayAnswerRefused, the gateway's refusals
 *   (`problem.ts`), and the signal's reason
 */
export async function ask<Schema extends z.ZodType>(
  question: Question,
  schema: Schema,
): Promise<z.output<Schema>> {
  const limit = AbortSignal.any([question.signal, AbortSignal.timeout(EXCHANGE_TIMEOUT_MS)]);
  let text: string;
  try {
    text = await exchange(question, limit);
  } catch (cause) {
    question.signal.throwIfAborted();
    throw cause instanceof DomainError ? cause : await faultOf(cause, question);
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new GatewayAnswerRefused('it is not in the form that was agreed', { cause });
  }
}

async function exchange(question: Question, signal: AbortSignal): Promise<string> {
  const { host, port, origin } = parseGatewayAddress(question.gateway);
  const { shown, browserRoot, method, path } = question;
  const body = question.body === undefined ? undefined : JSON.stringify(question.body);
  const request = httpsRequest({
    host,
    port,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    path,
    method,
    headers: {
      Accept: 'application/json',
      Origin: origin,
      ...(body === undefined
        ? {}
        : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
    },
    // An agent of its own: no connection and no TLS session outlives the question.
    agent: new Agent({ ALPNProtocols: ['http/1.1'], maxCachedSessions: 0 }),
    minVersion: 'TLSv1.3',
    ca: browserRoot,
    ...(shown === undefined ? {} : { key: shown.key, cert: shown.certificate }),
    signal,
  });
  // After an abort the request emits an error that nobody waits for any more.
  request.on('error', () => undefined);
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const text = await readText(response);
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return text;
  throw readProblem(status, text, shown !== undefined);
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new GatewayAnswerRefused('it is too long');
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function faultOf(cause: unknown, question: Question): Promise<DomainError> {
  const { code } = cause as NodeJS.ErrnoException;
  if (typeof code === 'string') {
    if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return new GatewayNotVerified('name', { cause });
    if (NOT_IN_TIME.has(code)) return new GatewayNotVerified('time', { cause });
    if (OF_ANOTHER_ROOT.test(code)) {
      const chain = await shownChain(parseGatewayAddress(question.gateway), question.signal);
      const issuer = chain.at(-1)?.issuer ?? 'nobody';
      return new GatewayOfAnotherRoot(question.gateway, issuer, { cause });
    }
  }
  return new GatewayUnreachable(question.gateway, { cause });
}
