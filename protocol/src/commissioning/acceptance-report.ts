/**
 * The acceptance report: that a cart, at its place, reaches its gateway, and how. Signed by the cart's key, then countersigned by the
 * gateway's ledger key when it is reachable.
 *
 * A countersignature is a JWS over the SHA-256 of the cart's: it says when the gateway received it, and nothing of its truth.
 */
import { z } from 'zod';
import { validation } from './validation.ts';

export const ACCEPTANCE_TYP = {
  report: 'chaperone-acceptance-report+jwt',
  receipt: 'chaperone-acceptance-receipt+jwt',
} as const;

const text = z.string().max(300);
const instant = z.number().int().min(0);

/** One rule that the hospital's firewall needs, as in the printed page. */
export const firewallRule = z.strictObject({
  /** The cart's address, or its subnet when it comes from DHCP. */
  source: text,
  destination: text,
  protocol: z.enum(['TCP', 'UDP']),
  port: z.number().int().min(1).max(65_535),
  /** There is no other: nothing dials into a cart. */
  direction: z.literal('outbound'),
  purpose: text,
  /** Only while DNS is used, for example. */
  isOptional: z.boolean(),
});
export type FirewallRule = z.infer<typeof firewallRule>;

export const acceptanceReportClaims = z.strictObject({
  /** The cart's serial. */
  iss: z.string().max(64),
  /** `acpt-` and 26 characters. */
  jti: z.string().max(64),
  iat: instant,
  demo: z.boolean(),
  model: text,
  software: text,
  facility: text,
  /** Whose hands: as the field engineer gave it. */
  acceptedBy: text,
  gateway: z.strictObject({
    host: text,
    port: z.number().int(),
    serverName: text,
    /** SHA-256 of the pinned root, hexadecimal. */
    rootFingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  network: z.strictObject({
    interface: text,
    kind: z.enum(['wired', 'wifi']),
    /** Of the adapter. */
    hardwareAddress: text,
    method: z.enum(['dhcp', 'static']),
    address: text,
    prefixLength: z.number().int(),
    router: text.nullable(),
    nameServers: z.array(text).max(8),
    /** Mbit/s. */
    speed: z.number().int().nullable(),
    ssid: text.nullable(),
    security: z.enum(['none', '802.1X', 'wpa2-personal', 'wpa2-enterprise']),
  }),
  proxy: z.strictObject({
    kind: z.enum(['none', 'manual', 'pac']),
    /** `host:port`, or the address of the PAC file; without credentials. */
    address: text.nullable(),
    authentication: z.enum(['none', 'basic', 'digest', 'negotiate']),
  }),
  licence: z.strictObject({
    id: text,
    features: z.array(text).max(16),
    validUntilUtcMs: instant.nullable(),
  }),
  certificate: z.strictObject({
    serial: text,
    notAfterUtcMs: instant,
    /** Dotted OID of the signature's algorithm. */
    signature: text,
  }),
  validation,
  firewall: z.array(firewallRule).max(32),
});
export type AcceptanceReportClaims = z.infer<typeof acceptanceReportClaims>;

export const acceptanceReceiptClaims = z.strictObject({
  /** The gateway's name. */
  iss: text,
  report: z.string().max(64),
  /** SHA-256 of the report's JWS, base64url. */
  sha256: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  receivedUtcMs: instant,
  iat: instant,
});
export type AcceptanceReceiptClaims = z.infer<typeof acceptanceReceiptClaims>;

/** What is kept, carried and given to `chaperone verify`: one JSON file. */
export const acceptanceFile = z.strictObject({
  kind: z.literal('chaperone-acceptance'),
  version: z.literal(1),
  report: z.string().max(256 * 1024),
  /** Null while the gateway has not countersigned. */
  receipt: z
    .string()
    .max(16 * 1024)
    .nullable(),
  /** PEM: the cart's certificate and the cart root. */
  certificate: z.string().max(16 * 1024),
  root: z.string().max(16 * 1024),
  /** The ledger's verifier key, one line in C2SP note form. */
  ledgerKey: z.string().max(1024),
});
export type AcceptanceFile = z.infer<typeof acceptanceFile>;
