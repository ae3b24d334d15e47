/** Routes of carts, cases, and what is known of a case. */
import { CASE_STATES } from '@chaperone/domain/service-case/service-case.ts';
import {
  cartList,
  caseDetail,
  caseList,
  designation,
  destructionCertificate,
  newCase,
  newNote,
  resolution,
  timeline,
} from '@chaperone/protocol/console-api/schema.ts';
import { destructionCertificateClaims } from '@chaperone/protocol/signed/claims.ts';
import { decodeJwt } from 'jose';
import { z } from 'zod';
import { gatherEvidence } from '../evidence/evidence.ts';
import {
  CartUnknown,
  CertificateNotIssued,
  TechnicianUnknown,
} from '../service-case/service-case.ts';
import type { StoredCase } from '../service-case/service-case.ts';
import type { Caller } from '../sign-in/sign-in.ts';
import { tellTimeline } from '../timeline/timeline.ts';
import { NotAllowed } from './console-error.ts';
import { caseParams } from './console-server.ts';
import type { ConsoleServer } from './console-server.ts';
import { detailOf, mayBeDesignated, summaryOf } from './describe-case.ts';
import type { DeskFeatures } from './desk-features.ts';
import { callerOf, caseOf, mayKnow } from './guard.ts';

const params = caseParams;
const detail = { response: { 200: caseDetail } } as const;

export function caseRoutes(server: ConsoleServer, features: DeskFeatures): void {
  const { cases, carts, sessions, signIn, transfers, context } = features;

  server.get('/api/carts', { schema: { response: { 200: cartList } } }, async (request) => {
    const caller = callerOf(request);
    const open = await cases.list('open');
    const known = await carts.list();
    const facilities = await features.caseFacilities.known();
    return {
      facilities: [...facilities.names],
      carts: known.map(({ serial, model, online, seenUtcMs }) => {
        const found = open.find((each) => each.cart === serial);
        const shown = found !== undefined && mayKnow(caller, found) ? found : null;
        return {
          serial,
          model,
          online,
          facility: facilities.ofCarts.get(serial) ?? null,
          openCase: shown === null ? null : { id: shown.id as string, number: shown.number },
          lastSeenUtcMs: seenUtcMs,
        };
      }),
    };
  });

  server.get(
    '/api/cases',
    {
      schema: {
        querystring: z.object({ state: z.enum(CASE_STATES).optional() }),
        response: { 200: caseList },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const found = await cases.list(request.query.state ?? null);
      const known = found.filter((each) => mayKnow(caller, each));
      return {
        cases: await Promise.all(known.map(async (each) => await summaryOf(features, each))),
      };
    },
  );

  server.post('/api/cases', { schema: { body: newCase, ...detail } }, async (request) => {
    if (!(await carts.isKnown(request.body.cart))) {
      throw new CartUnknown('No cart with this serial number is licensed here.');
    }
    const { id: by, roles } = callerOf(request);
    const designates = cases.designatedBy === 'lead-or-opener' || roles.includes('lead');
    const designatesOpener = designates && roles.includes('technician');
    const { deidentification = features.newCaseRule, facility: asked, ...said } = request.body;
    const facility = await features.caseFacilities.ofNewCase(said.cart, asked);
    const terms = { ...said, facility, deidentification };
    const opened = await cases.open({ ...terms, by, designatesOpener });
    return await detailOf(features, opened, callerOf(request));
  });

  server.get('/api/cases/:case', { schema: { params, ...detail } }, async (request) => {
    return await detailOf(features, caseOf(request), callerOf(request));
  });

  server.post(
    '/api/cases/:case/designations',
    { schema: { params, body: designation, ...detail } },
    async (request) => {
      const { id } = caseOf(request);
      const account = await signIn.accounts.byId(request.body.technician);
      if (account === null || !mayBeDesignated(account))
        throw new TechnicianUnknown('There is no such technician.');
      await cases.designate(id, account.id, callerOf(request).id);
      return await detailOf(features, await cases.get(id), callerOf(request));
    },
  );

  server.post(
    '/api/cases/:case/notes',
    { schema: { params, body: newNote, ...detail } },
    async (request) => {
      const { id } = caseOf(request);
      await cases.addNote(id, request.body.text, callerOf(request).id);
      return await detailOf(features, await cases.get(id), callerOf(request));
    },
  );

  server.post(
    '/api/cases/:case/resolve',
    { schema: { params, body: resolution, ...detail } },
    async (request) => {
      const found = caseOf(request);
      const caller = callerOf(request);
      const role = roleFor(caller, found);
      if (role === null) throw new NotAllowed();
      const by = { id: caller.id, name: caller.name, role };
      if (!sessions.inSession(found.id)) await transfers.settled(found.id);
      const resolved = await cases.resolve(found.id, request.body.confirmNumber, by, sessions);
      return await detailOf(features, resolved, callerOf(request));
    },
  );

  server.get(
    '/api/cases/:case/certificate',
    { schema: { params, response: { 200: destructionCertificate } } },
    async (request) => {
      const { state, certificate } = caseOf(request);
      if (state !== 'resolved' || certificate === null) {
        throw new CertificateNotIssued('The case is not resolved yet.');
      }
      return {
        claims: destructionCertificateClaims.parse(decodeJwt(certificate)),
        jws: certificate,
      };
    },
  );

  server.get(
    '/api/cases/:case/timeline',
    { schema: { params, response: { 200: timeline } } },
    async (request) => {
      await context.ledger.settle();
      const lines = await context.ledger.entriesOf(caseOf(request).id);
      return { entries: [...tellTimeline(lines, (id) => features.nameOf(id as Caller['id']))] };
    },
  );

  server.get('/api/cases/:case/evidence', { schema: { params } }, async (request, reply) => {
    const found = caseOf(request);
    const { id: by, workstation: workstationId } = callerOf(request);
    const about = { by, workstationId, caseId: found.id };
    // Before it is gathered: so the bundle says itself who took it.
    await context.ledger.append({ kind: 'evidence-exported', ...about });
    const bundle = await gatherEvidence(context, features.evidence, found);
    const name = `chaperone-evidence-${found.number}.json`;
    void reply
      .header('content-disposition', `attachment; filename="${name}"`)
      .type('application/json');
    return JSON.stringify(bundle);
  });

  server.get('/api/ledger/checkpoint', async (_request, reply) => {
    void reply.type('text/plain; charset=utf-8');
    return context.ledger.checkpoint();
  });
}

/** In which role somebody may decide to resolve a case, or null. */
function roleFor(caller: Caller, found: StoredCase): string | null {
  if (caller.roles.includes('lead')) return 'lead';
  return found.designated.includes(caller.id) ? 'technician' : null;
}
