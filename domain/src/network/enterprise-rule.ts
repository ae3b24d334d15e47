/**
 * Whether settings of 802.1X may be used, over Wi-Fi (WPA2-Enterprise) or over wire: PEAP with MSCHAPv2, and a server that
 * is known by its CA and its name (decision 0019).
 *
 * Without both, whoever puts up an access point of the same name gets the password's MSCHAPv2 exchange, which is as
 * good as the password. Nothing here opens a certificate: whether the PEM holds certificates of authorities that are in
 * force is looked at on the cart (`device/network-manager/authorities.ts`).
 */
import type { RefusedSetting } from './refused-setting.ts';

/** Settings as somebody brought them: more may be named, or less, than `EnterpriseSettings` can say. */
export interface ClaimedEnterprise {
  readonly eap?: string | null | undefined;
  readonly identity?: string | null | undefined;
  readonly anonymousIdentity?: string | null | undefined;
  readonly password?: string | null | undefined;
  readonly caCertificates?: string | null | undefined;
  readonly serverName?: string | null | undefined;
}

export type EnterpriseRefusal = keyof typeof MESSAGES;

const MESSAGES = {
  EAP_METHOD_REFUSED:
    'Only PEAP with MSCHAPv2 is taken. Ask the hospital’s IT for an account that signs in by PEAP/MSCHAPv2.',
  EAP_IDENTITY_MISSING: 'The name with which the cart signs in to the network is missing. Type it.',
  EAP_IDENTITY_WRONG:
    'The name has at most 253 bytes, without control characters. Type it as the hospital’s IT wrote it.',
  EAP_ANONYMOUS_IDENTITY_WRONG:
    'The outer name has 1 to 253 bytes, without control characters. Type it again, or leave it out.',
  EAP_PASSWORD_MISSING: 'The password of the cart’s network account is missing. Type it.',
  EAP_PASSWORD_WRONG:
    'A password for MSCHAPv2 has at most 256 characters, without control characters. Type it again.',
  EAP_CA_MISSING:
    'Without the CA certificate of the hospital’s sign-in server anybody can pose as it. Ask the hospital’s IT for the CA certificate (PEM).',
  EAP_CA_MALFORMED:
    'This is not one or more certificates in PEM (BEGIN CERTIFICATE … END CERTIFICATE). Ask the hospital’s IT for the CA certificate as PEM.',
  EAP_CA_TOO_MANY:
    'These are more certificates than one server needs: at most 16, in 64 KiB. Take only those of the sign-in server’s CA.',
  EAP_CA_HAS_KEY:
    'There is a private key in this file. It does not belong on the cart: tell the hospital’s IT, and ask for the certificate alone.',
  EAP_SERVER_NAME_MISSING:
    'Without the name in the sign-in server’s certificate any server of that CA can pose as it. Ask the hospital’s IT for the name, such as radius.hospital.example.',
  EAP_SERVER_NAME_WRONG:
    'This is not a full DNS name such as radius.hospital.example: no address, no wildcard, no list. Ask the hospital’s IT for the name in the certificate.',
  EAP_SERVER_NAME_TOO_WIDE:
    'This name covers far more than one hospital. Type the sign-in server’s name, or the hospital’s own domain.',
} as const;

/** User-Name of RADIUS carries 1 to 253 bytes (RFC 2865 §5.1 with §5's length of one octet). */
const IDENTITY_BYTES_MAX = 253;
/** MSCHAPv2's password: 0 to 256 characters (RFC 2759 §8). */
const PASSWORD_CHARACTERS_MAX = 256;
/** A chain of an authority has two or three; a bundle during a change of authorities has twice as many. */
export const CA_CERTIFICATES_MAX = 16;
/** Characters of PEM; 16 certificates with RSA-4096 keys need half of it. */
export const CA_CHARACTERS_MAX = 64 * 1024;

const PEM_BLOCK =
  /-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/=\r\n]+?)\r?\n-----END CERTIFICATE-----/g;
/** The second level below which a country's registry gives out names, as in co.uk or com.au. */
const REGISTRY_LABELS: ReadonlySet<string> = new Set(
  'ac co com edu gen go gob gouv gov id ind int ltd med mil ne net nhs nom or org plc sch'.split(
    ' ',
  ),
);

/**
 * Lists what keeps settings of 802.1X from being used; empty when nothing does.
 * @param at the member of the profile in which they stand: `security` or `enterprise`
 */
export function enterpriseRefusals(
  claimed: ClaimedEnterprise,
  at: string,
): readonly RefusedSetting[] {
  const refusals: RefusedSetting[] = [];
  const refuse = (field: string, code: EnterpriseRefusal | null): void => {
    if (code !== null)
      refusals.push({ field: `${at}.${field}`, code, message: messageOf(code, claimed) });
  };
  refuse('eap', claimed.eap === 'peap-mschapv2' ? null : 'EAP_METHOD_REFUSED');
  refuse('identity', identityRefusal(claimed.identity));
  refuse('anonymousIdentity', anonymousRefusal(claimed.anonymousIdentity));
  refuse('password', passwordRefusal(claimed.password));
  refuse('caCertificates', caRefusal(claimed.caCertificates));
  refuse('serverName', serverNameRefusal(claimed.serverName));
  return refusals;
}

/** Splits PEM into its certificates, each whole; what stands between them is left out, as OpenSSL does. */
export function pemCertificates(text: string): readonly string[] {
  return [...text.matchAll(PEM_BLOCK)].map(
    ([, body = '']) =>
      `-----BEGIN CERTIFICATE-----\n${body.replaceAll(/\s+/g, '\n')}\n-----END CERTIFICATE-----\n`,
  );
}

/** Methods that people ask for, so that the refusal can name theirs; what else was typed is not repeated. */
const KNOWN_METHODS: Readonly<Record<string, string>> = {
  tls: 'EAP-TLS (a certificate of the cart)',
  ttls: 'EAP-TTLS',
  fast: 'EAP-FAST',
  leap: 'LEAP',
  md5: 'EAP-MD5',
  pwd: 'EAP-PWD',
  sim: 'EAP-SIM',
  aka: 'EAP-AKA',
  peap: 'PEAP without MSCHAPv2',
  'peap-gtc': 'PEAP with GTC',
  'peap-md5': 'PEAP with MD5',
  'peap-tls': 'PEAP with TLS',
};

function messageOf(code: EnterpriseRefusal, { eap }: ClaimedEnterprise): string {
  const asked = (eap ?? '').toLowerCase().replace(/^eap-/, '');
  if (code !== 'EAP_METHOD_REFUSED' || !Object.hasOwn(KNOWN_METHODS, asked)) return MESSAGES[code];
  return `${KNOWN_METHODS[asked]} is not supported. ${MESSAGES[code]}`;
}

function identityRefusal(identity: string | null | undefined): EnterpriseRefusal | null {
  if (isMissing(identity)) return 'EAP_IDENTITY_MISSING';
  return isIdentity(identity) ? null : 'EAP_IDENTITY_WRONG';
}

function anonymousRefusal(identity: string | null | undefined): EnterpriseRefusal | null {
  if (identity === null || identity === undefined) return null;
  return isIdentity(identity) ? null : 'EAP_ANONYMOUS_IDENTITY_WRONG';
}

function isIdentity(identity: string): boolean {
  return identity.trim() !== '' && isPlain(identity) && bytesOf(identity) <= IDENTITY_BYTES_MAX;
}

function passwordRefusal(password: string | null | undefined): EnterpriseRefusal | null {
  if (password === null || password === undefined || password === '') return 'EAP_PASSWORD_MISSING';
  const fits = password.length <= PASSWORD_CHARACTERS_MAX && isPlain(password);
  return fits ? null : 'EAP_PASSWORD_WRONG';
}

function caRefusal(text: string | null | undefined): EnterpriseRefusal | null {
  if (isMissing(text)) return 'EAP_CA_MISSING';
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return 'EAP_CA_HAS_KEY';
  if (text.length > CA_CHARACTERS_MAX) return 'EAP_CA_TOO_MANY';
  const begun = text.split('-----BEGIN CERTIFICATE-----').length - 1;
  const whole = pemCertificates(text).length;
  if (whole === 0 || whole !== begun) return 'EAP_CA_MALFORMED';
  return whole > CA_CERTIFICATES_MAX ? 'EAP_CA_TOO_MANY' : null;
}

/**
 * Gives why a name is not one that a server's certificate is held against; null when it is.
 *
 * A suffix is enough for `domain_suffix_match`, so a name that covers a whole registry would let everybody in who can buy a name
 * there. The list of such second levels is short and not complete: the CA is what stands in front of it.
 */
function serverNameRefusal(name: string | null | undefined): EnterpriseRefusal | null {
  if (isMissing(name)) return 'EAP_SERVER_NAME_MISSING';
  if (name.length > 253 || /^[0-9.]+$/.test(name) || name.includes(':'))
    return 'EAP_SERVER_NAME_WRONG';
  const labels = name.split('.');
  if (!labels.every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label))) {
    return 'EAP_SERVER_NAME_WRONG';
  }
  if (/^[0-9]+$/.test(labels.at(-1) ?? '')) return 'EAP_SERVER_NAME_WRONG';
  return isRegistry(labels) ? 'EAP_SERVER_NAME_TOO_WIDE' : null;
}

/**
 * Tells whether names below this one may be anybody's: a top-level domain, or one of those in which a country gives out names. The
 * list is short and not complete.
 * @param labels of a DNS name, in their order
 */
export function isRegistry(labels: readonly string[]): boolean {
  const [first = '', last = ''] = [labels[0], labels.at(-1)];
  if (labels.length < 2) return true;
  return labels.length === 2 && last.length === 2 && REGISTRY_LABELS.has(first.toLowerCase());
}

function isMissing(text: string | null | undefined): text is null | undefined | '' {
  return text === null || text === undefined || text.trim() === '';
}

/** No control characters and no half of a surrogate pair: what is sent is what was typed. */
function isPlain(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text);
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
