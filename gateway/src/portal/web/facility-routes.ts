/** Addresses about the whole facility. What is taken away, and what is brought, is in the ledger before it happens. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { POLICY_CHARACTERS_MAX } from '@chaperone/protocol/facility-policy/facility-policy-document.ts';
import { archiveOf, tarOf } from '../archive/archive.ts';
import { CASES_PER_PAGE } from '../contract.ts';
import type { FacilityAccounts, FacilityCase } from '../contract.ts';
import { certificatesPage, heldPage, phiPage, policyPage, sessionsPage } from '../pages/pages.ts';
import { policyOf } from './form.ts';
import { attach, file, page, pageOf } from './reply.ts';
import type { RouteParts } from './route-parts.ts';
import { PortalNothingThere } from './web-error.ts';

/** A policy as a form sends it: as a file or pasted, perhaps both, with the form's own lines and a fingerprint. */
const POLICY_BODY_BYTES_MAX = 2 * POLICY_CHARACTERS_MAX + 8 * 1024;

export function addFacilityRoutes(server: FastifyInstance, parts: RouteParts): void {
  const { ledger, face, clock, phi, askedOf, passGathering } = parts;

  server.get('/sessions', async (request, reply) => {
    const { officer, setting, accounts } = askedOf(request);
    const at = pageOf(request.query);
    return await page(reply, sessionsPage(setting, officer, await accounts.allSessions(at), at));
  });

  server.get('/held', async (request, reply) => {
    const { officer, setting, accounts } = askedOf(request);
    return await page(reply, heldPage(setting, officer, await accounts.held()));
  });

  server.get('/certificates', async (request, reply) => {
    const { officer, setting, accounts } = askedOf(request);
    const certified = await certifiedOf(accounts);
    return await page(reply, certificatesPage(setting, officer, certified));
  });

  server.get('/patient-data', async (request, reply) => {
    const { officer, setting } = askedOf(request);
    return await page(reply, phiPage(setting, officer, phi));
  });

  server.get('/policy', async (request, reply) => {
    const { officer, setting, accounts } = askedOf(request);
    return await page(reply, policyPage(setting, officer, await accounts.policies(), null));
  });

  server.post('/policy', { bodyLimit: POLICY_BODY_BYTES_MAX }, async (request, reply) => {
    const { officer, setting, accounts } = askedOf(request);
    const { jws, fingerprint } = policyOf(request.body);
    const became = await accounts.bringPolicy(jws, officer.id, fingerprint);
    if ('refused' in became) void reply.status(422);
    const told = { ...became, jws };
    return await page(reply, policyPage(setting, officer, await accounts.policies(), told));
  });

  server.get('/policy/:version.jws', async (request, reply) => {
    const { accounts } = askedOf(request);
    const { version } = request.params as { readonly version: string };
    const { brought } = await accounts.policies();
    const found = brought.find((each) => String(each.version) === version);
    if (found === undefined) throw new PortalNothingThere();
    attach(reply, `policy-${found.version}.jws`);
    return await file(reply, 'text/plain', found.jws);
  });

  server.get('/export.tar', async (request, reply): Promise<FastifyReply> => {
    const { officer, accounts } = askedOf(request);
    passGathering(officer);
    await ledger.append({ kind: 'facility-exported', officerId: officer.id });
    const utcMs = clock.utcMs();
    attach(reply, `accounts-${new Date(utcMs).toISOString().slice(0, 10)}.tar`);
    const files = archiveOf(accounts, face, officer.facility, utcMs);
    return await reply.type('application/x-tar').send(Readable.from(tarOf(files, utcMs)));
  });
}

/** Cases whose destruction is certified, over all pages. */
async function certifiedOf(accounts: FacilityAccounts): Promise<readonly FacilityCase[]> {
  const certified: FacilityCase[] = [];
  for (let at = 1; ; at += 1) {
    const { cases } = await accounts.cases(at);
    certified.push(...cases.filter(({ isCertified }) => isCertified));
    if (cases.length < CASES_PER_PAGE) return certified;
  }
}
