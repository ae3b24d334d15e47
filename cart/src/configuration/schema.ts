/**
 * The form of the cart agent's configuration file; `docs/configuration-cart.md` is printed from it. No field is a secret; what is secret lies in files of the data
 * directory that the agent makes itself.
 */
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import { DEFAULT_BLOCKED_KEYS } from '@chaperone/domain/key-block/key-block.ts';
import { readCombination } from '@chaperone/domain/key-block/key-name.ts';
import { MASK_MODES } from '@chaperone/domain/mask/mask.ts';
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
/** How the screen is encoded. */
const encoder = z
  .strictObject({
    mode: noted(z.enum(['re-encoder', 'relay']).default('re-encoder'), {
      description:
        'How the screen reaches the technician. `re-encoder`: what stands still goes without loss, what moves as video. `relay`: as the source itself encodes it.',
    }),
    ffmpeg: noted(absolutePath.nullable().default('/usr/bin/ffmpeg'), {
      description:
        'The program that encodes what moves; null or a program that is not there: all of it goes without loss, in fewer frames a second.',
      expected: 'an absolute path or null',
    }),
  })
  .prefault({});
/** What of the screen is covered before it leaves the cart. */
const masks = z
  .strictObject({
    mode: noted(z.enum(MASK_MODES).default('configured'), {
      description:
        'What of the screen is covered before anything of it leaves. `configured`: what the templates name in layouts that they know, and ' +
        'everything in one that they do not; without templates nothing, which the panel says. `strict`: in every layout everything that the ' +
        'templates do not say is clear. `off`: nothing. Covering needs `screen.encoder.mode` `re-encoder`.',
    }),
    templatesFile: noted(absolutePath.nullable().default(null), {
      description:
        'JSON file with mask templates: the layouts of this model, and what is covered in each; `chaperone cart mask` makes and checks it. One ' +
        'that does not know this model covers everything. Keep it where only the system’s administrator can write.',
      expected: 'an absolute path or null',
    }),
    templatesSha256: noted(
      z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits')
        .nullable()
        .default(null),
      {
        description:
          'SHA-256 of that file, as `sha256sum` prints it, taken when somebody looked at it. The agent does not start with another file.',
        expected: '64 lower-case hexadecimal digits',
      },
    ),
  })
  .prefault({});

/** What of the technician's input passes, beside what the operator allows. */
const input = z
  .strictObject({
    blockedKeys: noted(
      z
        .array(
          z
            .string()
            .max(60)
            .refine((keys) => readCombination(keys) !== null, 'no combination of known keys'),
        )
        .max(64)
        .default([...DEFAULT_BLOCKED_KEYS]),
      {
        description:
          'Combinations of keys that never reach the screen, in whatever order they are pressed, left and right alike: `Ctrl`, ' +
          '`Alt`, `Shift`, `Super`, `Delete`, `F4` and others, joined by `+`; and keys of the machine itself: `Power`, `Sleep`, ' +
          '`LockScreen`, `XServer`, `AccessX`, `PointerKeys`, `SysRq`. A list replaces the usual one.',
        expected: 'a list such as `["Ctrl+Alt+Delete", "Super"]`',
      },
    ),
    operatorPauseMs: noted(z.int().min(0).max(60_000).default(3000), {
      description:
        "How long the technician's input waits after the operator has used a mouse, keyboard or touchscreen of the cart; 0: it " +
        'does not. Only with an indicator on a display of X, which sees them.',
      unit: 'ms',
    }),
  })
  .prefault({});

const screenSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: noted(z.literal('demo'), {
      description:
        'A built-in RFB server that plays an ultrasound cine: for a machine without a display.',
    }),
    encoder,
    masks,
    input,
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
    encoder,
    masks,
    input,
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
    encoder,
    masks,
    input,
  }),
]);

const indicatorSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: noted(z.literal('x11'), {
      description:
        'Border and banner above everything else on a display of X: who is in, for how long, "I need this system", Pause and End.',
    }),
    display: noted(z.string().regex(/^:\d{1,3}(\.\d{1,2})?$/, 'a display such as ":0"'), {
      description: 'Which display: the one that the technician is shown.',
      expected: 'a display such as `:0`',
    }),
    xauthority: noted(absolutePath.nullable().default(null), {
      description:
        "The file with the key to the display; null: the one that XAUTHORITY names, or `.Xauthority` of the agent's account.",
      expected: 'an absolute path or null',
    }),
    devices: noted(z.array(text).min(1).max(16).nullable().default(null), {
      description:
        'Names of the input devices whose touch on its buttons counts, as `xinput list` prints them; null: every pointer and ' +
        'touchscreen through which no program injects.',
      expected: 'a list of names or null',
    }),
  }),
  z.strictObject({
    kind: noted(z.literal('none'), {
      description: 'Nothing on the display itself says that somebody is in: only the panel does.',
    }),
    reason: noted(z.string().trim().min(10).max(200), {
      description: 'Why, for the journal and for the operator, who reads it on the panel.',
      expected: '10 to 200 characters',
    }),
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
  namesArePlain: noted(z.boolean().default(false), {
    description:
      'true: names of files and folders in it never tell of patients, such as those of logs. false: where files have to be ' +
      'de-identified before they leave, their names are hidden, too.',
  }),
});

const deidentificationSchema = z
  .strictObject({
    templatesFile: noted(absolutePath.nullable().default(null), {
      description:
        'JSON file with region templates: where this model burns text into its images. Without it no ' +
        'image can be de-identified. Keep it where only the system’s administrator can write.',
      expected: 'an absolute path or null',
    }),
    patientListFile: noted(absolutePath.nullable().default(null), {
      description:
        'Text file that the facility keeps on the cart, such as an export of its worklist: a name or number of a patient to a ' +
        'line, at most 256 KiB. They are taken out of logs. Without it, and before an image of the case was fetched, a log that ' +
        'has to be de-identified is refused.',
      expected: 'an absolute path or null',
    }),
    templatesSha256: noted(
      z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits')
        .nullable()
        .default(null),
      {
        description:
          'SHA-256 of `templatesFile`, as `sha256sum` prints it, taken when somebody looked at it. The agent does not start with another file; a ' +
          'facility’s policy names the files that it allows by it.',
        expected: '64 lower-case hexadecimal digits',
      },
    ),
  })
  .prefault({});

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
    phiPolicyFile: noted(absolutePath.optional(), {
      description:
        'That policy as JSON, sentence by sentence, as the gateway has it; shown on every page of the panel, before anything is connected. Without it only the address is.',
      expected: 'an absolute path',
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
  indicator: noted(indicatorSchema.optional(), {
    description:
      'What on the display itself says that somebody is in. Without it: for `screen.kind` `x11` the same display; for `demo` nothing, ' +
      'since there the panel is the display; for `rfb` it must be given. No session begins unless the display shows it.',
    expected: 'an object',
  }),
  directories: noted(z.array(directorySchema).max(32).default([]), {
    description: 'Where files may be fetched from, at most 32; each has the fields below.',
    expected: 'a list of objects',
  }),
  inbox: noted(inboxSchema.nullable().default(null), {
    description: 'Where files that are sent go; null: none are taken.',
    expected: 'an object or null',
  }),
  deidentification: deidentificationSchema,
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
