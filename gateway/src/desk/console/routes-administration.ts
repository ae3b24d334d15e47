/** Routes of the administration's lists, and of what the desk says of itself. */
import {
  account,
  deskState,
  licence,
  pageOf,
  pageQuery,
  roleTable,
  signInItem,
  workstationPage,
} from '@chaperone/protocol/console-api/administration.ts';
import type { ConsoleServer } from './console-server.ts';
import type { DeskFeatures } from './desk-features.ts';
import { callerOf } from './guard.ts';

export function administrationRoutes(server: ConsoleServer, features: DeskFeatures): void {
  const { administration: lists, deskState: state } = features;
  const querystring = pageQuery;

  server.get('/api/desk', { schema: { response: { 200: deskState } } }, async (request) => {
    const told = state();
    // How to get into a machine that is behind is nobody's business but of those who mend it.
    const { roles } = callerOf(request);
    if (roles.includes('administrator')) return told;
    const siem = roles.includes('auditor') ? told.siem : null;
    return { ...told, gatewayPosture: [], siem };
  });

  server.get(
    '/api/admin/accounts',
    { schema: { querystring, response: { 200: pageOf(account) } } },
    async ({ query }) => await lists.accounts(query),
  );

  server.get('/api/admin/roles', { schema: { response: { 200: roleTable } } }, async () =>
    lists.roles(),
  );

  server.get(
    '/api/admin/workstations',
    { schema: { querystring, response: { 200: workstationPage } } },
    async ({ query }) => await lists.workstations(query),
  );

  server.get(
    '/api/admin/licences',
    { schema: { querystring, response: { 200: pageOf(licence) } } },
    async (request) => {
      // A field engineer licenses carts; which workstations there are is the administrators' affair.
      const isAdministrator = callerOf(request).roles.includes('administrator');
      const subjects = isAdministrator ? (['cart', 'workstation'] as const) : (['cart'] as const);
      return await lists.licences(request.query, subjects);
    },
  );

  server.get(
    '/api/admin/sign-ins',
    { schema: { querystring, response: { 200: pageOf(signInItem) } } },
    async (request) => await lists.signIns(request.query, callerOf(request).tokenHash),
  );
}
