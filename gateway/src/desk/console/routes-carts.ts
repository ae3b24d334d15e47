/** Routes of the Carts page: the list, and the acceptance reports of one cart. */
import { pageOf, pageQuery } from '@chaperone/protocol/console-api/administration.ts';
import {
  CART_CHOICES,
  CART_ORDERS,
  cartReportList,
  commissionedCart,
} from '@chaperone/protocol/console-api/carts.ts';
import { plain } from '@chaperone/protocol/console-api/plain-text.ts';
import { REPORT_PAGE_POLICY, reportPage } from '@chaperone/protocol/commissioning/report-page.ts';
import { z } from 'zod';
import type { ConsoleServer } from './console-server.ts';
import type { DeskFeatures } from './desk-features.ts';

const id = plain(z.string().max(64));
const querystring = pageQuery.extend({
  only: z.enum(CART_CHOICES).default('all'),
  sort: z.enum(CART_ORDERS).default('serial'),
});
const oneCart = z.object({ serial: id });
const oneReport = z.object({ serial: id, report: id });

export function cartRoutes(
  server: ConsoleServer,
  { cartList, acceptanceReports }: DeskFeatures,
): void {
  server.get(
    '/api/admin/carts',
    { schema: { querystring, response: { 200: pageOf(commissionedCart) } } },
    async ({ query }) => await cartList.page(query),
  );

  server.get(
    '/api/admin/carts/:serial/reports',
    { schema: { params: oneCart, response: { 200: cartReportList } } },
    async ({ params }) => await cartList.reports(params.serial),
  );

  server.get(
    '/api/admin/carts/:serial/reports/:report/file',
    { schema: { params: oneReport } },
    async ({ params: { serial, report } }, reply) => {
      const file = await acceptanceReports.file(serial, report);
      void reply
        .header('content-disposition', `attachment; filename="${report}.json"`)
        .type('application/json');
      return JSON.stringify(file, null, 2);
    },
  );

  server.get(
    '/api/admin/carts/:serial/reports/:report/page',
    { schema: { params: oneReport } },
    async ({ params: { serial, report } }, reply) => {
      const { claims, receivedUtcMs } = await acceptanceReports.claims(serial, report);
      const { report: jws } = await acceptanceReports.file(serial, report);
      void reply
        .header('content-security-policy', REPORT_PAGE_POLICY)
        .type('text/html; charset=utf-8');
      return reportPage({ claims, jws, receivedUtcMs });
    },
  );
}
