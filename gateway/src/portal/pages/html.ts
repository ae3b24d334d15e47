/**
 * HTML from templates in which every value is text unless it came out of a template itself: nothing that a facility, a
 * technician or a cart is called can become markup.
 */

/** Markup that is safe as it stands. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Content = string | number | Markup | null | readonly Markup[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Joins a template's own text with values: escaped text, markup, lists of markup, or nothing. Attributes must be quoted. */
export function html(texts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let joined = texts[0] ?? '';
  for (const [index, value] of values.entries())
    joined += written(value) + (texts[index + 1] ?? '');
  return new Markup(joined);
}

function written(value: Content): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  // What turns the direction of writing, or is not to be seen, is shown as such.
  return String(value)
    .replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? '')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, (sign) => (sign === '\n' || sign === '\t' ? sign : '\uFFFD'));
}
