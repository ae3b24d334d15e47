/** The portal's addresses. All but the way in need a sign-in; a reading of evidence is in the ledger before it is answered. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isId } from '@chaperone/domain/id/id.ts';
import type { FacilityAccounts, FacilityCase } from '../contract.ts';
import {
  STYLE,
  STYLE_PATH,
  casePage,
  certificatePage,
  ledgerPage,
  overviewPage,
  sessionPage,
  signInPage,
} from '../pages/pages.ts';
import type { SignInTrouble } from '../pages/pages.ts';
import { OfficerCodeRefused } from '../officer/officer.ts';
import { OfficerThrottled } from '../sign-in/sign-in.ts';
import { codeOf } from './form.ts';
import { addFacilityRoutes } from './facility-routes.ts';
import { attach, file, page, pageOf } from './reply.ts';
import type { RouteParts } from './route-parts.ts';
import { PortalNothingThere } from './web-error.ts';

/** `__Host-`: of this host alone, over TLS alone (RFC 6265bis section 4.1.3.2). */
export const COOKIE = '__Host-chaperone-officer';
const COOKIE_TERMS = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' } as const;
/** Time enough to make a request, send it and have it answered. */
const SOON_MS = 45 * 86_400_000;

/** Addresses that need no sign-in. */
export const WAY_IN: ReadonlySet<string> = new Set(['/', '/sign-in', STYLE_PATH]);

export function addRoutes(server: FastifyInstance, parts: RouteParts): void {
  const { signIns, ledger, face, clock, askedOf, passGathering } = parts;

  server.get('/', async (request, reply) => {
    const { officer, setting, isIn, accounts } = askedOf(request);
    if (!isIn) return await page(reply, signInPage(setting, officer, null));
    const at = pageOf(request.query);
    const [carts, cases] = await Promise.all([accounts.carts(), accounts.cases(at)]);
    const { notAfterMs } = officer;
    const endsUtcMs = notAfterMs - clock.utcMs() < SOON_MS ? notAfterMs : null;
    return await page(reply, overviewPage(setting, officer, { carts, cases, page: at, endsUtcMs }));
  });

  server.post('/sign-in', async (request, reply) => {
    const { officer, setting } = askedOf(request);
    try {
      const token = await signIns.begin(officer, codeOf(request.body));
      return await reply.setCookie(COOKIE, token, COOKIE_TERMS).redirect('/', 303);
    } catch (fault) {
      const trouble = troubleOf(fault);
      if (trouble === null) throw fault;
      if (fault instanceof OfficerThrottled) void reply.header('retry-after', fault.waitSeconds);
      void reply.status(trouble === 'throttled' ? 429 : 401);
      return await page(reply, signInPage(setting, officer, trouble));
    }
  });

  server.post('/sign-out', async (request, reply) => {
    signIns.endOf(askedOf(request).officer.id, 'asked');
    return await reply.clearCookie(COOKIE, COOKIE_TERMS).redirect('/', 303);
  });

  server.get(STYLE_PATH, async (_request, reply) => await file(reply, 'text/css', STYLE));

  server.get('/cases/:case', async (request, reply) => {
    const { officer, setting, accounts } = askedOf(request);
    const found = await caseOf(request, accounts);
    const sessions = await accounts.sessions(found.id);
    return await page(reply, casePage(setting, officer, found, sessions));
  });

  for (const form of ['certificate', 'certificate.jws'] as const) {
    server.get(`/cases/:case/${form}`, async (request, reply) => {
      const { officer, setting, accounts } = askedOf(request);
      const found = await caseOf(request, accounts);
      const certificate = await accounts.certificate(found.id);
      if (certificate === null) throw new PortalNothingThere();
      const { id: officerId } = officer;
      await ledger.append({ kind: 'certificate-read', officerId, caseId: found.id });
      if (form === 'certificate')
        return await page(reply, certificatePage(setting, officer, found.id, certificate));
      attach(reply, `${found.number}-certificate.jws`);
      return await file(reply, 'text/plain', certificate.jws);
    });
  }

  server.get('/cases/:case/sessions/:session', async (request, reply) => {
    const { officer, setting, accounts } = askedOf(request);
    const found = await caseOf(request, accounts);
    const { session: id } = request.params as { readonly session: string };
    const session = (await accounts.sessions(found.id)).find((each) => each.id === id);
    if (session === undefined) throw new PortalNothingThere();
    passGathering(officer);
    // It holds names of files: written down like a receipt that is fetched.
    await ledger.append({ kind: 'evidence-read', officerId: officer.id, caseId: found.id });
    const lines = (await accounts.receipt(found.id, id))?.files ?? null;
    const shown = { of: found, session, lines, page: pageOf(request.query) };
    return await page(reply, sessionPage(setting, officer, shown));
  });

  server.get('/cases/:case/sessions/:session/receipt.json', async (request, reply) => {
    const { officer, accounts } = askedOf(request);
    const found = await caseOf(request, accounts);
    const { session } = request.params as { readonly session: string };
    passGathering(officer);
    await ledger.append({ kind: 'evidence-read', officerId: officer.id, caseId: found.id });
    const receipt = await accounts.receipt(found.id, session);
    if (receipt === null) throw new PortalNothingThere();
    attach(reply, `${found.number}-receipt.json`);
    return await file(reply, 'application/json', JSON.stringify(receipt));
  });

  server.get('/cases/:case/evidence.json', async (request, reply) => {
    const { officer, accounts } = askedOf(request);
    const found = await caseOf(request, accounts);
    passGathering(officer);
    await ledger.append({ kind: 'evidence-read', officerId: officer.id, caseId: found.id });
    const bundle = await accounts.evidence(found.id);
    if (bundle === null) throw new PortalNothingThere();
    attach(reply, `${found.number}-evidence.json`);
    return await file(reply, 'application/json', JSON.stringify(bundle));
  });

  server.get('/ledger', async (request, reply) => {
    const { officer, setting } = askedOf(request);
    const witnesses = await face.witnessesOf(officer.facility);
    const contradictions = await face.contradictions();
    return await page(reply, ledgerPage(setting, officer, face, { witnesses, contradictions }));
  });
  server.get('/ledger/checkpoint.txt', async (_request, reply) => {
    attach(reply, 'checkpoint.txt');
    return await file(reply, 'text/plain', face.checkpoint());
  });
  server.get('/ledger/chaperone-verify.html', async (_request, reply) => {
    const text = await face.verifierPage().catch(() => null);
    if (text === null) throw new PortalNothingThere();
    // Not shown here: it is to be used without this portal, and has a policy of its own.
    attach(reply, 'chaperone-verify.html');
    return await file(reply, 'text/html', text);
  });
  server.get('/ledger/cart-root.pem', async (_request, reply) => {
    attach(reply, 'cart-root.pem');
    return await file(reply, 'application/x-pem-file', face.cartRootPEM);
  });
  addFacilityRoutes(server, parts);
}

/** Another facility's case is not there. @throws PortalNothingThere */
async function caseOf(request: FastifyRequest, accounts: FacilityAccounts): Promise<FacilityCase> {
  const { case: id } = request.params as { readonly case: string };
  const found = isId('case', id) ? await accounts.find(id) : null;
  if (found === null) throw new PortalNothingThere();
  return found;
}

function troubleOf(fault: unknown): SignInTrouble | null {
  if (fault instanceof OfficerThrottled) return 'throttled';
  return fault instanceof OfficerCodeRefused ? 'refused' : null;
}
