/**
 * The gateway's configuration: every field with its meaning, unit, default and secrecy, in one place.
 *
 * `docs/configuration.md` is printed from here. Secrets are never in the file: a field names the file that
 * holds one. What fields mean together (the demo rules) is in `demo-rule.ts`.
 */
import { z } from 'zod';
import { workstations } from './section-workstations.ts';
import { HOST_EXPECTED, host, isHost, line, listen, noted, path } from './configuration-field.ts';
import { antivirus } from './section-antivirus.ts';
import { authorityKeys } from './section-authority-keys.ts';
import { openIDConnect } from './section-openid-connect.ts';
import { cases } from './section-cases.ts';
import { posture } from './section-posture.ts';
import { deidentification } from './section-deidentification.ts';
import { recording } from './section-recording.ts';
import { portal } from './section-portal.ts';
import { vault } from './section-vault.ts';
import { siem } from './section-siem.ts';
import { standby } from './section-standby.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

const LDAPS_PORT = 636;

/** Takes a controller apart, `name`, `name:port`, `address` or `[address]:port`; null when it is none. */
export function controllerOf(
  text: string,
): { readonly host: string; readonly port: number } | null {
  if (isHost(text)) return { host: text, port: LDAPS_PORT };
  const [, bracketed, plain = '', digits = ''] =
    /^(?:\[([0-9a-f:.]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const where = bracketed ?? plain;
  const at = Number(digits);
  return isHost(where) && at >= 1 && at <= 65_535 ? { host: where, port: at } : null;
}

const DATABASE_URL = /^postgresql:\/\//;
const database = z
  .strictObject({
    url: noted(
      z
        .string()
        .refine((text) => text === 'sqlite' || DATABASE_URL.test(text), {
          error: 'expected "sqlite" or postgresql://name@host:port/database',
        })
        .default('sqlite'),
      {
        description:
          '`sqlite` keeps the database inside the data directory; `postgresql://name@host:port/database` ' +
          '(without the password) uses a PostgreSQL server.',
      },
    ),
    passwordFile: noted(path.optional(), {
      description: "File with the PostgreSQL account's password, mode 0600.",
      secretFile: true,
    }),
    authoritiesFile: noted(path.optional(), {
      description:
        "PEM file of the authorities that PostgreSQL's certificate is checked against; needed when it is on another machine.",
    }),
  })
  .prefault({});

/** A controller as it stands in the file: a host, and a port if it is not 636. */
const controller = z
  .string()
  .max(260)
  .refine((text) => controllerOf(text) !== null, `expected ${HOST_EXPECTED}, and perhaps :port`);
const distinguishedName = line(2_048).regex(
  /^(?:CN|OU|DC)=.+,DC=.+$/i,
  'expected a distinguished name like CN=Service,OU=Groups,DC=corp,DC=example',
);
const groups = z.array(distinguishedName).max(64);

/** One member per kind of directory; what a kind needs stands beside its `kind`. */
const directory = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: noted(z.literal('demo'), {
      description: '`demo`: people and passwords from a file. Only with `demo: true`.',
    }),
    peopleFile: noted(path.optional(), {
      description:
        'JSON file with the people; without it, made-up people, at least one of each role.',
    }),
  }),
  z.strictObject({
    kind: noted(z.literal('active-directory'), {
      description:
        '`active-directory`: Microsoft Active Directory, over LDAPS only. Not with `demo: true`.',
    }),
    controllers: noted(z.array(controller).min(1).max(16), {
      description:
        'The domain controllers, `name` or `name:port` (636 by default), in the order in which they are tried.',
    }),
    authoritiesFile: noted(path, {
      description:
        "PEM file of the authorities that the controllers' certificates are checked against; no others count.",
    }),
    searchBase: noted(distinguishedName, {
      description: 'Where people are looked for, for example `DC=corp,DC=example`.',
    }),
    bindName: noted(line(1_024), {
      description:
        'The account that looks people up, for example `chaperone@corp.example`; it needs to read, nothing else.',
    }),
    bindPasswordFile: noted(path, {
      description: "File with that account's password, mode 0600.",
      secretFile: true,
    }),
    groups: z.strictObject({
      technician: noted(groups, {
        description:
          'Distinguished names of the groups whose members are technicians; groups within them count.',
      }),
      lead: noted(groups.default([]), {
        description: 'The same for leads, who designate technicians.',
      }),
      administrator: noted(groups.default([]), {
        description:
          'The same for administrators, who manage accounts, workstations and licences; they see no case.',
      }),
      fieldEngineer: noted(groups.default([]), {
        description: 'The same for field engineers, who license carts; they see no case.',
      }),
      auditor: noted(groups.default([]), {
        description: 'The same for auditors, who read the ledger and nothing else.',
      }),
    }),
    timeoutMs: noted(z.int().min(100).max(60_000).default(5_000), {
      description: 'How long a controller may take to connect and for each answer.',
      unit: 'ms',
    }),
    unreachableMsMax: noted(
      z
        .int()
        .min(0)
        .max(12 * 3_600_000)
        .default(3_600_000),
      {
        description:
          'How long those who are signed in may go on while no controller answers; nobody new comes in meanwhile.',
        unit: 'ms',
      },
    ),
  }),
  openIDConnect,
]);

const limits = z
  .strictObject({
    recordBytesMax: noted(
      z
        .int()
        .min(MIB)
        .max(1_024 * GIB)
        .default(16 * GIB),
      {
        description: 'The largest file that is fetched from a cart.',
        unit: 'bytes',
      },
    ),
    caseBytesMax: noted(
      z
        .int()
        .min(MIB)
        .max(8_192 * GIB)
        .default(64 * GIB),
      {
        description:
          'All records of one case together, those on their way included; a file that would go over is refused.',
        unit: 'bytes',
      },
    ),
    uploadBytesMax: noted(
      z
        .int()
        .min(MIB)
        .max(64 * GIB)
        .default(4 * GIB),
      {
        description: 'The largest file that a technician sends to a cart.',
        unit: 'bytes',
      },
    ),
    diskReserveBytes: noted(
      z
        .int()
        .min(0)
        .max(1_024 * GIB)
        .default(GIB),
      {
        description:
          'A fetch or upload that would leave less than this free on the disk of the vault is refused, and one under way is stopped (looked at every 4 MiB), so that the ledger can go on.',
        unit: 'bytes',
      },
    ),
    edgeConnectionsMax: noted(z.int().min(4).max(100_000).default(2_000), {
      description: 'Connections from carts at the same time; each session takes two.',
    }),
    edgeConnectionsPerAddressMax: noted(z.int().min(2).max(10_000).default(64), {
      description: 'The same, from one address: a facility often has one for all its carts.',
    }),
    consoleRequestBytesMax: noted(
      z
        .int()
        .min(16 * KIB)
        .max(16 * MIB)
        .default(256 * KIB),
      {
        description: 'The largest request body of the console, files apart.',
        unit: 'bytes',
      },
    ),
    signInIdleMs: noted(z.int().min(60_000).max(86_400_000).default(900_000), {
      description: 'A technician who does nothing for this long has to sign in again.',
      unit: 'ms',
    }),
  })
  .prefault({});

export const configurationSchema = z.strictObject({
  dataDirectory: noted(path, {
    description:
      'Folder of everything that is kept, owned by the gateway alone (mode 0700). A relative path starts at the file.',
  }),
  demo: noted(z.boolean().default(false), {
    description:
      'Demo mode: made-up people, no virus scanner, a banner on each page, loopback only. Refused beside any production setting.',
  }),
  serviceCentre: z.strictObject({
    name: noted(line(80), { description: 'The name that operators see in the notice.' }),
    phone: noted(
      z
        .string()
        .regex(
          /^[+0-9][0-9 ()/-]{2,38}$/,
          'expected a telephone number of digits, spaces, "+", "-", "/", "(", ")"',
        ),
      { description: 'The telephone number that operators call.' },
    ),
    phiPolicyUrl: noted(z.url({ protocol: /^https$/, error: 'expected an https:// address' }), {
      description: 'Where the handling of protected health information is described.',
    }),
    phiPolicyFile: noted(path.optional(), {
      description:
        'That policy as JSON, sentence by sentence, each with the facts of this product that keep it (decision 0040). Shown on console and portal; without it only the address is.',
    }),
  }),
  edge: z.strictObject({
    listen: listen(443, 'carts are taken'),
    gatewayNames: noted(z.array(host).min(1).max(16), {
      description: `The 1 to 16 names that carts dial, each ${HOST_EXPECTED}; the first one names the ledger.`,
    }),
  }),
  console: z.strictObject({
    listen: listen(8443, 'browsers are taken'),
    names: noted(z.array(host).min(1).max(16), {
      description: `The 1 to 16 names in the browser's address line, each ${HOST_EXPECTED}; others are refused.`,
    }),
    tls: noted(z.enum(['browser-chain', 'off']).default('browser-chain'), {
      description:
        "`browser-chain`: HTTPS with a certificate of the gateway's browser root. `off`: HTTP, only with `demo: true`.",
    }),
  }),
  portal,
  siem,
  database,
  authority: z
    .strictObject({
      cartKey: noted(z.enum(['p256', 'rsa3072']).default('p256'), {
        description:
          'The kind of key of the private cart authority; chosen at first start, fixed from then on.',
      }),
      keys: authorityKeys,
    })
    .prefault({}),
  standby: standby.optional(),
  vault,
  directory,
  antivirus,
  signIn: z
    .strictObject({
      secondFactor: noted(z.enum(['required', 'off-demo']).optional(), {
        description:
          '`required`: each sign-in ends with a code, a passkey or a recovery code, and the first one enrols it. ' +
          '`off-demo`: two passwords are enough, and banner and ledger say so. Without this setting it is `required`, ' +
          'and `off-demo` with `demo: true`, which alone allows it.',
      }),
    })
    .prefault({}),
  posture: posture.optional(),
  workstations,
  cases,
  deidentification,
  recording,
  limits,
  log: z
    .strictObject({
      level: noted(z.enum(['error', 'warn', 'info', 'debug']).default('info'), {
        description: 'The least important lines that are written to standard error.',
      }),
    })
    .prefault({}),
});

export type Configuration = Readonly<z.infer<typeof configurationSchema>>;
