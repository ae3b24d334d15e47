/** Holds a request to its route's requirement and tells the route who asks and about which case. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CaseUnknown } from '../service-case/service-case.ts';
import type { StoredCase } from '../service-case/service-case.ts';
import { NotSignedIn } from '../sign-in/sign-in.ts';
import type { Caller } from '../sign-in/sign-in.ts';
import { NotAllowed, NotDesignated } from './console-error.ts';
import type { DeskFeatures } from './desk-features.ts';
import type { Origins } from './origins.ts';
import { Paces } from './pace.ts';
import { requirementOf } from './route-table.ts';
import type { Requirement } from './route-table.ts';
import { workstationPeerOf } from './workstation-gate.ts';

export const COOKIE = 'chaperone-session';

/** What the guard found out; set before a route's own code runs. */
interface Passed {
  readonly caller: Caller | null;
  readonly serviceCase: StoredCase | null;
}

const passedBy = new WeakMap<FastifyRequest, Passed>();
const CHANGING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Puts the guard before every route of the API; a route outside the table cannot be added. */
export function guardRoutes(
  server: FastifyInstance,
  features: DeskFeatures,
  origins: () => Origins,
): void {
  server.addHook('onRoute', ({ url, method }) => {
    if (!url.startsWith('/api/')) return;
    for (const each of [method].flat()) {
      // HEAD is what GET is, without a body.
      const asked = each === 'HEAD' ? 'GET' : each;
      if (each !== 'OPTIONS' && requirementOf(asked, url) === undefined) {
        throw new TypeError(`${asked} ${url} is not in the route table.`);
      }
    }
  });
  const paces = new Paces(features.context.clock);
  server.addHook('onRequest', async (request) => {
    origins().admitHost(request.raw);
    const isWebSocket = request.headers.upgrade !== undefined;
    if (CHANGING.has(request.method) || isWebSocket) origins().admitOrigin(request.raw);
    const { url } = request.routeOptions;
    if (url === undefined || !url.startsWith('/api/')) return;
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const requirement = requirementOf(method, url);
    if (requirement === undefined)
      throw new TypeError(`${method} ${url} is not in the route table.`);
    const passed = await pass(requirement, request, features);
    // Last, so that whoever may not ask learns nothing from it.
    if (passed.caller !== null) paces.take(`${method} ${url}`, passed.caller);
    passedBy.set(request, passed);
  });
}

/** Who asks; for routes that require it. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = passedBy.get(request)?.caller;
  if (caller == null) throw new TypeError('The route does not require a caller.');
  return caller;
}

/** About which case; for routes that require it. */
export function caseOf(request: FastifyRequest): StoredCase {
  const serviceCase = passedBy.get(request)?.serviceCase;
  if (serviceCase == null) throw new TypeError('The route does not require a case.');
  return serviceCase;
}

/** Tells whether somebody may know of a case. */
export function mayKnow(caller: Caller, serviceCase: StoredCase): boolean {
  return caller.roles.includes('lead') || serviceCase.designated.includes(caller.id);
}

async function pass(
  requirement: Requirement,
  request: FastifyRequest,
  { signIn, cases }: DeskFeatures,
): Promise<Passed> {
  // The second gate looks at the first one's cookie itself.
  if (requirement === 'anybody' || requirement === 'first-gate')
    return { caller: null, serviceCase: null };
  if (requirement === 'workstation') {
    workstationPeerOf(request);
    return { caller: null, serviceCase: null };
  }
  if (requirement === 'third-gate') {
    // Which factor it is, and whether there is one, is looked at behind it.
    if (!(await signIn.isAtThirdGate(request.cookies[COOKIE]))) throw new NotSignedIn();
    return { caller: null, serviceCase: null };
  }
  const caller = await signIn.callerOf(request.cookies[COOKIE]);
  if (caller === null) throw new NotSignedIn();
  if (requirement === 'signed-in') return { caller, serviceCase: null };
  const { case: id } = request.params as { readonly case: string };
  const serviceCase = await cases.get(id);
  // What somebody may not know looks exactly like what is not there.
  if (!mayKnow(caller, serviceCase)) throw new CaseUnknown();
  if (requirement === 'designated' && !serviceCase.designated.includes(caller.id))
    throw new NotDesignated();
  if (requirement === 'lead-or-opener') {
    if (!caller.roles.includes('lead') && serviceCase.openedBy !== caller.id)
      throw new NotAllowed();
  }
  return { caller, serviceCase };
}
