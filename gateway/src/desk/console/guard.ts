/** Holds a request to its route's requirement and tells the route who asks and about which case. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { CaseUnknown } from '../service-case/service-case.ts';
import type { StoredCase } from '../service-case/service-case.ts';
import { NotSignedIn } from '../sign-in/sign-in.ts';
import type { Caller } from '../sign-in/sign-in.ts';
import { NotAllowed, NotDesignated } from './console-error.ts';
import type { DeskFeatures } from './desk-features.ts';
import type { Origins } from './origins.ts';
import { Paces } from './pace.ts';
import { ruleOf } from './route-table.ts';
import type { Requirement, RouteRule } from './route-table.ts';
import { Refusals } from './refusals.ts';
import { workstationPeerOf } from './workstation-gate.ts';
import { tokenOf } from './session-cookie.ts';

/** What the guard found out; set before a route's own code runs. */
interface Passed {
  readonly caller: Caller | null;
  readonly serviceCase: StoredCase | null;
}

const NOBODY: Passed = { caller: null, serviceCase: null };
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
      if (each !== 'OPTIONS' && ruleOf(asked, url) === undefined) {
        throw new TypeError(`${asked} ${url} is not in the route table.`);
      }
    }
  });
  const paces = new Paces(features.context.clock);
  const refusals = new Refusals(features.context);
  server.addHook('onRequest', async (request) => {
    origins().admitHost(request.raw);
    const isWebSocket = request.headers.upgrade !== undefined;
    if (CHANGING.has(request.method) || isWebSocket) origins().admitOrigin(request.raw);
    const { url } = request.routeOptions;
    if (url === undefined || !url.startsWith('/api/')) return;
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const rule = ruleOf(method, url);
    if (rule === undefined) throw new TypeError(`${method} ${url} is not in the route table.`);
    const passed = await pass(rule, request, features, refusals.of(`${method} ${url}`));
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

/** Tells whether somebody may know of a case: no other role than these two opens one. */
export function mayKnow({ id, roles }: Caller, { designated, openedBy }: StoredCase): boolean {
  const isTheirs = designated.includes(id) || openedBy === id;
  return roles.includes('lead') || (roles.includes('technician') && isTheirs);
}

/** Tells whether somebody who knows a case may say who works on it. */
export function mayDesignate(
  { id, roles }: Caller,
  { openedBy }: StoredCase,
  designatedBy: DeskFeatures['cases']['designatedBy'],
): boolean {
  return roles.includes('lead') || (designatedBy === 'lead-or-opener' && openedBy === id);
}

/**
 * Tells whether a person does something, and not a page that is left open. What a request says of it counts; where it says
 * nothing, changing is doing and looking is not.
 */
function isUse({ method, headers }: FastifyRequest): boolean {
  const said = headers['chaperone-active'];
  return said === undefined ? CHANGING.has(method) : said === '1';
}

async function pass(
  rule: RouteRule,
  request: FastifyRequest,
  { signIn, cases }: DeskFeatures,
  refused: (caller: Caller, fault: DomainError) => DomainError,
): Promise<Passed> {
  const { requirement } = rule;
  const token = tokenOf(request);
  // The second gate looks at the first one's cookie itself.
  if (requirement === 'anybody' || requirement === 'first-gate') return NOBODY;
  if (requirement === 'workstation') {
    workstationPeerOf(request);
    return NOBODY;
  }
  // Which factor it is, and whether there is one, is looked at behind it.
  if (requirement === 'third-gate' || requirement === 'new-password') {
    const isThere =
      requirement === 'third-gate'
        ? await signIn.isAtThirdGate(token)
        : await signIn.isAtNewPassword(token);
    if (!isThere) throw new NotSignedIn();
    return NOBODY;
  }
  const caller = await (isUse(request) ? signIn.callerOf(token) : signIn.holderOf(token));
  if (caller === null) throw new NotSignedIn();
  if (requirement === 'role' && !rule.roles.some((role) => caller.roles.includes(role)))
    throw refused(caller, new NotAllowed());
  const isOfCase = requirement !== 'role' && requirement !== 'signed-in';
  const { case: id = '' } = request.params as { readonly case?: string };
  const serviceCase = isOfCase ? await caseFor(caller, requirement, cases, id, refused) : null;
  // Last: whoever may not do it at all is not asked to confirm anything.
  if (rule.isFresh) signIn.own.assertFresh(caller);
  return { caller, serviceCase };
}

/** @throws CaseUnknown, NotDesignated, NotAllowed */
async function caseFor(
  caller: Caller,
  requirement: Requirement,
  cases: DeskFeatures['cases'],
  id: string,
  refused: (caller: Caller, fault: DomainError) => DomainError,
): Promise<StoredCase> {
  // What somebody may not know looks exactly like what is not there.
  const serviceCase = await cases.get(id);
  if (!mayKnow(caller, serviceCase)) throw refused(caller, new CaseUnknown());
  // A designation gives no role: who works on a cart is a technician at this moment, whatever else they are.
  if (requirement === 'designated' && !caller.roles.includes('technician'))
    throw refused(caller, new NotAllowed());
  if (requirement === 'designated' && !serviceCase.designated.includes(caller.id))
    throw refused(caller, new NotDesignated());
  const { designatedBy } = cases;
  if (requirement === 'designator' && !mayDesignate(caller, serviceCase, designatedBy))
    throw refused(caller, new NotAllowed());
  if (requirement === 'case-lead' && !caller.roles.includes('lead'))
    throw refused(caller, new NotAllowed());
  return serviceCase;
}
