/** Judges whether a value has the form in which its attribute is kept. */
import type { DataElement, DataSet } from './element.ts';
import { find, textOf } from './element.ts';
import { DECIMAL, INTEGER, PUBLIC_SCHEMES } from './kept.ts';
import type { KeptForm } from './kept.ts';

/** Values of one attribute; FrameTimeVector has one for each frame. */
const VALUES_MAX = 20_000;
/** A 16-bit length; an implicit file can have longer ones. @see PS3.5 section 7.1.2 */
const SHORT_VALUE_BYTES_MAX = 65_534;

/**
 * @param within the data set in which the element stands: a code counts with its scheme only
 * @param equipment what of a manufacturer's names an installed template vouches for
 */
export function fits(
  form: KeptForm,
  element: DataElement,
  within: DataSet,
  equipment: ReadonlySet<string>,
): boolean {
  if (element.items !== null) return form.kind === 'sequence';
  if (form.kind !== 'palette' && element.value.length > SHORT_VALUE_BYTES_MAX) return false;
  const parts = textOf(element).split('\\');
  if (parts.length > VALUES_MAX) return false;
  const each = (judge: (part: string) => boolean): boolean => parts.every(judge);
  switch (form.kind) {
    case 'terms':
      return each((part) => part === '' || form.terms.has(part.trim()));
    case 'number':
      return each((part) => part === '' || (form.vr === 'IS' ? INTEGER : DECIMAL).test(part));
    case 'binary':
      return element.value.length === form.bytes;
    case 'palette':
      return form.vr === 'OW' ? element.value.length <= 131_072 : element.value.length === 6;
    case 'equipment':
      return each((part) => equipment.has(part.trim()));
    case 'code':
      return parts.length === 1 && codeFormOf(within)?.test(parts[0] ?? '') === true;
    case 'scheme':
      return parts.length === 1 && PUBLIC_SCHEMES.has(parts[0] ?? '');
    case 'code-meaning':
    case 'sequence':
      return false;
  }
}

const SCHEME_TAG = 0x0008_0102;

/** How a code is written in the public scheme that stands beside it; undefined without one. */
function codeFormOf(within: DataSet): RegExp | undefined {
  return PUBLIC_SCHEMES.get(textOf(find(within, SCHEME_TAG)));
}
