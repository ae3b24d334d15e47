/** The forms that the portal reads: a code, and a policy that an officer brings. @see https://url.spec.whatwg.org/#urlencoded-parsing */
import { readMultipart } from './multipart.ts';
import { PortalFormMalformed } from './web-error.ts';

/** More than a code with spaces in it. */
const CODE_CHARACTERS_MAX = 32;
/** A fingerprint in groups, with colons. */
const FINGERPRINT_CHARACTERS_MAX = 200;
const FINGERPRINT = /^[0-9a-f]{64}$/;

/** A form that came as it is, with what its header says of it. */
export interface SentForm {
  readonly bytes: Buffer;
  readonly contentType: string | undefined;
}

/** What an officer brings. */
export interface PolicyForm {
  /** Not trusted; empty when nothing was chosen. */
  readonly jws: string;
  /** Fingerprint of the key that the officer says is theirs, 64 hexadecimal digits; `''` when what was typed is none; null when nothing was. */
  readonly fingerprint: string | null;
}

/** Takes the code out of a form; what is none, or too long for one, is empty. @param body not trusted */
export function codeOf(body: unknown): string {
  if (typeof body !== 'string') return '';
  const code = new URLSearchParams(body).get('code') ?? '';
  return code.length > CODE_CHARACTERS_MAX ? '' : code;
}

/**
 * Takes a signed policy out of a form: the file, or else what was pasted; line ends that a paste brought are left out.
 * @param body not trusted, limited
 * @throws PortalFormMalformed
 */
export function policyOf(body: unknown): PolicyForm {
  if (!isSentForm(body)) throw new PortalFormMalformed();
  const fields = readMultipart(body.bytes, body.contentType);
  // A signed policy is ASCII: what is not is refused as none.
  const field = (name: string): string => fields.get(name)?.toString('latin1') ?? '';
  const file = field('file').replaceAll(/\s/g, '');
  const typed = field('fingerprint').trim();
  return {
    jws: file === '' ? field('policy').replaceAll(/\s/g, '') : file,
    fingerprint: typed === '' ? null : fingerprintOf(typed),
  };
}

/** People write it in groups, with spaces or colons between. */
function fingerprintOf(typed: string): string {
  if (typed.length > FINGERPRINT_CHARACTERS_MAX) return '';
  const digits = typed.replaceAll(/[\s:]/g, '').toLowerCase();
  return FINGERPRINT.test(digits) ? digits : '';
}

function isSentForm(body: unknown): body is SentForm {
  return (
    typeof body === 'object' && body !== null && 'bytes' in body && Buffer.isBuffer(body.bytes)
  );
}
