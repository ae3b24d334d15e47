/**
 * One EST request to the gateway, with limits on time and size, and its refusals as errors.
 */
import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import tls from 'node:tls';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { MistypedLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import {
  LicenceExpired,
  LicenceRetired,
  LicenceSerialMismatch,
  LicenceUnknown,
  LicenceUsed,
} from '@chaperone/domain/licence/licence.ts';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { GatewayAddress } from '@chaperone/protocol/est/licence-file.ts';
import {
  EST_ALPN,
  EST_ANSWER_CHARACTERS_MAX,
  EST_MEDIA_TYPES,
} from '@chaperone/protocol/est/est.ts';
import { openRoad } from '../road/road.ts';
import {
  EnrolmentAnswerRefused,
  EnrolmentRefused,
  EnrolmentUnreachable,
  GatewayNotVerified,
} from './enrolment-error.ts';

export interface ESTRequest {
  readonly gateway: GatewayAddress;
  readonly proxy: ProxySettings;
  readonly path: string;
  /** PEM of the only root that is believed; absent only to fetch the root itself, before anything is trusted. */
  readonly cartRoot?: string;
  /** What the cart shows of itself, PEM. */
  readonly shown?: { readonly key: string; readonly certificate: string };
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes it a POST of PKCS#10. */
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** A hospital's network is slow, not minutes slow; the gateway's own work takes milliseconds. */
const EXCHANGE_TIMEOUT_MS = 30_000;
const DETAIL_CHARACTERS_MAX = 400;
/** Node's codes for a certificate that did not pass. */
const NOT_VERIFIED =
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT_|INVALID_|HOSTNAME_)/;

const problemSchema = z.object({
  code: z.string().regex(/^[A-Z0-9_]{1,64}$/),
  detail: z.string().optional(),
});

/**
 * Sends a request and gives the body of a 200 answer.
 * @throws what the road says, EnrolmentUnreachable, GatewayNotVerified, EnrolmentRefused, EnrolmentAnswerRefused, the licence's errors, and
 *   the signal's reason
 */
export async function exchange(sent: ESTRequest): Promise<string> {
  const timeout = AbortSignal.timeout(EXCHANGE_TIMEOUT_MS);
  const signal = AbortSignal.any([sent.signal, timeout]);
  try {
    return await exchangeUntil(sent, signal);
  } catch (cause) {
    sent.signal.throwIfAborted();
    const { code } = cause as NodeJS.ErrnoException;
    if (cause instanceof Error && typeof code === 'string' && NOT_VERIFIED.test(code)) {
      throw new GatewayNotVerified({ cause });
    }
    throw cause instanceof DomainError ? cause : new EnrolmentUnreachable({ cause });
  }
}

async function exchangeUntil(sent: ESTRequest, signal: AbortSignal): Promise<string> {
  const { gateway, shown, body } = sent;
  const road = await openRoad(sent, signal);
  const socket = tls.connect({
    socket: road.socket,
    // Also when it is dialled by address: what counts is the name in its certificate.
    servername: gateway.serverName,
    ALPNProtocols: [EST_ALPN],
    minVersion: 'TLSv1.3',
    // Without a root nothing is believed: what comes back is compared with the licence's fingerprint.
    ...(sent.cartRoot === undefined ? { rejectUnauthorized: false } : { ca: sent.cartRoot }),
    ...(shown === undefined ? {} : { key: shown.key, cert: shown.certificate }),
  });
  const request = httpsRequest({
    // No agent: no connection and no TLS session outlives the exchange.
    createConnection: () => socket,
    path: sent.path,
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...sent.headers,
      Host: gateway.serverName,
      ...(body === undefined ? {} : { 'Content-Type': EST_MEDIA_TYPES.request }),
    },
    signal,
  });
  // After an abort the request emits an error that nobody waits for any more.
  request.on('error', () => undefined);
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const text = await readText(response);
  if (response.statusCode === 200) return text;
  // Before the root is proven anybody may answer: a portal's word says nothing of a licence.
  throw sent.cartRoot === undefined ? unproven(response) : refusal(response, text);
}

async function readText(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('latin1');
  for await (const chunk of response) {
    text += String(chunk);
    if (text.length > EST_ANSWER_CHARACTERS_MAX) throw new EnrolmentAnswerRefused('it is too long');
  }
  return text;
}

function unproven({ statusCode = 0 }: IncomingMessage): DomainError {
  return new EnrolmentRefused(`HTTP_${statusCode}`, 'Look into the log of the gateway.');
}

function refusal(response: IncomingMessage, text: string): DomainError {
  const problem = readProblem(text);
  if (problem === undefined) return unproven(response);
  return (
    licenceRefusal(problem.code) ??
    new EnrolmentRefused(problem.code, printable(problem.detail ?? ''))
  );
}

function readProblem(text: string): z.infer<typeof problemSchema> | undefined {
  try {
    return problemSchema.parse(JSON.parse(Buffer.from(text, 'latin1').toString('utf8')));
  } catch {
    return undefined;
  }
}

function licenceRefusal(code: string): DomainError | undefined {
  switch (code) {
    case 'LICENCE_UNKNOWN':
      return new LicenceUnknown();
    case 'LICENCE_USED':
      return new LicenceUsed();
    case 'LICENCE_EXPIRED':
      return new LicenceExpired();
    case 'LICENCE_RETIRED':
      return new LicenceRetired();
    case 'LICENCE_SERIAL_MISMATCH':
      return new LicenceSerialMismatch();
    case 'LICENCE_CODE_MISTYPED':
      return new MistypedLicenceCode('The gateway says that the licence code is mistyped.');
    default:
      return undefined;
  }
}

function printable(text: string): string {
  return text.replaceAll(/[^\p{L}\p{M}\p{N}\p{P}\p{Zs}]/gu, ' ').slice(0, DETAIL_CHARACTERS_MAX);
}
