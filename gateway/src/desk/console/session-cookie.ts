/**
 * The cookie of a sign-in: how it is named, given, taken away and read. Over TLS its name begins with `__Host-`, so that a
 * browser takes it from this host only, over TLS only, for all paths (RFC 6265bis, section 4.1.3.2): no other name of
 * the domain can plant one.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';

const NAME = 'chaperone-session';

/** Cookies that came from elsewhere; see `workstation-gate.ts`. */
const strayed = new WeakSet<FastifyRequest>();

export function setCookie(reply: FastifyReply, token: string, secure: boolean): void {
  void reply.setCookie(nameOf(secure), token, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure,
  });
}

export function clearCookie(request: Pick<FastifyRequest, 'protocol'>, reply: FastifyReply): void {
  const secure = isSecure(request);
  void reply.clearCookie(nameOf(secure), { path: '/', httpOnly: true, sameSite: 'strict', secure });
}

/** The sign-in that a request shows; not trusted. */
export function tokenOf(request: Pick<FastifyRequest, 'cookies' | 'protocol'>): string | undefined {
  if (strayed.has(request as FastifyRequest)) return undefined;
  return request.cookies[nameOf(isSecure(request))];
}

/** Lets a request go on as one that shows none. */
export function disregardCookie(request: FastifyRequest): void {
  strayed.add(request);
}

function isSecure({ protocol }: Pick<FastifyRequest, 'protocol'>): boolean {
  return protocol === 'https';
}

function nameOf(secure: boolean): string {
  return secure ? `__Host-${NAME}` : NAME;
}
