/** Test support: a cart's acceptance report on its way to a whole gateway. */
import { once } from 'node:events';
import { Agent, request as httpsRequest } from 'node:https';
import { text as readAll } from 'node:stream/consumers';
import type { AcceptanceReportClaims } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { COMMISSIONING_PATHS } from '@chaperone/protocol/commissioning/service.ts';
import { decodePEM } from '@chaperone/protocol/x509/pem.ts';
import { claimsOf, signReport } from '../../desk/commissioning/testing/sign-report.ts';
import type { ScriptedCartOptions } from '../../desk/tunnel/testing/scripted-cart.ts';

/** Signs a report and sends it over the edge. @returns what was signed */
export async function sendReport(
  cart: ScriptedCartOptions,
  changes: Partial<AcceptanceReportClaims> = {},
): Promise<AcceptanceReportClaims> {
  const [der] = decodePEM('CERTIFICATE', cart.certificate);
  const credentials = {
    serial: cart.serial,
    key: cart.privateKey,
    certificate: der ?? new Uint8Array(),
  };
  const claims = claimsOf(credentials, changes);
  const report = await signReport(credentials, claims);
  const request = httpsRequest({
    host: cart.host,
    port: cart.port,
    servername: cart.serverName,
    ca: cart.root,
    key: String(cart.privateKey.export({ type: 'pkcs8', format: 'pem' })),
    cert: cart.certificate,
    method: 'POST',
    path: COMMISSIONING_PATHS.reports,
    agent: new Agent({ ALPNProtocols: ['http/1.1'] }),
  });
  request.end(JSON.stringify({ report }));
  const [response] = await once(request, 'response');
  const body = await readAll(response);
  if (response.statusCode !== 200) throw new Error(`report: ${response.statusCode} ${body}`);
  return claims;
}
