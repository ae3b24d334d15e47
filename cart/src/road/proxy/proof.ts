/**
 * What the cart answers to a proxy that asks who it is: Digest (RFC 7616) where it is offered, otherwise Basic (RFC 7617).
 *
 * Negotiate and NTLM are left out (decision 0020). Digest is preferred because a password then never crosses the network;
 * against somebody on the path who strikes Digest from the offer, only a proxy that is asked by TLS would help.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { ProxyCredentials } from '@chaperone/domain/network/proxy-settings.ts';
import type { Challenge } from './challenge.ts';

export interface Proof {
  readonly authentication: 'basic' | 'digest';
  /** Secret: the value of `Proxy-Authorization`. */
  readonly field: string;
}

export interface Asked {
  readonly method: string;
  /** As in the request line. */
  readonly target: string;
}

/** By strength, with Node's names. */
const DIGEST_ALGORITHMS = [
  ['SHA-512-256', 'sha512-256'],
  ['SHA-256', 'sha256'],
  ['MD5', 'md5'],
] as const;
const CNONCE_BYTES = 16;

/** Makes the strongest proof that one of these challenges takes; null: none of them is known. */
export function makeProof(
  challenges: readonly Challenge[],
  credentials: ProxyCredentials,
  asked: Asked,
  cnonce = randomBytes(CNONCE_BYTES).toString('hex'),
): Proof | null {
  for (const [algorithm, hash] of DIGEST_ALGORITHMS) {
    for (const challenge of challenges) {
      const field = digestField(challenge, algorithm, hash, credentials, asked, cnonce);
      if (field !== null) return { authentication: 'digest', field };
    }
  }
  if (challenges.some(({ scheme }) => scheme === 'basic')) {
    const { name, password } = credentials;
    const pair = Buffer.from(`${name}:${password}`, 'utf8').toString('base64');
    return { authentication: 'basic', field: `Basic ${pair}` };
  }
  return null;
}

/** Tells whether a proxy only wants a newer nonce: the name and password were right (RFC 7616 section 3.3). */
export function isStale(challenges: readonly Challenge[]): boolean {
  return challenges.some(
    ({ scheme, parameters }) =>
      scheme === 'digest' && parameters.get('stale')?.toLowerCase() === 'true',
  );
}

/** RFC 7616 section 3.4; without `qop` as RFC 2069 had it, which section 3.4.1 keeps. */
function digestField(
  { scheme, parameters }: Challenge,
  algorithm: string,
  hash: string,
  { name, password }: ProxyCredentials,
  { method, target }: Asked,
  cnonce: string,
): string | null {
  const realm = parameters.get('realm');
  const nonce = parameters.get('nonce');
  const asks = (parameters.get('algorithm') ?? 'MD5').toUpperCase();
  const isSession = asks === `${algorithm}-SESS`;
  if (scheme !== 'digest' || realm === undefined || nonce === undefined) return null;
  if (asks !== algorithm && !isSession) return null;
  const offered = parameters.get('qop');
  const isAuth = offered
    ?.split(',')
    .map((each) => each.trim().toLowerCase())
    .includes('auth');
  // `auth-int` alone signs bodies, of which a CONNECT has none that would be agreed on.
  if (isAuth === false) return null;

  // A realm or nonce is a string of bytes: what came in as Latin-1 goes into the hash as it came.
  const digest = (text: string): string => createHash(hash).update(text, 'latin1').digest('hex');
  const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
  const first = digest(`${bytes(name)}:${realm}:${bytes(password)}`);
  const a1 = isSession ? digest(`${first}:${nonce}:${cnonce}`) : first;
  const a2 = digest(`${method}:${target}`);
  const count = '00000001';
  const response = digest(
    isAuth === true ? `${a1}:${nonce}:${count}:${cnonce}:auth:${a2}` : `${a1}:${nonce}:${a2}`,
  );
  const isHashed = parameters.get('userhash')?.toLowerCase() === 'true';
  const opaque = parameters.get('opaque');
  const members = [
    isHashed ? `username="${digest(`${bytes(name)}:${realm}`)}"` : nameMember(name),
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(target)}`,
    ...(parameters.has('algorithm') ? [`algorithm=${parameters.get('algorithm') ?? ''}`] : []),
    `response="${response}"`,
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
    ...(isAuth === true || isSession ? [`cnonce="${cnonce}"`] : []),
    ...(isAuth === true ? ['qop=auth', `nc=${count}`] : []),
    ...(isHashed ? ['userhash=true'] : []),
  ];
  return `Digest ${members.join(', ')}`;
}

/** Letters beyond ASCII go in the form of RFC 8187 (RFC 7616 section 3.4). */
function nameMember(name: string): string {
  if (/^[\u0020-\u007e]*$/.test(name)) return `username=${quoted(name)}`;
  return `username*=UTF-8''${encodeURIComponent(name).replaceAll(/['()*!]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
