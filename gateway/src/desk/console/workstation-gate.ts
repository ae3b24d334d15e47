/**
 * Lets nobody see anything but a licensed workstation: before the guard, the pages, the published document and every socket.
 *
 * Whoever shows no certificate in force gets one bare refusal, whatever was asked for; it names neither the service centre
 * nor the version. The exception is enrolment, which hands out the first certificate. In a demo without TLS there are no
 * certificates, and the gate stands open.
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WorkstationId } from '@chaperone/domain/id/id.ts';
import { WorkstationRefused } from '../../authority/contract.ts';
import type { WorkstationPeer } from '../../authority/contract.ts';
import type { CookieBinding } from '../sign-in/sign-in.ts';
import type { Workstations } from '../workstation/workstation.ts';
import { disregardCookie, tokenOf } from './session-cookie.ts';
import { STRANGER_LIMITS, Strangers } from './strangers.ts';

const admitted = new WeakMap<FastifyRequest, WorkstationPeer>();

/** Puts the gate before everything else; to be called before any other hook. */
export function gateWorkstations(
  server: FastifyInstance,
  workstations: Workstations,
  binding: CookieBinding,
): void {
  if (!workstations.isGated) return;
  const strangers = new Strangers(STRANGER_LIMITS);
  const admit = async (socket: TLSSocket): Promise<WorkstationPeer> => {
    const peer = await workstations.admit(socket);
    strangers.release(socket);
    return peer;
  };
  server.server.on('connection', (socket: Socket) => strangers.arrive(socket));
  // Also a connection over which nothing is asked ends with its certificate.
  server.server.on('secureConnection', (socket: TLSSocket) => {
    // Whoever is refused stays a stranger, and is told so when they ask.
    admit(socket).catch(() => undefined);
  });
  server.addHook('onRequest', async (request, reply) => {
    const { socket } = request.raw;
    if (!(socket instanceof TLSSocket)) throw new TypeError('The gate needs TLS.');
    try {
      const peer = await admit(socket);
      admitted.set(request, peer);
      const token = tokenOf(request);
      // Before any route or gate of sign-in looks at it, so that none can forget to.
      if (token !== undefined && !(await binding.isAtHome(token, peer.workstationId)))
        disregardCookie(request);
    } catch (fault) {
      if (!(fault instanceof WorkstationRefused)) throw fault;
      if (isEnrolment(request)) return;
      if (request.url.startsWith('/api/')) throw fault;
      await reply.status(403).type('text/html; charset=utf-8').send(refusalPage(fault.message));
    }
  });
}

/** Tells whether a request came without a certificate in force where one is asked for. */
export function isStranger({ isGated }: Workstations, request: FastifyRequest): boolean {
  return isGated && !admitted.has(request);
}

/** The workstation whose certificate the connection has shown; null in a demo without TLS. */
export function workstationOf(request: FastifyRequest): WorkstationId | null {
  return admitted.get(request)?.workstationId ?? null;
}

/** The same with what its certificate says. @throws WorkstationRefused where there is none */
export function workstationPeerOf(request: FastifyRequest): WorkstationPeer {
  const peer = admitted.get(request);
  if (peer === undefined) throw new WorkstationRefused('no-certificate');
  return peer;
}

function isEnrolment(request: FastifyRequest): boolean {
  return request.method === 'POST' && request.routeOptions.url === '/api/workstation/enrol';
}

/** The sentences are ours and hold nothing that would have to be escaped. */
function refusalPage(sentence: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Not a licensed workstation</title><p>${sentence}</p></html>`;
}
