/** The portal's addresses. All but the way in need a sign-in; a reading of evidence is in the ledger before it is answered. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isId } from '@chaperone/domain/id/id.ts';
import type { AdmittedOfficer } from '../../authority/contract.ts';
import type { Ledger } from '../../ledger/contract.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { FacilityAccounts, FacilityCase, LedgerFace } from '../contract.ts';
import {
  STYLE,
  STYLE_PATH,
  casePage,
  certificatePage,
  ledgerPage,
  overviewPage,
  signInPage,
} from '../pages/pages.ts';
import type { PageSetting, SignInTrouble } from '../pages/pages.ts';
import { OfficerCodeRefused } from '../officer/officer.ts';
import { OfficerThrottled } from '../sign-in/sign-in.ts';
import type { SignIns } from '../sign-in/sign-in.ts';
import { codeOf } from './form.ts';
import { PortalNothingThere } from './web-error.ts';

/** `__Host-`: of this host alone, over TLS alone (RFC 6265bis section 4.1.3.2). */
export const COOKIE = '__Host-chaperone-officer';
const COOKIE_TERMS = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' } as const;
/** Time enough to make a request, send it and have it answered. */
const SOON_MS = 45 * 86_400_000;
const PAGE_FORM = /^[1-9]\d{0,5}$/;

/** Whom the gate let in; set before a route's own code runs. */
export interface Asked {
  readonly officer: AdmittedOfficer;
  readonly setting: PageSetting;
  readonly isIn: boolean;
  /** Of the officer's facility, and of no other. */
  readonly accounts: FacilityAccounts;
}

export interface RouteParts {
  readonly signIns: SignIns;
  readonly ledger: Pick<Ledger, 'append'>;
  readonly face: LedgerFace;
  readonly clock: Clock;
  readonly askedOf: (request: FastifyRequest) => Asked;
  /** @throws PortalRequestsTooMany */
  readonly passGathering: (officer: AdmittedOfficer) => void;
}

/** Addresses that need no sign-in. */
export const WAY_IN: ReadonlySet<string> = new Set(['/', '/sign-in', STYLE_PATH]);

export function addRoutes(server: FastifyInstance, parts: RouteParts): void {
  const { signIns, ledger, face, clock, askedOf, passGathering } = parts;

  server.get('/', async (request, reply) => {
    const { officer, setting, isIn, accounts } = askedOf(request);
    if (!isIn) return await page(reply, signInPage(setting, officer, null));
    const { page: wanted = '1' } = request.query as { readonly page?: string };
    if (!PAGE_FORM.test(wanted)) throw new PortalNothingThere();
    const at = Number(wanted);
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
    return await page(reply, ledgerPage(setting, officer, face));
  });
  server.get('/ledger/checkpoint.txt', async (_request, reply) => {
    attach(reply, 'checkpoint.txt');
    return await file(reply, 'text/plain', face.checkpoint());
  });
  server.get('/ledger/cart-root.pem', async (_request, reply) => {
    attach(reply, 'cart-root.pem');
    return await file(reply, 'application/x-pem-file', face.cartRootPEM);
  });
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

async function page(reply: FastifyReply, text: string): Promise<FastifyReply> {
  return await file(reply, 'text/html', text);
}

async function file(reply: FastifyReply, type: string, text: string): Promise<FastifyReply> {
  return await reply.type(`${type}; charset=utf-8`).send(text);
}

function attach(reply: FastifyReply, name: string): void {
  void reply.header(
    'content-disposition',
    `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"`,
  );
}
