/**
 * The form of the cart agent's configuration file. No field is a secret; what is secret lies in files of the data
 * directory that the agent makes itself.
 */
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import { CHANGE_LIMIT_MS } from '@chaperone/domain/network/network-change.ts';
import { z } from 'zod';

/** A DNS name: SNI carries no addresses (RFC 6066 section 3), and the server's certificate must name it. */
const dnsName = z
  .string()
  .max(253)
  .regex(
    /^(?=.*[A-Za-z])([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/,
    'a DNS name',
  );
const host = z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/, 'a DNS name or an IP address');
const port = z.number().int().min(1).max(65_535);
const absolutePath = z
  .string()
  .max(4096)
  .regex(/^\/[^\u0000]*$/, 'an absolute path');
const text = z.string().min(1).max(200);
const milliseconds = z.number().int().min(1);

const serial = z
  .string()
  .refine((value) => isSerial(value), '1 to 64 letters, digits, "-" or "_"')
  .transform((value) => value as CartSerial);

export const gatewaySchema = z.strictObject({
  /** Where the edge is dialled. */
  host,
  port,
  /** The name in the SNI and in the gateway's certificate. */
  serverName: dnsName,
  /** SHA-256 of the cart root's certificate (hexadecimal, 20 digits or more); only enrolment asks for it. */
  rootFingerprint: z
    .string()
    .regex(/^[0-9A-Fa-f: -]{20,128}$/, 'hexadecimal digits, at least the first 20')
    .optional(),
});

const screenSchema = z.discriminatedUnion('kind', [
  /** A built-in RFB server that plays an ultrasound cine: for a machine without a display. */
  z.strictObject({ kind: z.literal('demo') }),
  /** Any RFB server on this machine: `rfb://127.0.0.1:5900` or `unix:/path`. */
  z.strictObject({
    kind: z.literal('rfb'),
    address: z
      .string()
      .max(300)
      .regex(/^(rfb:\/\/[^/\s]+|unix:\/.+)$/, 'rfb://address:port or unix:/path'),
    /** Allows a server on another machine; its traffic is not encrypted. Default false. */
    allowRemote: z.boolean().default(false),
    /** Whether the operator's panel is on the same display; if so, input is kept out of it. Default true. */
    panelOnSourceDisplay: z.boolean().default(true),
  }),
  /** The agent starts `X0tigervnc` on this display and stops it again. */
  z.strictObject({
    kind: z.literal('x11'),
    display: z.string().regex(/^:\d{1,3}(\.\d{1,2})?$/, 'a display such as ":0"'),
    panelOnSourceDisplay: z.boolean().default(true),
  }),
]);

const directorySchema = z.strictObject({
  /** Part of URLs: a short name of lower-case letters, digits and hyphens. */
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'up to 32 lower-case letters, digits or "-"'),
  label: text,
  path: absolutePath,
});

const inboxSchema = z.strictObject({
  path: absolutePath,
  label: text,
  /** The largest file that is taken, in bytes. */
  bytesMax: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
});

/** Every limit of `SessionLimits`, each optional; milliseconds. */
const limitsSchema = z.strictObject({
  noticeMs: milliseconds.optional(),
  dialMs: milliseconds.optional(),
  waitingMs: milliseconds.optional(),
  grantMs: milliseconds.max(24 * 60 * 60_000).optional(),
  leaseMs: milliseconds.max(10 * 60_000).optional(),
  idleMs: milliseconds.optional(),
  endedMs: milliseconds.optional(),
});

export const configurationSchema = z.strictObject({
  /** Where the agent keeps its key, certificate and journal; made with mode 0700 if it is not there. */
  dataDirectory: absolutePath,
  cart: z.strictObject({ serial, model: text }),
  gateway: gatewaySchema,
  /** Shown on every page of the panel. */
  serviceCentre: z.strictObject({
    name: text,
    phone: text,
    phiPolicyUrl: z.url({ protocol: /^https?$/ }),
  }),
  /** The panel always listens on 127.0.0.1. Port 0 takes any free one. */
  panel: z.strictObject({ port: z.number().int().min(0).max(65_535).default(0) }).prefault({}),
  screen: screenSchema,
  directories: z.array(directorySchema).max(32).default([]),
  inbox: inboxSchema.nullable().default(null),
  limits: limitsSchema.prefault({}),
  network: z
    .strictObject({
      /** How long a new network profile is tried before the last good one is in force again; milliseconds. Default a minute. */
      changeLimitMs: milliseconds
        .min(10_000)
        .max(10 * 60_000)
        .default(CHANGE_LIMIT_MS),
    })
    .prefault({}),
  /**
   * When the cart renews its certificate. `by-itself`: from the last third of its life on, when no session runs, it dials the
   * gateway for one short exchange, and once a day for later terms while its licence ends soon, is over or not yet in force.
   * `with-session`: for both only while an operator has it connected.
   */
  renewal: z.enum(['by-itself', 'with-session']).default('by-itself'),
  /** Demo mode: a banner on the panel, and a gateway on loopback only. */
  demo: z.boolean().default(false),
});

export type CartConfiguration = z.infer<typeof configurationSchema>;
export type ScreenConfiguration = CartConfiguration['screen'];
export type GatewayAddress = CartConfiguration['gateway'];

function isSerial(value: string): boolean {
  try {
    parseCartSerial(value);
    return true;
  } catch {
    return false;
  }
}
