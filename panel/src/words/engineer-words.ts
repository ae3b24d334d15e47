/**
 * Every word of the engineer page, as a shape that each language fills. Written for a field engineer who has the hospital's IT on the
 * telephone: network words are right here, and long sentences are not.
 */
import type { NetworkInterface } from '@chaperone/protocol/panel-api/engineer.ts';
import type { StepResult, ValidationStep } from '@chaperone/domain/validation/finding.ts';
import type { Standing, Step } from '../engineer/step-standing.ts';
import type { WiFiScan } from '../api/engineer-agent.ts';
import { MASK_EDITOR_REFUSALS } from './mask-editor-words.ts';

/** Why something was refused or did not work, where there is no field to say it beside. Findings have words of their own. */
export const ENGINEER_REFUSALS = [
  ...MASK_EDITOR_REFUSALS,
  'ACCEPTANCE_FILE_DAMAGED',
  'ACCEPTANCE_REFUSED',
  'AGENT_SILENT',
  'ALREADY_ENROLLED',
  'CART_NOT_SET_UP',
  'COMMISSIONING_UNDER_WAY',
  'ENGINEER_CLOSED',
  'ENGINEER_LOCKED',
  'ENGINEER_PIN_NOT_SET',
  'ENGINEER_PIN_WRONG',
  'ENROLMENT_ANSWER_REFUSED',
  'ENROLMENT_REFUSED',
  'ENROLMENT_UNREACHABLE',
  'FIELDS_REFUSED',
  'GATEWAY_BY_OTHER_INTERFACE',
  'GATEWAY_NOT_VERIFIED',
  'IDENTITY_DAMAGED',
  'INTERNAL_FAULT',
  'JOURNAL_UNWRITABLE',
  'LICENCE_EXPIRED',
  'LICENCE_FOR_ANOTHER_CART',
  'LICENCE_RETIRED',
  'LICENCE_SERIAL_MISMATCH',
  'LICENCE_UNKNOWN',
  'LICENCE_USED',
  'LOGIN_METHOD_REFUSED',
  'LOGIN_NO_ANSWER',
  'LOGIN_REFUSED',
  'LOGIN_SERVER_UNTRUSTED',
  'LOGIN_TLS_TOO_OLD',
  'MALFORMED_LICENCE',
  'NETWORK_CHANGE_UNDER_WAY',
  'NETWORK_CHANGE_UNDONE',
  'NETWORK_FIXED_IN_DEMO',
  'NETWORK_INTERFACE_UNKNOWN',
  'NETWORK_MANAGER_AWAY',
  'NETWORK_MANAGER_REFUSED',
  'NETWORK_MANAGER_SILENT',
  'NETWORK_PROFILE_NOT_ACTIVATED',
  'NETWORK_PROFILE_NOT_TAKEN',
  'NETWORK_PROFILE_REFUSED',
  'NOT_ACTIVATED',
  'NOT_APPLIED',
  'NOT_ENROLLED',
  'NOT_KEPT',
  'PANEL_BUSY',
  'RATE_LIMITED',
  'REPORT_MISSING',
  'REQUEST_MALFORMED',
  'REQUEST_TOO_LARGE',
  'REQUEST_TOO_SLOW',
  'RESTARTED',
  'ROOT_FINGERPRINT_MISMATCH',
  'SESSION_UNDER_WAY',
  'SITE_SETTINGS_DAMAGED',
  'TIMED_OUT',
  'VALIDATION_INCOMPLETE',
  'VALIDATION_MISSING',
  'VALIDATION_NOT_PASSED',
  'VALIDATION_OVERTAKEN',
  'VALIDATION_STOPPED',
  'WAITING_LICENCE_DAMAGED',
  'WIFI_ADAPTER_AWAY',
  'WIFI_SCAN_FAILED',
  'WITHDRAWN',
] as const;
export type EngineerRefusal = (typeof ENGINEER_REFUSALS)[number];

/** Why a field cannot be used. In English the agent's own sentence is shown, which knows what was typed. */
export const FIELD_REFUSALS = [
  'ACCEPTED_BY_MISSING',
  'EAP_ANONYMOUS_IDENTITY_WRONG',
  'EAP_CA_HAS_KEY',
  'EAP_CA_MALFORMED',
  'EAP_CA_MISSING',
  'EAP_CA_TOO_MANY',
  'EAP_IDENTITY_MISSING',
  'EAP_IDENTITY_WRONG',
  'EAP_METHOD_REFUSED',
  'EAP_PASSWORD_MISSING',
  'EAP_PASSWORD_WRONG',
  'EAP_SERVER_NAME_MISSING',
  'EAP_SERVER_NAME_TOO_WIDE',
  'EAP_SERVER_NAME_WRONG',
  'FACILITY_MISSING',
  'FINGERPRINT_MALFORMED',
  'FINGERPRINT_MISSING',
  'FINGERPRINT_NOT_CONFIGURED',
  'HOST_MALFORMED',
  'IPV4_IS_A_NAME',
  'IPV4_IS_BROADCAST',
  'IPV4_IS_IPV6',
  'IPV4_IS_SUBNET',
  'IPV4_LINK_LOCAL',
  'IPV4_LOOPBACK',
  'IPV4_MALFORMED',
  'IPV4_MISSING',
  'IPV4_MULTICAST',
  'IPV4_RESERVED',
  'IPV4_UNSPECIFIED',
  'IPV4_WITH_PREFIX',
  'LICENCE_CODE_MISTYPED',
  'NAME_SERVERS_TOO_MANY',
  'NAME_SERVER_IS_OWN_ADDRESS',
  'NAME_SERVER_TWICE',
  'PAC_URL_MALFORMED',
  'PORT_MALFORMED',
  'PREFIX_OUT_OF_RANGE',
  'PROXY_NAME_MALFORMED',
  'PROXY_PASSWORD_MISSING',
  'ROUTER_IS_OWN_ADDRESS',
  'ROUTER_OUTSIDE_SUBNET',
  'SERVER_NAME_MALFORMED',
  'WIFI_ADAPTER_LACKS_AES',
  'WIFI_BAND_LACKING',
  'WIFI_OPEN',
  'WIFI_PASSPHRASE_CHARACTER',
  'WIFI_PASSPHRASE_LONG',
  'WIFI_PASSPHRASE_MISSING',
  'WIFI_PASSPHRASE_SHORT',
  'WIFI_SECURITY_UNKNOWN',
  'WIFI_SSID_INVISIBLE',
  'WIFI_SSID_LONG',
  'WIFI_SSID_MISSING',
  'WIFI_TKIP',
  'WIFI_WEP',
  'WIFI_WPA3_ONLY',
  'WIFI_WPA_ONE',
] as const;
export type FieldRefusal = (typeof FIELD_REFUSALS)[number];

export type WiFiSecurityKind = WiFiScan['networks'][number]['security'];

export interface EngineerWords {
  readonly steps: string;
  readonly stepNames: Readonly<Record<Step, string>>;
  readonly standings: Readonly<Record<Standing, string>>;
  readonly close: string;
  readonly next: string;
  readonly moment: string;
  /** In UTC, as every day is that ends something. */
  readonly day: (utcMs: number) => string;
  readonly moments: (utcMs: number) => string;
  readonly seconds: (count: number) => string;
  readonly showSecret: (label: string) => string;
  readonly hideSecret: (label: string) => string;
  readonly fieldsRefused: string;
  /** The ledger is another one than before: what happened, and what to do. */
  readonly ledgerDiverged: (moment: string) => string;
  readonly pin: {
    readonly title: string;
    readonly statement: string;
    readonly typed: (digits: number) => string;
    readonly remove: string;
    /** How many digits there are. */
    readonly length: string;
    readonly tooShort: string;
    readonly open: string;
  };
  readonly licence: {
    readonly title: string;
    readonly statement: string;
    readonly enrolled: string;
    readonly certificate: string;
    readonly certificateUntil: string;
    readonly renewalFrom: string;
    readonly renewalFailed: string;
    readonly until: string;
    readonly noEnd: string;
    readonly features: string;
    readonly waits: string;
    readonly waitsWhy: string;
    readonly lastTry: string;
    readonly tryNow: string;
    readonly code: string;
    readonly codeHint: string;
    readonly fingerprint: string;
    readonly fingerprintHint: string;
    /** Where another licence takes the place of the present one. */
    readonly fingerprintNeeded: string;
    readonly enrol: string;
    readonly enrolling: string;
    readonly another: string;
    /** Leads back from that. */
    readonly keep: string;
  };
  readonly network: {
    readonly title: string;
    readonly trouble: string;
    readonly nothing: string;
    readonly asItIs: string;
    readonly addressing: string;
    readonly dhcp: string;
    readonly fixed: string;
    readonly address: string;
    readonly prefix: string;
    readonly router: string;
    readonly nameServer: (number: number) => string;
    readonly nameServerInstead: (number: number) => string;
    readonly login: string;
    readonly peap: string;
    readonly identity: string;
    readonly password: string;
    readonly anonymous: string;
    readonly loginServer: string;
    readonly ca: string;
    readonly caFile: string;
    readonly apply: string;
    readonly trying: string;
    readonly wayBack: string;
    readonly goBack: string;
    readonly tryingOn: (name: string) => string;
    readonly kept: (name: string) => string;
    readonly rolledBack: (name: string) => string;
    /** For a change that is rolled back for something beyond the router alone. */
    readonly keepAnyway: string;
    readonly keepAnywayMeans: string;
    readonly wayBackAnyway: string;
    readonly keptAnyway: (name: string) => string;
    readonly noAddress: string;
    readonly states: Readonly<Record<NetworkInterface['state'], string>>;
    readonly scan: string;
    readonly scanning: string;
    readonly inReach: string;
    readonly noneInReach: string;
    readonly noName: string;
    readonly notUsable: string;
    readonly signal: string;
    readonly ssid: string;
    readonly band: string;
    readonly anyBand: string;
    readonly hidden: string;
    readonly security: string;
    readonly personal: string;
    readonly enterprise: string;
    readonly passphrase: string;
    readonly securities: Readonly<Record<WiFiSecurityKind, string>>;
  };
  readonly gateway: {
    readonly title: string;
    readonly host: string;
    readonly port: string;
    readonly serverName: string;
    readonly serverNameHint: string;
    readonly save: string;
  };
  readonly proxy: {
    readonly title: string;
    readonly none: string;
    readonly manual: string;
    readonly pac: string;
    readonly host: string;
    readonly url: string;
    readonly login: string;
    readonly name: string;
    readonly password: string;
  };
  readonly validation: {
    readonly title: string;
    readonly statement: string;
    readonly idle: string;
    readonly idleFor: (seconds: number) => string;
    readonly begin: string;
    readonly again: string;
    readonly stop: string;
    readonly passed: string;
    /** Nothing failed, and what a report is about was not looked at. */
    readonly incomplete: string;
    readonly failed: string;
    readonly steps: Readonly<Record<ValidationStep, string>>;
    readonly results: Readonly<Record<StepResult, string>>;
  };
  readonly acceptance: {
    readonly title: string;
    readonly statement: string;
    readonly anew: string;
    readonly facility: string;
    /** Once it is signed. */
    readonly signedBy: string;
    readonly outOfDate: string;
    readonly by: string;
    readonly sign: string;
    readonly signed: string;
    readonly report: string;
    readonly when: string;
    readonly received: string;
    /** Above why. */
    readonly worthless: string;
    readonly notReceived: string;
    readonly show: string;
    readonly hide: string;
    readonly print: string;
    readonly savePage: string;
    readonly firewall: string;
    readonly copy: string;
    readonly copied: string;
    readonly saveText: string;
  };
  readonly refusals: Readonly<Record<EngineerRefusal, string>>;
  readonly otherRefusal: (code: string) => string;
  /** In English only those that come without a sentence of the agent. */
  readonly fields: Readonly<Partial<Record<FieldRefusal, string>>>;
  /** Each finding in a few words, where its facts are not known. */
  readonly findings: Readonly<Record<string, string>>;
}

/** Finds the words for why something was refused. @param detail the agent's own words, English */
export function refusalWords(words: EngineerWords, code: string, detail: string | null): string {
  const own = at(words.refusals, code) ?? at(words.findings, code) ?? at(words.fields, code);
  // The lock-out has its seconds in its sentence.
  const seconds = code === 'ENGINEER_LOCKED' ? /(\d+) s\b/.exec(detail ?? '')?.[1] : undefined;
  if (own !== undefined && seconds !== undefined) return `${own} ${words.seconds(Number(seconds))}`;
  return own ?? detail ?? words.otherRefusal(code);
}

/** Finds the words for why a field cannot be used. @param message the agent's own words, English */
export function fieldWords(words: EngineerWords, code: string, message: string): string {
  return at(words.fields, code) ?? message;
}

function at(table: Readonly<Record<string, string | undefined>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
