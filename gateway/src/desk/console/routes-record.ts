/** Routes of records: what each is, looking at one here, and taking one out. */
import { parseId } from '@chaperone/domain/id/id.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { assertReleased } from '@chaperone/domain/quarantine/quarantine.ts';
import { DELETION_STATEMENTS } from '@chaperone/domain/record-export/record-export.ts';
import { plain } from '@chaperone/protocol/console-api/plain-text.ts';
import {
  exportList,
  newAttestation,
  newExport,
  newExportPermission,
  recordExport,
  recordKinds,
} from '@chaperone/protocol/console-api/records.ts';
import { z } from 'zod';
import type { ToldExport } from '../export/export.ts';
import { ViewedElsewhere } from '../record-view/record-view.ts';
import { TechnicianUnknown } from '../service-case/service-case.ts';
import type { StoredCase } from '../service-case/service-case.ts';
import type { Caller } from '../sign-in/sign-in.ts';
import { caseParams } from './console-server.ts';
import type { ConsoleServer } from './console-server.ts';
import { mayBeDesignated } from './describe-case.ts';
import type { DeskFeatures } from './desk-features.ts';
import { callerOf, caseOf } from './guard.ts';
import { sendContent } from './send-content.ts';

const id = plain(z.string().max(64));
const params = caseParams;
const ofRecord = params.extend({ record: id });
const ofExport = params.extend({ export: id });

/** How a part of the console asks for bytes; a navigation, a frame or an object would show or save them (Fetch Metadata). */
const LOOKED_AT_BY = new Set(['empty', 'image', 'video', 'audio']);
/** Only a video is played by the browser itself, and needs its type; everything else is read as bytes. */
const PLAYED: Readonly<Record<string, string>> = { mp4: 'video/mp4', webm: 'video/webm' };
const BYTES = 'application/octet-stream';

export function recordRoutes(server: ConsoleServer, features: DeskFeatures): void {
  viewRoutes(server, features);
  exportRoutes(server, features);
  permissionRoutes(server, features);
}

function viewRoutes(server: ConsoleServer, { context, cases, recordViews }: DeskFeatures): void {
  const { vault } = context;

  server.get(
    '/api/cases/:case/record-kinds',
    { schema: { params, response: { 200: recordKinds } } },
    async (request) => {
      const { id: caseId, state } = caseOf(request);
      const kinds: z.infer<typeof recordKinds>['kinds'] = [];
      const records = state === 'open' ? await vault.records(caseId) : [];
      for (const { id: record } of records) {
        const nature = await recordViews.natureOf(caseId, record).catch(unlessRefused);
        if (nature !== null) kinds.push({ record, ...nature });
      }
      return { kinds };
    },
  );

  server.get(
    '/api/cases/:case/records/:record/content',
    { schema: { params: ofRecord } },
    async (request, reply) => {
      const { id: caseId } = caseOf(request);
      const dest = request.headers['sec-fetch-dest'];
      if (typeof dest !== 'string' || !LOOKED_AT_BY.has(dest))
        throw new ViewedElsewhere('Records are looked at inside the console: open it on its page.');
      const recordId = parseId('record', request.params.record);
      // What may not be read is refused before it is written down as looked at.
      assertReleased((await vault.record(caseId, recordId)).quarantine);
      const { format } = await recordViews.natureOf(caseId, recordId);
      await recordViews.begin(cases, caseId, recordId, callerOf(request));
      const { range } = request.headers;
      const type = PLAYED[format] ?? BYTES;
      return await sendContent(vault, reply, { caseId, recordId, range, type, savedAs: null });
    },
  );
}

function exportRoutes(server: ConsoleServer, features: DeskFeatures): void {
  const { context, cases, deidentifications, recordExports } = features;

  server.get(
    '/api/cases/:case/exports',
    { schema: { params, response: { 200: exportList } } },
    async (request) => await listOf(features, caseOf(request), callerOf(request)),
  );

  server.post(
    '/api/cases/:case/exports',
    { schema: { params, body: newExport, response: { 200: recordExport } } },
    async (request) => {
      const { id: caseId } = caseOf(request);
      const { record, reason } = request.body;
      const asked = { caseId, recordId: parseId('record', record), reason };
      await deidentifications.assertMayLeave(caseId, asked.recordId);
      const begun = await recordExports.begin(cases, asked, callerOf(request));
      return tell(features, { ...begun, reason, attestationReason: null, statement: null });
    },
  );

  server.get(
    '/api/cases/:case/exports/:export/content',
    { schema: { params: ofExport } },
    async (request, reply) => {
      const { id: caseId } = caseOf(request);
      const taken = await recordExports.take(caseId, request.params.export, callerOf(request));
      const { recordId } = taken;
      // The case's rule may have become stricter since.
      await deidentifications.assertMayLeave(caseId, recordId);
      const { name: savedAs } = await context.vault.record(caseId, recordId);
      const { range } = request.headers;
      const asked = { caseId, recordId, range, type: BYTES, savedAs };
      return await sendContent(context.vault, reply, asked);
    },
  );

  server.post(
    '/api/cases/:case/exports/:export/attestation',
    { schema: { params: ofExport, body: newAttestation, response: { 200: exportList } } },
    async (request) => {
      const found = caseOf(request);
      const asked = {
        caseId: found.id,
        exportId: request.params.export,
        reason: request.body.reason,
      };
      await recordExports.attest(cases, asked, callerOf(request));
      return await listOf(features, found, callerOf(request));
    },
  );
}

function permissionRoutes(server: ConsoleServer, features: DeskFeatures): void {
  const { cases, events, recordExports, signIn } = features;
  const list = { response: { 200: exportList } } as const;

  server.post(
    '/api/cases/:case/export-permissions',
    { schema: { params, body: newExportPermission, ...list } },
    async (request) => {
      const found = caseOf(request);
      const account = await signIn.accounts.byId(request.body.technician);
      const isThere = account !== null && mayBeDesignated(account);
      if (!isThere || !found.designated.includes(account.id))
        throw new TechnicianUnknown('Only who is designated for this case can be permitted.');
      await recordExports.permit(cases, found.id, account.id, callerOf(request));
      return await listOf(features, found, callerOf(request));
    },
  );

  server.post(
    '/api/cases/:case/export-permissions/:technician/withdraw',
    { schema: { params: params.extend({ technician: id }), ...list } },
    async (request) => {
      const found = caseOf(request);
      const technician = parseId('technician', request.params.technician);
      await recordExports.withdraw(found.id, technician, callerOf(request));
      events.caseChanged(found.id);
      return await listOf(features, found, callerOf(request));
    },
  );
}

async function listOf(
  features: DeskFeatures,
  { id: caseId, designated, state }: StoredCase,
  caller: Caller,
): Promise<z.infer<typeof exportList>> {
  const { recordExports } = features;
  const permissions = await recordExports.permissions(caseId);
  const isOpen = state === 'open';
  const isPermitted = permissions.some(({ technicianId }) => technicianId === caller.id);
  const worksHere = caller.roles.includes('technician') && designated.includes(caller.id);
  return {
    exports: (await recordExports.list(caseId)).map((each) => tell(features, each)),
    permissions: permissions.map(({ technicianId, permittedBy, permittedUtcMs }) => ({
      technician: personOf(features, technicianId),
      by: personOf(features, permittedBy),
      permittedUtcMs,
    })),
    mayExport: isOpen && isPermitted && worksHere,
    mayPermit: isOpen && caller.roles.includes('lead'),
    statements: { own: DELETION_STATEMENTS[1], placed: DELETION_STATEMENTS[2] },
  };
}

function tell(features: DeskFeatures, found: ToldExport): z.infer<typeof recordExport> {
  const { attestation, attestationReason, statement } = found;
  return {
    id: found.id,
    record: found.recordId,
    by: personOf(features, found.by),
    exportedUtcMs: found.exportedUtcMs,
    reason: found.reason,
    attestation:
      attestation === null || statement === null
        ? null
        : {
            by: personOf(features, attestation.by),
            atUtcMs: attestation.atUtcMs,
            statement,
            reason: attestationReason,
          },
  };
}

function personOf(
  { nameOf }: Pick<DeskFeatures, 'nameOf'>,
  technician: Caller['id'],
): { readonly id: string; readonly name: string } {
  return { id: technician, name: nameOf(technician) ?? technician };
}

/** What cannot be read has no kind; why is told where it is opened. */
function unlessRefused(fault: unknown): null {
  if (fault instanceof DomainError) return null;
  throw fault;
}
