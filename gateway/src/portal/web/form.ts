/** The one form that the portal reads. @see https://url.spec.whatwg.org/#urlencoded-parsing */

/** More than a code with spaces in it. */
const CODE_CHARACTERS_MAX = 32;

/** Takes the code out of a form; what is none, or too long for one, is empty. @param body not trusted */
export function codeOf(body: unknown): string {
  if (typeof body !== 'string') return '';
  const code = new URLSearchParams(body).get('code') ?? '';
  return code.length > CODE_CHARACTERS_MAX ? '' : code;
}
