/** Routes of de-identification: asked for a record, and what came of those of a case. */
import { reportText } from '@chaperone/deidentification/report-text.ts';
import { parseId } from '@chaperone/domain/id/id.ts';
import { plain } from '@chaperone/protocol/console-api/plain-text.ts';
import { deidentificationList, recordSummary } from '@chaperone/protocol/console-api/schema.ts';
import { z } from 'zod';
import { caseParams as params } from './console-server.ts';
import type { ConsoleServer } from './console-server.ts';
import { recordOf } from './describe-case.ts';
import type { DeskFeatures } from './desk-features.ts';
import { callerOf, caseOf } from './guard.ts';

export function deidentificationRoutes(
  server: ConsoleServer,
  { deidentifications }: DeskFeatures,
): void {
  server.get(
    '/api/cases/:case/deidentification',
    { schema: { params, response: { 200: deidentificationList } } },
    async (request) => {
      const { id, state } = caseOf(request);
      const outcomes = state === 'open' ? await deidentifications.outcomes(id) : [];
      return {
        rule: await deidentifications.ruleOf(id),
        outcomes: outcomes.map(({ report, ...outcome }) => ({
          ...outcome,
          report: report && {
            ...report,
            methods: [...report.methods],
            changes: [...report.changes],
            pixels: report.pixels && { ...report.pixels, blanked: [...report.pixels.blanked] },
          },
          text: report && reportText(report),
        })),
      };
    },
  );

  server.post(
    '/api/cases/:case/records/:record/deidentification',
    {
      schema: {
        params: params.extend({ record: plain(z.string().max(64)) }),
        response: { 200: recordSummary },
      },
    },
    async (request) => {
      const recordId = parseId('record', request.params.record);
      const by = callerOf(request).id;
      return recordOf(await deidentifications.deidentify(caseOf(request), recordId, by));
    },
  );
}
