/** The name of a facility, or of a model, as somebody types it when a licence is issued. */
import { MalformedLicence } from './licence.ts';

const CHARACTERS_MAX = 100;
/** What could turn, hide or break the text around it. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/u;

/** @returns null when nothing was typed @throws MalformedLicence */
export function parsePlaceName(
  what: 'facility' | 'model',
  text: string | undefined,
): string | null {
  const name = (text ?? '').trim();
  if (name === '') return null;
  if ([...name].length > CHARACTERS_MAX || HIDDEN.test(name))
    throw new MalformedLicence(
      `The name of the ${what} has at most ${CHARACTERS_MAX} characters, and none that cannot be seen.`,
    );
  return name;
}
