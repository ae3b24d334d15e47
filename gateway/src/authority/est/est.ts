/**
 * Enrolment over Secure Transport: a request listener for the HTTPS server that the desk runs on the tunnel's TLS
 * port. @see RFC 7030, RFC 8951, and the table in `protocol/src/est/est.ts`
 *
 * It knows TLS only through the socket, asks `admitCart` who renews, and throttles codes that do not work. Linking
 * a request to its TLS session (RFC 7030 section 3.5) is optional and left out: `tls-unique` does not exist in TLS 1.3.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { Problem } from '@chaperone/protocol/cart-api/schema.ts';
import { makeCertificatesOnly } from '@chaperone/protocol/est/certificates-only.ts';
import { makeCSRAttributes } from '@chaperone/protocol/est/csr-attributes.ts';
import {
  EST_MEDIA_TYPES,
  EST_PATHS,
  EST_REQUEST_CHARACTERS_MAX,
  decodeESTBody,
  encodeESTBody,
} from '@chaperone/protocol/est/est.ts';
import { readCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import type { PeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { problemOf, toProblem } from '../../platform/problem/problem.ts';
import type { ProblemCode } from '../../platform/problem/problem-table.ts';
import { CartRefused } from '../admission/admission.ts';
import type { FaultReport } from '../authority-ledger.ts';
import type { Issuance } from '../issuance/issuance.ts';
import type { AnchorStatements } from './anchor-statements.ts';
import { readBasicCredentials } from './basic-credentials.ts';
import {
  EnrolmentCredentialsMissing,
  EnrolmentMethodRefused,
  EnrolmentThrottled,
} from './est-error.ts';
import { GuessThrottle } from './guess-throttle.ts';
import { BodyTooLarge, readBody } from './read-body.ts';

export { CartRootRetired, signAnchors } from './anchor-statements.ts';

export interface ESTParts {
  readonly issuance: Issuance;
  /** DER of the roots that count and, while one takes the place of the other, of what leads from each to the other. */
  readonly cartRoots: readonly Uint8Array[];
  /** The signed anchors (`protocol/src/est/anchors.ts`). */
  readonly anchors: AnchorStatements;
  readonly admit: (socket: TLSSocket) => Promise<PeerCertificate>;
  /** The signed terms of a cart's licence (`protocol/src/licence/licence-statement.ts`). */
  readonly licenceOf: (peer: PeerCertificate) => Promise<string>;
  readonly monotonicMs: () => number;
  readonly report: FaultReport;
}

/**
 * Answers one EST request. It always answers, never throws.
 * @param remoteAddress whom to count failures against, when the socket does not know (a relayed connection)
 */
export type ESTRoutes = (
  request: IncomingMessage,
  response: ServerResponse,
  remoteAddress?: string,
) => Promise<void>;

interface Answer {
  readonly type: string;
  readonly body: string;
}

const CSR_ATTRIBUTES = encodeESTBody(makeCSRAttributes());
const CERTIFICATES_TYPE = `${EST_MEDIA_TYPES.certificates}; smime-type=certs-only`;
/** RFC 8951 lets clients ignore the header; older ones look for it. */
const ENCODED_TYPES: ReadonlySet<string> = new Set([
  CERTIFICATES_TYPE,
  EST_MEDIA_TYPES.csrAttributes,
]);
/** What tells that a code was tried in vain; everything else is not a guess. */
const GUESSES: ReadonlySet<string> = new Set([
  'LICENCE_CODE_MISTYPED',
  'LICENCE_UNKNOWN',
  'LICENCE_SERIAL_MISMATCH',
  'LICENCE_USED',
  'LICENCE_EXPIRED',
  'LICENCE_RETIRED',
  'MALFORMED_ID',
  'MALFORMED_CERTIFICATION_REQUEST',
  'MALFORMED_EST_BODY',
]);

/** Makes the request listener. */
export function makeESTRoutes(parts: ESTParts): ESTRoutes {
  const est = new EST(parts);
  return async (request, response, remoteAddress) => {
    await est.answer(request, response, remoteAddress ?? request.socket.remoteAddress ?? 'unknown');
  };
}

class EST {
  readonly #parts: ESTParts;
  readonly #throttle: GuessThrottle;

  constructor(parts: ESTParts) {
    this.#parts = parts;
    this.#throttle = new GuessThrottle({ monotonicMs: parts.monotonicMs });
  }

  async answer(request: IncomingMessage, response: ServerResponse, address: string): Promise<void> {
    try {
      const answer = await this.#route(request, address);
      send(response, 200, answer);
    } catch (fault) {
      const problem = problemFor(fault);
      // A peer that goes away in the middle of its request is nobody's fault.
      if (problem.code === 'INTERNAL_FAULT' && request.errored === null) this.#parts.report(fault);
      refuse(response, fault, problem);
    }
  }

  async #route(request: IncomingMessage, address: string): Promise<Answer> {
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    if (path === EST_PATHS.cacerts) {
      allow(request, 'GET');
      return certificates(this.#parts.cartRoots);
    }
    if (path === EST_PATHS.anchors) {
      allow(request, 'GET');
      return { type: EST_MEDIA_TYPES.anchors, body: this.#anchors(query) };
    }
    if (path === EST_PATHS.licence) {
      allow(request, 'GET');
      return { type: EST_MEDIA_TYPES.licence, body: await this.#licence(request) };
    }
    if (path === EST_PATHS.csrattrs) {
      allow(request, 'GET');
      return { type: EST_MEDIA_TYPES.csrAttributes, body: CSR_ATTRIBUTES };
    }
    if (path === EST_PATHS.simpleenroll) {
      allow(request, 'POST');
      return await this.#enrol(request, address);
    }
    if (path === EST_PATHS.simplereenroll) {
      allow(request, 'POST');
      return await this.#renew(request);
    }
    throw new Refusal('ROUTE_NOT_FOUND');
  }

  /** The word of the root that the cart asks for, by its fingerprint. @throws CartRootRetired */
  #anchors(query: string): string {
    const statement = this.#parts.anchors.by(new URLSearchParams(query).get('root'));
    if (statement === undefined) throw new Refusal('ROUTE_NOT_FOUND');
    return statement;
  }

  async #enrol(request: IncomingMessage, address: string): Promise<Answer> {
    const waitSeconds = this.#throttle.waitSeconds(address);
    if (waitSeconds > 0) throw new EnrolmentThrottled(waitSeconds);
    const credentials = readBasicCredentials(request.headers.authorization);
    if (credentials === undefined) throw new EnrolmentCredentialsMissing();
    try {
      const serial = parseCartSerial(credentials.name);
      const wanted = readCertificationRequest(await readRequestBody(request));
      return certificates([
        await this.#parts.issuance.cartByLicence(serial, credentials.password, wanted),
      ]);
    } catch (fault) {
      if (fault instanceof DomainError && GUESSES.has(fault.code)) this.#throttle.failed(address);
      throw fault;
    }
  }

  async #renew(request: IncomingMessage): Promise<Answer> {
    const peer = await this.#peer(request);
    const wanted = readCertificationRequest(await readRequestBody(request));
    return certificates([await this.#parts.issuance.cartRenewal(peer, wanted)]);
  }

  async #licence(request: IncomingMessage): Promise<string> {
    return await this.#parts.licenceOf(await this.#peer(request));
  }

  async #peer({ socket }: IncomingMessage): Promise<PeerCertificate> {
    if (!(socket instanceof TLSSocket)) throw new CartRefused('no-certificate');
    return await this.#parts.admit(socket);
  }
}

/** A refusal that no rule of the domain leads to. */

class Refusal extends Error {
  readonly problem: ProblemCode;
  constructor(problem: ProblemCode) {
    super(problem);
    this.problem = problem;
  }
}

function allow(request: IncomingMessage, method: 'GET' | 'POST'): void {
  const isAllowed = request.method === method || (method === 'GET' && request.method === 'HEAD');
  if (!isAllowed) throw new EnrolmentMethodRefused(method);
}

async function readRequestBody(request: IncomingMessage): Promise<Uint8Array> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== EST_MEDIA_TYPES.request) throw new Refusal('MEDIA_TYPE_UNSUPPORTED');
  const text = await readBody(request, EST_REQUEST_CHARACTERS_MAX);
  return decodeESTBody(text, EST_REQUEST_CHARACTERS_MAX);
}

function certificates(ders: readonly Uint8Array[]): Answer {
  return { type: CERTIFICATES_TYPE, body: encodeESTBody(makeCertificatesOnly(ders)) };
}

function send(response: ServerResponse, status: number, answer: Answer): void {
  response.statusCode = status;
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Type', answer.type);
  if (ENCODED_TYPES.has(answer.type)) response.setHeader('Content-Transfer-Encoding', 'base64');
  response.setHeader('Content-Length', Buffer.byteLength(answer.body));
  response.end(answer.body);
}

function refuse(response: ServerResponse, fault: unknown, problem: Problem): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  if (fault instanceof EnrolmentThrottled) response.setHeader('Retry-After', fault.waitSeconds);
  if (fault instanceof EnrolmentMethodRefused) response.setHeader('Allow', fault.allowed);
  if (fault instanceof EnrolmentCredentialsMissing) {
    response.setHeader('WWW-Authenticate', 'Basic realm="Chaperone enrolment", charset="UTF-8"');
  }
  // A body that was not read to its end would be taken for the next request.
  response.setHeader('Connection', 'close');
  send(response, problem.status, { type: EST_MEDIA_TYPES.problem, body: JSON.stringify(problem) });
}

function problemFor(fault: unknown): Problem {
  if (fault instanceof BodyTooLarge) return problemOf('REQUEST_TOO_LARGE');
  return fault instanceof Refusal ? problemOf(fault.problem) : toProblem(fault);
}
