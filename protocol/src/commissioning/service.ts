/**
 * What a cart may ask of its gateway outside a session, on the enrolment road (TLS 1.3, ALPN `http/1.1`, the cart's certificate).
 * Normative: docs/protocol.md section 3.
 *
 * | request | | answer |
 * |---|---|---|
 * | `GET  /commissioning/v1/status` | | `gatewayStatus` |
 * | `GET  /commissioning/v1/idle?seconds=N` | N ≤ IDLE_SECONDS_MAX | `keptIdle`: so long this connection may be unused from now on |
 * | `POST /commissioning/v1/echo` | 1 to ECHO_BYTES_MAX bytes | the same bytes |
 * | `GET  /commissioning/v1/bytes?count=N` | N ≤ BYTES_MAX | N bytes that do not compress |
 * | `POST /commissioning/v1/bytes` | at most BYTES_MAX | `receivedBytes` |
 * | `POST /commissioning/v1/reports` | `newReport` | `reportReceived`, a countersignature; the same again for the same report |
 *
 * A measurement has MEASUREMENT_MS: an upload is answered then with what has come, and a download ends. Whoever asks too much is
 * told 429 with `Retry-After`. Refusals are problem documents (RFC 9457). Nothing here touches a case, a session or a consent.
 */
import { z } from 'zod';
import { RECEIPT_CHARACTERS_MAX, reportJWS } from './acceptance-report.ts';
import { instant, text } from './plain-value.ts';

export const COMMISSIONING_PREFIX = '/commissioning/v1';
export const COMMISSIONING_PATHS = {
  status: `${COMMISSIONING_PREFIX}/status`,
  idle: `${COMMISSIONING_PREFIX}/idle`,
  echo: `${COMMISSIONING_PREFIX}/echo`,
  bytes: `${COMMISSIONING_PREFIX}/bytes`,
  reports: `${COMMISSIONING_PREFIX}/reports`,
} as const;

export const ECHO_BYTES_MAX = 1024;
/** Enough for two seconds at 1 Gb/s of one measurement each way. */
export const BYTES_MAX = 256 * 1024 * 1024;
/** A measurement takes two seconds; a slow road has some more. */
export const MEASUREMENT_MS = 10_000;
export const IDLE_SECONDS_MAX = 3600;

export const gatewayStatus = z.strictObject({
  /** The gateway's clock. */
  utcMs: instant,
  software: text(100),
  /** As the certificate that was shown says. */
  serial: text(64),
  facility: text(200).nullable(),
  /** The one by which the certificate that was shown came about. */
  licence: z.strictObject({
    id: text(64),
    state: z.enum(['redeemed', 'expired', 'retired']),
    features: z.array(text(64)).max(16),
    validUntilUtcMs: instant.nullable(),
  }),
});
export type GatewayStatus = z.infer<typeof gatewayStatus>;

export const keptIdle = z.strictObject({ seconds: z.number().int().min(1).max(IDLE_SECONDS_MAX) });
export const receivedBytes = z.strictObject({ bytes: z.number().int().min(0).max(BYTES_MAX) });

export const newReport = z.strictObject({ report: reportJWS });
export const reportReceived = z.strictObject({ receipt: z.string().max(RECEIPT_CHARACTERS_MAX) });
