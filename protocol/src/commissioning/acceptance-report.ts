/**
 * The acceptance report: that a cart, at its place, reaches its gateway, and how. Signed by the cart's key, then countersigned by the
 * gateway's ledger key when it is reachable. Normative: docs/protocol.md section 3. Decision 0022.
 *
 * The report brings the certificate of the cart's key in `x5c`. A countersignature is a JWS over the SHA-256 of the cart's: it says
 * when the gateway received it, and nothing of its truth. What of a report follows from the rest of it is checked by
 * `acceptance-check.ts`.
 */
import { z } from 'zod';
import { instant, seconds, text as textOf } from './plain-value.ts';
import { validation } from './validation.ts';

export const ACCEPTANCE_TYP = {
  report: 'chaperone-acceptance-report+jwt',
  receipt: 'chaperone-acceptance-receipt+jwt',
} as const;

/** A report of the longest plausible texts has a tenth of it. Characters of the JWS. */
export const REPORT_CHARACTERS_MAX = 256 * 1024;
export const RECEIPT_CHARACTERS_MAX = 4 * 1024;
/** Of what the claims mean, and of the rule for the firewall: another rule is another version. */
export const REPORT_VERSION = 1;
/** A file: report, receipt, roots and key, in JSON. */
export const ACCEPTANCE_FILE_BYTES_MAX = 512 * 1024;

/** A JWS in compact form, as long as a report may be. */
export const reportJWS = z
  .string()
  .max(REPORT_CHARACTERS_MAX)
  .regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/);
const receiptJWS = reportJWS.max(RECEIPT_CHARACTERS_MAX);

const text = textOf();
const port = z.number().int().min(1).max(65_535);

/** One rule that the hospital's firewall needs, as in the printed page. */
export const firewallRule = z.strictObject({
  /** The cart's address, or its subnet when it comes from DHCP. */
  source: text,
  /** An address, or a name where the cart does not look it up itself. */
  destination: text,
  protocol: z.enum(['TCP', 'UDP']),
  port,
  /** There is no other: nothing dials into a cart. */
  direction: z.literal('outbound'),
  purpose: text,
  /** It works without, as this cart stands now: DNS over UDP while TCP is used, for example. */
  isOptional: z.boolean(),
});
export type FirewallRule = z.infer<typeof firewallRule>;

export const reportedGateway = z.strictObject({
  /** A name or an IP address, as it is dialled. */
  host: text,
  port,
  serverName: text,
  /** Where its name led; empty when a proxy looked it up. */
  addresses: z.array(text).max(16),
  /** SHA-256 of the pinned root, hexadecimal. */
  rootFingerprint: z.string().regex(/^[0-9a-f]{64}$/),
});

export const reportedNetwork = z.strictObject({
  interface: text,
  kind: z.enum(['wired', 'wifi']),
  /** Of the adapter. */
  hardwareAddress: text,
  /** `unknown`: nobody saw how it came by its address. */
  method: z.enum(['dhcp', 'static', 'unknown']),
  address: text,
  prefixLength: z.number().int().min(0).max(32),
  router: text.nullable(),
  nameServers: z.array(text).max(8),
  /** How the name was found that the cart has to find, its proxy's or its gateway's; `given`: an address, `local`: its own table. */
  namesBy: z.enum(['given', 'local', 'udp', 'tcp']),
  /** Mbit/s. */
  speed: z.number().int().nullable(),
  ssid: text.nullable(),
  security: z.enum(['none', '802.1X', 'wpa2-personal', 'wpa2-enterprise']),
});

/** Without credentials. `host` and `port` are those of the proxy that was used; null: directly. */
export const reportedProxy = z.strictObject({
  kind: z.enum(['none', 'manual', 'pac']),
  /** Of the PAC file. */
  url: text.nullable(),
  host: text.nullable(),
  port: port.nullable(),
  authentication: z.enum(['none', 'basic', 'digest', 'negotiate']),
});

export const acceptanceReportClaims = z.strictObject({
  version: z.literal(REPORT_VERSION),
  /** The cart's serial. */
  iss: textOf(64),
  jti: z.string().regex(/^acpt-[0-9a-hjkmnp-tv-z]{26}$/),
  iat: seconds,
  demo: z.boolean(),
  /** As `isAccepted` of `domain/src/validation/acceptance.ts` says of the validation. */
  accepted: z.boolean(),
  model: text,
  software: text,
  facility: text,
  /** Whose hands: as the field engineer gave it. */
  acceptedBy: text,
  gateway: reportedGateway,
  network: reportedNetwork,
  proxy: reportedProxy,
  licence: z.strictObject({
    id: text,
    features: z.array(text).max(16),
    validUntilUtcMs: instant.nullable(),
  }),
  certificate: z.strictObject({
    /** Hexadecimal. */
    serial: text,
    notAfterUtcMs: instant,
    /** Dotted OID of the signature's algorithm. */
    signature: text,
  }),
  validation,
  firewall: z.array(firewallRule).max(40),
});
export type AcceptanceReportClaims = z.infer<typeof acceptanceReportClaims>;

export const acceptanceReceiptClaims = z.strictObject({
  /** The gateway's name: the origin of its ledger's key. */
  iss: text,
  report: acceptanceReportClaims.shape.jti,
  /** Serial number of the cart. */
  cart: textOf(64),
  /** SHA-256 of the report's JWS, base64url. */
  sha256: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  receivedUtcMs: instant,
  iat: seconds,
});
export type AcceptanceReceiptClaims = z.infer<typeof acceptanceReceiptClaims>;

/** What is kept, carried and given to `chaperone verify`: one JSON file. */
export const acceptanceFile = z.strictObject({
  kind: z.literal('chaperone-acceptance'),
  version: z.literal(1),
  report: reportJWS,
  /** Null while the gateway has not countersigned. */
  receipt: receiptJWS.nullable(),
  /** PEM: the root under which the cart's certificate is; or all that carts had, and what leads from one to the next. */
  root: z.string().max(128 * 1024),
  /** The ledger's verifier key, one line in C2SP note form. */
  ledgerKey: z.string().max(1024),
});
export type AcceptanceFile = z.infer<typeof acceptanceFile>;
