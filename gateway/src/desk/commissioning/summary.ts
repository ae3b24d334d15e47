/** What a list of carts and a comparison with today need of a report. */
import { VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import { firstFailure } from '@chaperone/domain/validation/acceptance.ts';
import type { AcceptanceReportClaims } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { instant } from '@chaperone/protocol/commissioning/plain-value.ts';
import { z } from 'zod';

export const reportSummary = z.object({
  signedUtcMs: instant,
  validatedUtcMs: instant,
  accepted: z.boolean(),
  failedStep: z.enum(VALIDATION_STEPS).nullable(),
  warnings: z.number(),
  acceptedBy: z.string(),
  facility: z.string(),
  model: z.string(),
  software: z.string(),
  serverName: z.string(),
  /** `host:port`, as it is dialled. */
  gateway: z.string(),
  rootFingerprint: z.string(),
  signature: z.string(),
  method: z.enum(['dhcp', 'static', 'unknown']),
  address: z.string(),
  /** `host:port`, or null. */
  proxy: z.string().nullable(),
  /** Not in a summary of an earlier version. */
  ssid: z.string().nullable().optional(),
  security: z.string().optional(),
  nameServers: z.array(z.string()).optional(),
  licenceId: z.string(),
  features: z.array(z.string()),
  validUntilUtcMs: instant.nullable(),
});
export type ReportSummary = z.infer<typeof reportSummary>;

export function summaryOf(claims: AcceptanceReportClaims): ReportSummary {
  const { gateway, network, proxy, licence, certificate, validation } = claims;
  return {
    signedUtcMs: claims.iat * 1000,
    validatedUtcMs: validation.endedUtcMs,
    accepted: claims.accepted,
    failedStep: firstFailure(validation.steps),
    warnings: validation.steps.filter(({ result }) => result === 'warned').length,
    acceptedBy: claims.acceptedBy,
    facility: claims.facility,
    model: claims.model,
    software: claims.software,
    serverName: gateway.serverName,
    gateway: `${gateway.host}:${gateway.port}`,
    rootFingerprint: gateway.rootFingerprint,
    signature: certificate.signature,
    method: network.method,
    address: `${network.address}/${network.prefixLength}`,
    proxy: proxy.host === null ? null : `${proxy.host}:${proxy.port}`,
    ssid: network.ssid,
    security: network.security,
    nameServers: [...network.nameServers],
    licenceId: licence.id,
    features: [...licence.features],
    validUntilUtcMs: licence.validUntilUtcMs,
  };
}
