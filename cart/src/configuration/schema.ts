/**
 * The form of the cart agent's configuration file; `docs/configuration-cart.md` is printed from it. No field is a secret; what is secret lies in files of the data
 * directory that the agent makes itself.
 */
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import { CHANGE_LIMIT_MS } from '@chaperone/domain/network/network-change.ts';
import { DEFAULT_SESSION_LIMITS } from '@chaperone/domain/session/limits.ts';
import type { SessionLimits } from '@chaperone/domain/session/limits.ts';
import { z } from 'zod';
import { noted } from './configuration-field.ts';

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
  host: noted(host, {
    description: 'Where the edge is dialled.',
    expected: 'a DNS name or an IP address',
  }),
  port: noted(port, { description: 'The TCP port of the edge.' }),
  serverName: noted(dnsName, {
    description: "The name in the SNI and in the gateway's certificate.",
    expected: 'a DNS name',
  }),
  rootFingerprint: noted(
    z
      .string()
      .regex(/^[0-9A-Fa-f: -]{20,128}$/, 'hexadecimal digits, at least the first 20')
      .optional(),
    {
      description:
        "SHA-256 of the cart root's certificate. Only enrolment asks for it, and a network that is looked at before the cart is enrolled.",
      expected: 'hexadecimal digits, at least the first 20',
    },
  ),
});

const isOnPanelsDisplay = noted(z.boolean().default(true), {
  description:
    "Whether the operator's panel is on the same display; if so, input is kept out of it.",
});
const screenSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: noted(z.literal('demo'), {
      description:
        'A built-in RFB server that plays an ultrasound cine: for a machine without a display.',
    }),
  }),
  z.strictObject({
    kind: noted(z.literal('rfb'), { description: 'Any RFB server on this machine.' }),
    address: noted(
      z
        .string()
        .max(300)
        .regex(/^(rfb:\/\/[^/\s]+|unix:\/.+)$/, 'rfb://address:port or unix:/path'),
      {
        description: 'Where it listens.',
        expected: '`rfb://127.0.0.1:5900` or `unix:/path`',
      },
    ),
    allowRemote: noted(z.boolean().default(false), {
      description: 'Allows a server on another machine; its traffic is not encrypted.',
    }),
    panelOnSourceDisplay: isOnPanelsDisplay,
  }),
  z.strictObject({
    kind: noted(z.literal('x11'), {
      description: 'The agent starts `X0tigervnc` on a display of X and stops it again.',
    }),
    display: noted(z.string().regex(/^:\d{1,3}(\.\d{1,2})?$/, 'a display such as ":0"'), {
      description: 'Which display.',
      expected: 'a display such as `:0`',
    }),
    panelOnSourceDisplay: isOnPanelsDisplay,
  }),
]);

const directorySchema = z.strictObject({
  id: noted(
    z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'up to 32 lower-case letters, digits or "-"'),
    {
      description: 'Part of addresses; each is there once.',
      expected: 'up to 32 lower-case letters, digits or `-`',
    },
  ),
  label: noted(text, { description: 'What the technician and the operator read.' }),
  path: noted(absolutePath, {
    description: 'The directory whose files may be fetched.',
    expected: 'an absolute path',
  }),
});

const inboxSchema = z.strictObject({
  path: noted(absolutePath, {
    description: 'The directory for files that are sent to the cart.',
    expected: 'an absolute path',
  }),
  label: noted(text, { description: 'What the technician and the operator read.' }),
  bytesMax: noted(z.number().int().min(1).max(Number.MAX_SAFE_INTEGER), {
    description: 'The largest file that is taken.',
    unit: 'bytes',
  }),
});

const limit = (schema: z.ZodNumber, name: keyof SessionLimits, description: string) =>
  noted(schema.optional(), { description, unit: 'ms', standard: DEFAULT_SESSION_LIMITS[name] });
/** Every limit of `SessionLimits`, each optional. */
const limitsSchema = z.strictObject({
  noticeMs: limit(
    milliseconds,
    'noticeMs',
    'How long the notice stays; after it the answer is no.',
  ),
  dialMs: limit(
    milliseconds,
    'dialMs',
    'How long the cart tries to reach the gateway before it gives up.',
  ),
  waitingMs: limit(
    milliseconds,
    'waitingMs',
    'How long the cart stays connected with nobody granted.',
  ),
  grantMs: limit(milliseconds.max(24 * 60 * 60_000), 'grantMs', 'The longest life of a grant.'),
  leaseMs: limit(
    milliseconds.max(10 * 60_000),
    'leaseMs',
    'How long a granted session survives without its connection.',
  ),
  idleMs: limit(
    milliseconds,
    'idleMs',
    'How long a granted session may pass with no activity at all.',
  ),
  endedMs: limit(
    milliseconds,
    'endedMs',
    'How long the “ended” page stays before the cart is idle again.',
  ),
});

export const configurationSchema = z.strictObject({
  dataDirectory: noted(absolutePath, {
    description:
      'Where the agent keeps its key, certificate and journal; made with mode 0700 if it is not there.',
    expected: 'an absolute path',
  }),
  cart: z.strictObject({
    serial: noted(serial, {
      description: 'As on the plate of the system and on its licence.',
      expected: '1 to 64 letters, digits, `-` or `_`',
    }),
    model: noted(text, { description: 'What the service centre reads.' }),
  }),
  gateway: gatewaySchema,
  serviceCentre: z.strictObject({
    name: noted(text, { description: 'Shown on every page of the panel.' }),
    phone: noted(text, { description: 'Shown on every page of the panel.' }),
    phiPolicyUrl: noted(z.url({ protocol: /^https?$/ }), {
      description: 'Where the policy on patient data is; shown beside the notice.',
      expected: 'an http:// or https:// address',
    }),
  }),
  panel: z
    .strictObject({
      port: noted(z.number().int().min(0).max(65_535).default(0), {
        description: 'The TCP port of the panel, always on 127.0.0.1; 0 takes a free one.',
      }),
    })
    .prefault({}),
  screen: screenSchema,
  directories: noted(z.array(directorySchema).max(32).default([]), {
    description: 'Where files may be fetched from, at most 32; each has the fields below.',
    expected: 'a list of objects',
  }),
  inbox: noted(inboxSchema.nullable().default(null), {
    description: 'Where files that are sent go; null: none are taken.',
    expected: 'an object or null',
  }),
  limits: limitsSchema.prefault({}),
  network: z
    .strictObject({
      changeLimitMs: noted(
        milliseconds
          .min(10_000)
          .max(10 * 60_000)
          .default(CHANGE_LIMIT_MS),
        {
          description:
            'How long a new network profile is tried before the last good one is in force again.',
          unit: 'ms',
        },
      ),
    })
    .prefault({}),
  renewal: noted(z.enum(['by-itself', 'with-session']).default('by-itself'), {
    description:
      'When the cart renews its certificate. `by-itself`: from the last third of its life on, when no session runs, it dials the gateway for one short exchange. `with-session`: only while an operator has it connected.',
  }),
  demo: noted(z.boolean().default(false), {
    description: 'Demo mode: a banner on the panel, and a gateway on loopback only.',
  }),
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
