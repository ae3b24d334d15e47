/**
 * What lets one cart, or one workstation, take part: `issued → redeemed | expired | retired`.
 *
 * A licence names its subject and holds the digest of a one-time code, never the code. Redeeming it binds it to
 * one public key. The same code with the same key may be redeemed again while the licence lasts, so that an
 * answer lost on the way is fetched by asking again; with any other key the code is used. A licence is not a
 * certificate: it is what a certificate is given for, once.
 */
import { DomainError } from '../error/domain-error.ts';
import type { Branded, CartSerial, RandomBytes } from '../id/id.ts';

export type LicenceId = Branded<'LicenceId'>;
/** SHA-256 of a licence code in its printed form, in lower-case hexadecimal. */
export type LicenceCodeHash = Branded<'LicenceCodeHash'>;

export interface CartSubject {
  readonly kind: 'cart';
  readonly serial: CartSerial;
}
export interface WorkstationSubject {
  readonly kind: 'workstation';
  /** What people call the computer, for example `Reading room 3`. */
  readonly label: string;
}
export type LicenceSubject = CartSubject | WorkstationSubject;

export const LICENCE_STATES = ['issued', 'redeemed', 'expired', 'retired'] as const;
export type LicenceState = (typeof LICENCE_STATES)[number];

export interface Licence {
  readonly id: LicenceId;
  readonly subject: LicenceSubject;
  readonly codeHash: LicenceCodeHash;
  readonly issuedAtMs: number;
  /** From this instant (UTC) on the code is worth nothing, used or not. */
  readonly expiresAtMs: number;
  readonly redeemed?: LicenceRedemption;
  readonly retiredAtMs?: number;
}

export interface LicenceRedemption {
  readonly atMs: number;
  /** SHA-256 of the redeeming public key's SPKI, base64url. */
  readonly keyThumbprint: string;
}

export interface RedeemRequest {
  readonly codeHash: LicenceCodeHash;
  /** Who says it redeems. A workstation has no name of its own before it is licensed, so it gives only its kind. */
  readonly subject: CartSubject | { readonly kind: 'workstation' };
  readonly keyThumbprint: string;
  readonly nowMs: number;
}

export interface Redeemed {
  readonly licence: Licence;
  /** Whether it was this request that used the code up, or one like it that came before. */
  readonly outcome: 'first' | 'again';
}

export class LicenceUnknown extends DomainError {
  readonly code = 'LICENCE_UNKNOWN';
  constructor() {
    super('No licence has this code. Compare it with the licence, or have a new one issued.');
  }
}
export class LicenceUsed extends DomainError {
  readonly code = 'LICENCE_USED';
  constructor() {
    super('This licence code has been used with another key. Have a new licence issued.');
  }
}
export class LicenceExpired extends DomainError {
  readonly code = 'LICENCE_EXPIRED';
  constructor() {
    super('This licence was not used in time. Have a new one issued.');
  }
}
export class LicenceRetired extends DomainError {
  readonly code = 'LICENCE_RETIRED';
  constructor() {
    super('This licence has been retired. Have a new one issued.');
  }
}
export class LicenceSerialMismatch extends DomainError {
  readonly code = 'LICENCE_SERIAL_MISMATCH';
  constructor() {
    super('This licence is for something else: compare its serial number with the plate.');
  }
}
export class MalformedLicence extends DomainError {
  readonly code = 'MALFORMED_LICENCE';
}

/** How long a code may lie unused. A commissioning visit is planned within weeks; a forgotten code must die. */
export const LICENCE_LIFETIME_DEFAULT_MS = 30 * 24 * 60 * 60 * 1000;
export const LICENCE_LIFETIME_MAX_MS = 365 * 24 * 60 * 60 * 1000;
/** X.520 gives a common name 64 characters at most. */
export const WORKSTATION_LABEL_CHARACTERS_MAX = 64;
const PRINTABLE_LABEL = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._,()#/-]*$/u;
const ID_ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_CHARACTERS = 26;

/** Makes a new licence's id, `lcnc-` and 26 characters as every other id (`id.ts`). */
export function newLicenceId(randomBytes: RandomBytes): LicenceId {
  let body = '';
  for (const byte of randomBytes(ID_CHARACTERS)) body += ID_ALPHABET.charAt(byte & 31);
  return `lcnc-${body}` as unknown as LicenceId;
}

/** Reads a licence's id. @throws MalformedLicence */
export function parseLicenceId(text: string): LicenceId {
  if (!/^lcnc-[0-9a-hjkmnp-tv-z]{26}$/.test(text)) {
    throw new MalformedLicence('This is not the id of a licence.');
  }
  return text as unknown as LicenceId;
}

/** Reads a workstation's label as an administrator gave it. @throws MalformedLicence */
export function parseWorkstationLabel(text: string): string {
  if (text.length > WORKSTATION_LABEL_CHARACTERS_MAX || !PRINTABLE_LABEL.test(text)) {
    throw new MalformedLicence(
      `A workstation's label has 1 to ${WORKSTATION_LABEL_CHARACTERS_MAX} letters, digits, spaces or . _ , ( ) # / -.`,
    );
  }
  return text;
}

/**
 * Makes a licence that has not been used yet.
 * @param lifetimeMs how long its code can be redeemed
 * @throws MalformedLicence when the lifetime is not between a millisecond and a year
 */
export function issueLicence(terms: {
  readonly id: LicenceId;
  readonly subject: LicenceSubject;
  readonly codeHash: LicenceCodeHash;
  readonly nowMs: number;
  readonly lifetimeMs?: number;
}): Licence {
  const lifetimeMs = terms.lifetimeMs ?? LICENCE_LIFETIME_DEFAULT_MS;
  if (!Number.isInteger(lifetimeMs) || lifetimeMs < 1 || lifetimeMs > LICENCE_LIFETIME_MAX_MS) {
    throw new MalformedLicence('A licence code can be redeemed for at most 365 days.');
  }
  return {
    id: terms.id,
    subject: terms.subject,
    codeHash: terms.codeHash,
    issuedAtMs: terms.nowMs,
    expiresAtMs: terms.nowMs + lifetimeMs,
  };
}

/** Tells a licence's state at an instant (UTC). */
export function licenceState(licence: Licence, nowMs: number): LicenceState {
  if (licence.retiredAtMs !== undefined) return 'retired';
  if (licence.redeemed !== undefined) return 'redeemed';
  return nowMs >= licence.expiresAtMs ? 'expired' : 'issued';
}

/**
 * Uses a licence's code up for one public key, or confirms that this very key has done so.
 *
 * A refusal changes nothing: a wrong serial number does not use the code up.
 * @param licence what is held for the code, if anything
 * @throws LicenceUnknown, LicenceSerialMismatch, LicenceRetired, LicenceUsed, LicenceExpired
 */
export function redeem(licence: Licence | undefined, request: RedeemRequest): Redeemed {
  if (licence === undefined || licence.codeHash !== request.codeHash) throw new LicenceUnknown();
  if (!isFor(licence.subject, request.subject)) throw new LicenceSerialMismatch();
  if (licence.retiredAtMs !== undefined) throw new LicenceRetired();
  if (licence.redeemed !== undefined && licence.redeemed.keyThumbprint !== request.keyThumbprint) {
    throw new LicenceUsed();
  }
  if (request.nowMs >= licence.expiresAtMs) throw new LicenceExpired();
  if (licence.redeemed !== undefined) return { licence, outcome: 'again' };
  const redeemed = { atMs: request.nowMs, keyThumbprint: request.keyThumbprint };
  return { licence: { ...licence, redeemed }, outcome: 'first' };
}

/** Ends a licence for good, used or not; one that has ended already stays as it was. */
export function retireLicence(licence: Licence, nowMs: number): Licence {
  return licence.retiredAtMs === undefined ? { ...licence, retiredAtMs: nowMs } : licence;
}

function isFor(subject: LicenceSubject, claimed: RedeemRequest['subject']): boolean {
  if (subject.kind === 'cart') return claimed.kind === 'cart' && claimed.serial === subject.serial;
  return claimed.kind === 'workstation';
}
