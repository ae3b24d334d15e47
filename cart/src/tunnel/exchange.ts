/**
 * One request of the desk and its answer: headers read strictly, bodies bounded in size and time.
 */
import { constants } from 'node:http2';
import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Readable } from 'node:stream';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { ActivityAsk } from '@chaperone/domain/session/admit.ts';
import { GRANT_HEADER } from '@chaperone/protocol/cart-api/version.ts';
import type { z } from 'zod';
import {
  PROBLEM_MEDIA_TYPE,
  problemOf,
  RequestMalformed,
  shapeDetail,
} from '../platform/problem.ts';

/** Every JSON body (docs/protocol.md section 4). */
const BODY_BYTES_MAX = 64 * 1024;
/** For a whole JSON body to arrive. */
const BODY_TIMEOUT_MS = 10_000;
/** An answer of which the peer takes nothing for this long is thrown away. */
const ANSWER_STALL_MS = 60_000;

export class MediaTypeUnsupported extends DomainError {
  readonly code = 'MEDIA_TYPE_UNSUPPORTED';
}
export class RequestTooLarge extends DomainError {
  readonly code = 'REQUEST_TOO_LARGE';
}
export class RequestTooSlow extends DomainError {
  readonly code = 'REQUEST_TOO_SLOW';
}
export class RouteNotFound extends DomainError {
  readonly code = 'ROUTE_NOT_FOUND';
}

export class Exchange {
  readonly stream: ServerHttp2Stream;
  readonly method: string;
  /** The path as it came, without the query, not decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly #headers: IncomingHttpHeaders;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    const target = text(headers[':path']) ?? '';
    const mark = target.indexOf('?');
    this.stream = stream;
    this.#headers = headers;
    this.method = text(headers[':method']) ?? '';
    this.path = mark < 0 ? target : target.slice(0, mark);
    this.query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
  }

  get authority(): string {
    return text(this.#headers[':authority']) ?? '';
  }

  /** Gives a header that came once; undefined otherwise. */
  header(name: string): string | undefined {
    return text(this.#headers[name]);
  }

  /** Says what the request asks under which grant. */
  ask(activity: Activity): ActivityAsk {
    return { grantId: this.header(GRANT_HEADER) ?? '', activity };
  }

  /** Reads the only query parameter that a route takes. @throws RequestMalformed when another one is there */
  parameter(name: string): string {
    const names = [...this.query.keys()];
    if (names.length > 1 || names.some((each) => each !== name)) {
      throw new RequestMalformed(`Only "${name}" is taken in the query, once.`);
    }
    return this.query.get(name) ?? '';
  }

  /** Reads the body as JSON of a shape. @throws MediaTypeUnsupported, RequestTooLarge, RequestTooSlow, RequestMalformed */
  async json<S extends z.ZodType>(schema: S): Promise<z.infer<S>> {
    if (!isJSON(this.header('content-type'))) {
      throw new MediaTypeUnsupported('Only application/json is taken.');
    }
    const body = await this.#body();
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    } catch (cause) {
      throw new RequestMalformed('The body is not JSON.', { cause });
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) throw new RequestMalformed(shapeDetail(parsed.error.issues));
    return parsed.data;
  }

  answer(status: number, body?: object): void {
    if (body === undefined) this.#respond(status, undefined, '');
    else this.#respond(status, 'application/json', JSON.stringify(body));
  }

  /** Answers with the problem for what was thrown, and tells its code. */
  refuse(fault: unknown): string {
    const problem = problemOf(fault);
    this.#respond(problem.status, PROBLEM_MEDIA_TYPE, JSON.stringify(problem));
    return problem.code;
  }

  /** Answers that what was asked for is under way, and when to ask again (RFC 9110 section 10.2.3). */
  askAgain(fault: DomainError, afterSeconds: number, members: object): void {
    const problem = { ...problemOf(fault), ...members };
    const again = { 'retry-after': String(afterSeconds) };
    this.#respond(problem.status, PROBLEM_MEDIA_TYPE, JSON.stringify(problem), again);
  }

  #respond(
    status: number,
    type: string | undefined,
    body: string,
    headers: OutgoingHttpHeaders = {},
  ): void {
    const { stream } = this;
    if (stream.destroyed || stream.closed) return;
    if (stream.headersSent) {
      stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      return;
    }
    const bytes = Buffer.from(body, 'utf8');
    stream.respond({
      ':status': status,
      ...(type === undefined ? {} : { 'content-type': type, 'content-length': bytes.length }),
      'cache-control': 'no-store',
      ...headers,
    });
    stream.setTimeout(ANSWER_STALL_MS, () => stream.close(constants.NGHTTP2_CANCEL));
    stream.end(bytes);
    // What the peer still sends of a body that nobody reads would hold the stream open.
    if (!stream.readableEnded) stream.resume();
  }

  async #body(): Promise<Buffer> {
    const { stream } = this;
    const chunks: Buffer[] = [];
    let bytes = 0;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      stream.close(constants.NGHTTP2_CANCEL);
    }, BODY_TIMEOUT_MS);
    try {
      for await (const chunk of bodyOf(stream)) {
        bytes += chunk.length;
        if (bytes > BODY_BYTES_MAX) break;
        chunks.push(chunk);
      }
    } catch (cause) {
      throw new RequestTooSlow('The body broke off.', { cause });
    } finally {
      clearTimeout(timer);
    }
    if (isLate) throw new RequestTooSlow('The body did not arrive in time.');
    if (bytes > BODY_BYTES_MAX) throw new RequestTooLarge('A body has at most 64 KiB.');
    return Buffer.concat(chunks);
  }
}

/** Reads a body so that the stream can still be answered when the reading stops early. */
export function bodyOf(stream: Readable): AsyncIterable<Buffer> {
  return stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
}

/** A body that does not say what it is, is JSON: no other is read here. */
function isJSON(type: string | undefined): boolean {
  return type === undefined || /^application\/json\s*(;|$)/i.test(type);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
