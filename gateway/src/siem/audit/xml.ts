/**
 * XML 1.0 as an audit message needs it: elements, attributes, text; ASCII only.
 *
 * Everything outside ASCII becomes a character reference, what XML cannot hold at all (§2.2) the replacement character, so that
 * no collector can read it differently and no value can end its attribute.
 */

export interface XMLElement {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | undefined>>;
  readonly content?: readonly XMLElement[] | string;
}

/** Writes an element with all that it holds. Names come from this program, values from anywhere. */
export function writeXML({ name, attributes = {}, content = [] }: XMLElement): string {
  const given = Object.entries(attributes)
    .flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escapeXML(value)}"`]))
    .join('');
  const inner = typeof content === 'string' ? escapeXML(content) : content.map(writeXML).join('');
  return inner === '' ? `<${name}${given}/>` : `<${name}${given}>${inner}</${name}>`;
}

const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escapeXML(text: string): string {
  return [...text.toWellFormed()]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0;
      const isAllowed = code >= 0x20 && !isOutside(code);
      if (!isAllowed) return '&#xFFFD;';
      if (code >= 0x7f) return `&#x${code.toString(16).toUpperCase()};`;
      return NAMED[character] ?? character;
    })
    .join('');
}

/** What XML 1.0 §2.2 has no character for, or advises against; line ends, which a syslog message should not have, too. */
function isOutside(code: number): boolean {
  return (code >= 0x7f && code <= 0x9f) || (code & 0xfffe) === 0xfffe;
}
