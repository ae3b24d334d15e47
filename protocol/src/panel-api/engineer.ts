/**
 * The engineer's part of the panel API: commissioning a cart at its place. Same listener and same gate as `schema.ts`.
 *
 * An engineer opens it with a PIN that was set at the depot or on site (`chaperone cart engineer-pin`); the answer's credential goes into the
 * header `chaperone-engineer` of every other request and dies after `ENGINEER_IDLE_MS` without one, at Close, and when a session is under way.
 *
 * | request | body | answer |
 * |---|---|---|
 * | `POST /api/engineer/open` | `openEngineer` | `openedEngineer`; 403 `ENGINEER_PIN_WRONG`, 429 |
 * | `POST /api/engineer/close` | `{}` | 204 |
 * | `POST /api/engineer/stay` | `{}` | 204: somebody is there, which the page says when it is touched |
 * | `GET /api/engineer/states` | | NDJSON, an `engineerState` at each change and at least every 2 s |
 * | `POST /api/engineer/licence` | `enterLicence` | `entered`: enrolled, or kept until the gateway can be reached |
 * | `POST /api/engineer/enrol` | `{}` | `entered`: a licence that waits is tried |
 * | `POST /api/engineer/gateway` | `setGateway` | 204 |
 * | `POST /api/engineer/proxy` | `proxySettings` | 204 |
 * | `POST /api/engineer/network` | `applyNetwork` | 202: it is tried; `change` of the state says what became of it |
 * | `POST /api/engineer/network/withdraw` | `{}` | 202: what is being tried is taken back |
 * | `POST /api/engineer/scan` | `{interface}` | `wifiScan` |
 * | `POST /api/engineer/validate` | `startValidation` | 202 |
 * | `POST /api/engineer/validate/stop` | `{}` | 204 |
 * | `POST /api/engineer/accept` | `acceptCart` | `acceptedReport`: it is signed, and sent when the gateway is reachable |
 * | `GET /api/engineer/report` | | the newest acceptance file (JSON) |
 * | `GET /api/engineer/report/page` | | the same as one printable page |
 * | `GET /api/engineer/firewall?language=de` | | text for the hospital's firewall team, of what is known: before there is a report, too |
 *
 * The credential is needed by all but `open`. Fields that cannot be used are a 422 whose problem has `fields`, a `refusedField` each.
 */
import { LEDGER_DIVERGENCES } from '@chaperone/domain/journal-entry/ledger-divergence.ts';
import { LANGUAGES } from '@chaperone/domain/notice/notice.ts';
import { CHANGE_PROOFS } from '@chaperone/domain/network/network-change.ts';
import { INTERFACE_KINDS, WIFI_BANDS } from '@chaperone/domain/network/network-profile.ts';
import type { NetworkProfile } from '@chaperone/domain/network/network-profile.ts';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import { z } from 'zod';
import { validationStep } from '../commissioning/validation.ts';

export const ENGINEER_IDLE_MS = 15 * 60_000;

const line = z.string().max(300);

export const openEngineer = z.strictObject({ pin: z.string().max(64) });
export const openedEngineer = z.object({ credential: z.string() });

export const enterLicence = z.strictObject({
  /** As typed: in groups or not, in any case. */
  code: z.string().max(200),
  /** As on the licence: at least the first 20 hexadecimal digits. Null: it came with a pre-staging file. */
  rootFingerprint: z.string().max(200).nullable(),
  /** Exchanges an identity that is there. */
  replace: z.boolean().default(false),
});
export const entered = z.object({ isEnrolled: z.boolean() });

export const gatewayAddress = z.strictObject({
  /** A name or an IP address. */
  host: z.string().max(253),
  port: z.number().int().min(1).max(65_535),
  /** The name that its certificate must have, also when it is dialled by address. */
  serverName: z.string().max(253),
});

/** As typed: whether it can be one is said field by field. */
export const setGateway = z.strictObject({
  host: z.string().max(300),
  port: z.number().int(),
  serverName: z.string().max(300),
});

const ipv4Settings = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('dhcp'), nameServers: z.array(z.string().max(64)).max(3) }),
  z.strictObject({
    method: z.literal('static'),
    address: z.string().max(64),
    prefixLength: z.number().int(),
    router: z.string().max(64).nullable(),
    nameServers: z.array(z.string().max(64)).max(3),
  }),
]);
const enterprise = {
  eap: z.literal('peap-mschapv2'),
  identity: z.string().max(256),
  anonymousIdentity: z.string().max(256).nullable(),
  password: z.string().max(256),
  caCertificates: z.string().max(64 * 1024),
  serverName: z.string().max(253),
};
/** Its shape only; whether it may be used is the rule of `domain/src/network`. */
export const networkProfile: z.ZodType<NetworkProfile> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('wired'),
    ipv4: ipv4Settings,
    enterprise: z.strictObject(enterprise).nullable(),
  }),
  z.strictObject({
    kind: z.literal('wifi'),
    ssid: z.string().max(200),
    isHidden: z.boolean(),
    band: z.enum(WIFI_BANDS),
    security: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('wpa2-personal'), passphrase: z.string().max(256) }),
      z.strictObject({ kind: z.literal('wpa2-enterprise'), ...enterprise }),
    ]),
    ipv4: ipv4Settings,
  }),
]);

const credentials = z
  .strictObject({ name: z.string().max(256), password: z.string().max(256) })
  .nullable();
export const proxySettings: z.ZodType<ProxySettings> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.literal('manual'),
    host: z.string().max(253),
    port: z.number().int(),
    credentials,
  }),
  z.strictObject({ kind: z.literal('pac'), url: z.string().max(2000), credentials }),
]);

/** A member of a profile or of settings that was refused: what to say beside the field. */
export const refusedField = z.object({ field: line, code: line, message: line });
export type RefusedField = z.infer<typeof refusedField>;

export const applyNetwork = z.strictObject({
  interface: z.string().max(15),
  profile: networkProfile,
  /** What it has to show before it is kept: the gateway; or link, address and router, where the way beyond is not open yet. */
  proof: z.enum(CHANGE_PROOFS).default('gateway'),
});

export const wifiNetwork = z.object({
  ssid: z.string(),
  /** 0 to 100. */
  signalPercent: z.number(),
  band: z.enum(['2.4 GHz', '5 GHz']),
  channel: z.number(),
  security: z.enum(['open', 'wep', 'wpa', 'wpa2-personal', 'wpa2-enterprise', 'other']),
  /** Null when it can be used; otherwise why not, as a code. */
  refused: z.string().nullable(),
});
export const wifiScan = z.object({ networks: z.array(wifiNetwork).max(200) });

export const networkInterface = z.object({
  name: z.string(),
  kind: z.enum(INTERFACE_KINDS),
  hardwareAddress: z.string(),
  /** `up` has a link; `connecting` is being set up; `down` no link; `off` not managed. */
  state: z.enum(['up', 'connecting', 'down', 'off']),
  /** Mbit/s. */
  speed: z.number().nullable(),
  address: z.string().nullable(),
  prefixLength: z.number().nullable(),
  router: z.string().nullable(),
  nameServers: z.array(z.string()),
  ssid: z.string().nullable(),
  signalPercent: z.number().nullable(),
  /** What the adapter can, as one line; null for wired ones and where it is not known. */
  abilities: z.string().nullable(),
  /** The profile in force, its secrets left out; null: none of ours. */
  profile: z.unknown(),
});
export type NetworkInterface = z.infer<typeof networkInterface>;

export const networkChange = z.object({
  interface: z.string(),
  /** `trying` counts down; `kept` is the new good profile; `rolled-back` the one before is in force again. */
  state: z.enum(['trying', 'kept', 'rolled-back']),
  secondsLeft: z.number().nullable(),
  /** Why it was rolled back, as a code; null otherwise. */
  failure: z.string().nullable(),
  /** What it has to show, or had to, before it is kept. */
  proof: z.enum(CHANGE_PROOFS),
  /** Rolled back for something beyond the router alone: `proof: 'link'` would keep it. */
  isKeepable: z.boolean(),
});

export const startValidation = z.strictObject({
  /** How long an unused connection is watched; 0 leaves the idle test out. Seconds. */
  idleSeconds: z.number().int().min(0).max(3600),
});

/** The panel's, for texts that are made on the cart. */
export const inLanguage = z.object({ language: z.enum(LANGUAGES).catch('en') });

export const acceptCart = z.strictObject({
  facility: z.string().max(300),
  acceptedBy: z.string().max(300),
});

/** What became of a report that was signed just now: `waiting` is sent again by itself, `refused` never. */
export const acceptedReport = z.object({
  became: z.enum(['received', 'waiting', 'refused']),
  /** Why, in the gateway's words; null unless it was refused. */
  refusal: z.object({ code: z.string(), said: z.string().nullable() }).nullable(),
});
export type AcceptedReport = z.infer<typeof acceptedReport>;

export const engineerState = z.object({
  cart: z.object({ serial: z.string(), model: z.string(), software: z.string() }),
  /** Null until this cart is enrolled. */
  enrolment: z
    .object({
      certificateSerial: z.string(),
      certificateNotAfterUtcMs: z.number(),
      renewalDueUtcMs: z.number(),
      /** Code of the newest attempt to renew the certificate, if that failed. */
      renewalFailure: z.string().nullable(),
      licence: z.object({
        id: z.string(),
        features: z.array(z.string()),
        validUntilUtcMs: z.number().nullable(),
      }),
    })
    .nullable(),
  /** A pre-staged licence waits: only the network is left. */
  isPrestaged: z.boolean(),
  /** Why a licence that waits could not be redeemed when it was last tried, as a code. */
  enrolTrouble: z.string().nullable(),
  gateway: gatewayAddress.nullable(),
  /** Without passwords. */
  proxy: z.object({ kind: z.enum(['none', 'manual', 'pac']), address: z.string().nullable() }),
  interfaces: z.array(networkInterface),
  /** Null: NetworkManager does not answer, and `networkTrouble` says so as a code. */
  networkTrouble: z.string().nullable(),
  change: networkChange.nullable(),
  validation: z
    .object({
      running: z.boolean(),
      /** Whether a report may be signed over it: nothing failed, and nothing was left out that it hangs on. */
      accepted: z.boolean(),
      startedUtcMs: z.number(),
      /** Those that are done, in order. */
      steps: z.array(validationStep),
      /** The step that is being taken. */
      now: z.string().nullable(),
      /** For how long it is being taken. */
      nowForMs: z.number(),
      /** How long the idle test lasts; 0 when nobody asked for it. */
      idleSeconds: z.number(),
    })
    .nullable(),
  report: z
    .object({
      id: z.string(),
      signedUtcMs: z.number(),
      facility: z.string(),
      acceptedBy: z.string(),
      /** Whether what was signed says that the cart is accepted. */
      accepted: z.boolean(),
      /** Something was changed since: it has to be validated, or signed, anew. */
      isOutOfDate: z.boolean(),
      /** Null while the gateway has not got it. */
      receivedUtcMs: z.number().nullable(),
    })
    .nullable(),
  /** Why a report that was signed after that one, if there is one, is worth nothing: `ACCEPTANCE_REFUSED`, `ACCEPTANCE_FILE_DAMAGED`. */
  reportTrouble: z.string().nullable(),
  /** What the gateway said of it, in English; null where that is not known any more. */
  reportRefusal: z.string().nullable(),
  /** The ledger was shown to this cart as another one than before; null while it goes on from what is remembered (decision 0037). */
  ledgerDiverged: z
    .object({ code: z.enum(LEDGER_DIVERGENCES), noticedUtcMs: z.number() })
    .nullable(),
});
export type EngineerState = z.infer<typeof engineerState>;
