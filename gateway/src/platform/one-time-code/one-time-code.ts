/**
 * Codes of an authenticator app: TOTP (RFC 6238) of six digits, a new one each 30 seconds, with SHA-1, which is what all
 * apps know. The library counts; that each code is taken once is the caller's affair, by the time step given here.
 */
import { Secret, TOTP } from 'otpauth';
import { renderSVG } from 'uqr';

/** RFC 4226 §4 R6 recommends 160 bits. */
export const SECRET_BYTES = 20;
const DIGITS = 6;
const PERIOD_S = 30;
/** One step to each side, for clocks that differ and for codes that were typed slowly (RFC 6238 §5.2). */
const WINDOW_STEPS = 1;
const QR_BORDER = 2;

/** What an app is given: as a picture, as an address behind it, and to be typed. */
export interface CodeOffer {
  /** Base32, in groups of four. */
  readonly secret: string;
  readonly address: string;
  /** SVG. */
  readonly qrCode: string;
}

/** Tells to which time step a code belongs, or null when it belongs to none that counts now. */
export function stepOfCode(secret: Uint8Array, code: string, utcMs: number): number | null {
  const token = code.replaceAll(/[ \u00a0\u2009\u202f-]/g, '');
  // Digits of other scripts look alike and are none here.
  if (!/^[0-9]{6}$/.test(token)) return null;
  const delta = TOTP.validate({
    token,
    secret: secretOf(secret),
    algorithm: 'SHA1',
    digits: DIGITS,
    period: PERIOD_S,
    timestamp: utcMs,
    window: WINDOW_STEPS,
  });
  return delta === null ? null : TOTP.counter({ period: PERIOD_S, timestamp: utcMs }) + delta;
}

/** Writes a secret as apps take it. @param issuer and account are shown in the app */
export function offerOf(secret: Uint8Array, issuer: string, account: string): CodeOffer {
  const totp = new TOTP({
    issuer,
    label: account,
    algorithm: 'SHA1',
    digits: DIGITS,
    period: PERIOD_S,
    secret: secretOf(secret),
  });
  const address = totp.toString();
  return {
    secret: (totp.secret.base32.match(/.{1,4}/g) ?? []).join(' '),
    address,
    qrCode: renderSVG(address, { border: QR_BORDER }),
  };
}

function secretOf(secret: Uint8Array): Secret {
  // A copy: a Buffer's own memory may be a part of a larger one.
  return new Secret({ buffer: new Uint8Array(secret).buffer });
}
